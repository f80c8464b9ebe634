"""Checks of what a client sends, with the service's own error codes.

A check takes a value and the value's path; it returns nothing or raises `Refused`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

Json: TypeAlias = dict[str, Any]
Check: TypeAlias = Callable[[object, str], None]

_TYPE_NAMES: Final = {
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    dict: "an object",
    list: "an array",
    type(None): "null",
}


class Refused(Exception):
    """The client asked for something that it cannot have."""

    def __init__(self, code: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.param = param


def anything(_value: object, _path: str) -> None:
    """Not our business."""


def boolean(value: object, path: str) -> None:
    _typed(value, path, bool)


def text(value: object, path: str) -> None:
    _typed(value, path, str)


def text_up_to(length: int) -> Check:
    def check(value: object, path: str) -> None:
        text(value, path)
        if len(str(value)) > length:
            raise Refused(
                "string_above_max_length",
                f"Invalid '{path}': string too long. Expected a string with maximum "
                f"length {length}, but got a string with length {len(str(value))}.",
                path,
            )

    return check


def integer(low: int = 0, high: int = 2**31) -> Check:
    def check(value: object, path: str) -> None:
        _typed(value, path, int)
        _within(value, path, low, high)

    return check


def number(low: float, high: float) -> Check:
    def check(value: object, path: str) -> None:
        _typed(value, path, float, int)
        _within(value, path, low, high)

    return check


def one_of(*values: str) -> Check:
    def check(value: object, path: str) -> None:
        text(value, path)
        if value not in values:
            allowed = ", ".join(f"'{v}'" for v in values)
            raise Refused(
                "invalid_value",
                f"Invalid value: '{value}'. Supported values are: {allowed}.",
                path,
            )

    return check


def nullable(check: Check) -> Check:
    return lambda value, path: None if value is None else check(value, path)


def listed(check: Check) -> Check:
    def check_all(value: object, path: str) -> None:
        _typed(value, path, list)
        if isinstance(value, list):
            for index, element in enumerate(value):
                check(element, f"{path}[{index}]")

    return check_all


def record(fields: Mapping[str, Check], required: tuple[str, ...] = ()) -> Check:
    """An object with these fields and no others."""

    def check(value: object, path: str) -> None:
        _typed(value, path, dict)
        found = value if isinstance(value, dict) else {}
        for name in required:
            if name not in found:
                where = _below(path, name)
                raise Refused(
                    "missing_required_parameter",
                    f"Missing required parameter: '{where}'.",
                    where,
                )
        for name, element in found.items():
            where = _below(path, name)
            if name not in fields:
                raise Refused(
                    "unknown_parameter", f"Unknown parameter: '{where}'.", where
                )
            fields[name](element, where)

    return check


def either(first: Check, second: Check) -> Check:
    """One of two shapes; the complaint is the second's."""

    def check(value: object, path: str) -> None:
        try:
            first(value, path)
        except Refused:
            second(value, path)

    return check


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _typed(value: object, path: str, *types: type) -> None:
    if isinstance(value, types) and (bool in types or not isinstance(value, bool)):
        return
    got = _TYPE_NAMES.get(type(value), "something else")
    raise Refused(
        "invalid_type",
        f"Invalid type for '{path}': expected {_TYPE_NAMES[types[0]]}, "
        f"but got {got} instead.",
        path,
    )


def _within(value: object, path: str, low: float, high: float) -> None:
    if isinstance(value, int | float) and not low <= value <= high:
        raise Refused(
            "invalid_value",
            f"Invalid '{path}': expected a value from {low} to {high}, got {value}.",
            path,
        )
