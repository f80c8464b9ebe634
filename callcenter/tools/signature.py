"""What a function must be like to become a tool, said when it is defined.

A tool that is no coroutine, or that waits for "5" seconds, would only be noticed by
the first caller whom it fails.
"""

import inspect
from collections.abc import Callable
from inspect import Parameter, Signature
from math import isfinite
from typing import Any, Final

from pydantic import BaseModel, create_model
from pydantic.errors import PydanticUserError

from callcenter.errors import ConfigurationError
from callcenter.tools.arguments import Arguments
from callcenter.tools.desk import Desk

_BY_PLACE: Final = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
_BY_NAME: Final = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)


class BadTool(ConfigurationError):
    """A function that cannot be a tool; the text says which, and why."""

    def __init__(self, function: Callable[..., Any], flaw: str) -> None:
        name = getattr(function, "__name__", repr(function))
        super().__init__(f"tool '{name}' {flaw}")


def arguments_of(
    function: Callable[..., Any], answer: type, timeout_s: float
) -> type[BaseModel]:
    """A model of the parameters after the first, which is the desk. Raises BadTool."""
    if not inspect.iscoroutinefunction(function):
        raise BadTool(function, "is no coroutine function: write it with 'async def'")
    if not _is_a_time(timeout_s):
        text = f"needs a timeout_s in seconds, a number above 0, not {timeout_s!r}"
        raise BadTool(function, text)
    try:
        signature = inspect.signature(function, eval_str=True)
    except NameError as error:
        text = f"has annotations that cannot be read: {error}: import it always"
        raise BadTool(function, text) from error
    parameters = list(signature.parameters.values())
    if not parameters or not _is_the_desk(parameters[0]):
        raise BadTool(function, "needs a first parameter 'desk: Desk'")
    given: object = signature.return_annotation
    if not (isinstance(given, type) and issubclass(given, answer)):
        told = (
            "nothing" if given is Signature.empty else inspect.formatannotation(given)
        )
        raise BadTool(function, f"is to return an Answer, '-> Answer', and says {told}")
    return _model(function, parameters[1:])


def _is_a_time(value: object) -> bool:
    """Whoever wrote it may not have had it checked by a type checker."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return isfinite(value) and value > 0


def _is_the_desk(first: Parameter) -> bool:
    """The desk is given by place; it may go by another name if its type is written."""
    if first.kind not in _BY_PLACE:
        return False
    if first.annotation is Parameter.empty:
        return first.name.strip("_") in {"desk", ""}
    kind: object = first.annotation
    return kind is Any or (isinstance(kind, type) and issubclass(Desk, kind))


def _model(function: Callable[..., Any], others: list[Parameter]) -> type[BaseModel]:
    fields: dict[str, Any] = {}
    for each in others:
        if each.kind not in _BY_NAME:
            text = f"cannot take '{each}': give each parameter a name and a type"
            raise BadTool(function, text)
        if each.name.startswith("_"):
            text = f"has a parameter '{each.name}': its name cannot begin with '_'"
            raise BadTool(function, text)
        if each.annotation is Parameter.empty:
            text = f"has a parameter '{each.name}' without a type: write '{each.name}: "
            raise BadTool(function, f"{text}str', or what it is")
        default = ... if each.default is Parameter.empty else each.default
        fields[each.name] = (each.annotation, default)
    name = f"{function.__name__}_arguments"
    try:
        model = create_model(name, __base__=Arguments, **fields)
        model.model_json_schema()
    except PydanticUserError as error:
        short = str(error).split("\n", 1)[0]
        text = f"has a parameter that the model cannot be asked for: {short}"
        raise BadTool(function, text) from error
    return model
