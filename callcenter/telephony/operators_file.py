"""operators.toml: the list of the people who take escalated calls."""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

import phonenumbers

from callcenter.domain.hours import Hours
from callcenter.domain.operators import GENERAL, Operator
from callcenter.errors import ConfigurationError

LAST_PRIORITY: Final = 1000

WAYS: Final = ("number", "sip", "client")
KEYS: Final = frozenset({"name", "skills", "hours", "priority", *WAYS})


def load_operators(path: Path) -> list[Operator]:
    """Everybody in the file; nobody when there is none.

    Raises ConfigurationError with a sentence for each thing that is wrong.
    """
    if not path.exists():
        return []
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("operators", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigurationError(f"{path}: {error}") from error
    if not isinstance(entries, list):
        raise ConfigurationError(f"{path}: write each operator as [[operators]]")
    operators: list[Operator] = []
    problems: list[str] = []
    for place, entry in enumerate(entries, start=1):
        try:
            operators.append(
                read_operator(entry, place, [one.name for one in operators])
            )
        except (TypeError, ValueError) as error:
            name = entry.get("name", f"number {place}") if _is_table(entry) else place
            problems.append(f"{path}: operator {name}: {error}")
    if problems:
        raise ConfigurationError("\n".join(problems))
    return operators


def _is_table(entry: object) -> bool:
    return isinstance(entry, Mapping)


def read_operator(
    entry: Mapping[str, Any], place: int, taken: Collection[str] = ()
) -> Operator:
    """One entry, of the file or of a command. Raises ValueError with a sentence."""
    if not _is_table(entry):
        raise ValueError("write each operator as [[operators]]")
    if unknown := set(entry) - KEYS:
        raise ValueError(f"unknown key {min(unknown)!r}; known: {sorted(KEYS)}")
    name = str(entry.get("name", "")).strip()
    if not name:
        raise ValueError("the name is missing")
    if name in taken:
        raise ValueError("another operator has this name")
    skills = entry.get("skills", [GENERAL])
    if not isinstance(skills, list) or not skills:
        raise ValueError('give skills as a list, such as ["support", "general"]')
    hours = entry.get("hours")
    return Operator(
        name=name,
        destination=_destination(entry),
        skills=frozenset(str(skill) for skill in skills),
        hours=Hours.parse(str(hours)) if hours else None,
        priority=_priority(entry.get("priority", place)),
    )


def _priority(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value <= LAST_PRIORITY:
        raise ValueError(f"give priority as a number from 0 to {LAST_PRIORITY}")
    return value


def _destination(entry: Mapping[str, Any]) -> str:
    ways = [way for way in WAYS if entry.get(way)]
    if len(ways) != 1:
        raise ValueError("give exactly one of number, sip or client")
    way, value = ways[0], str(entry[ways[0]]).strip()
    if way == "number":
        return _e164(value)
    return value if value.startswith(f"{way}:") else f"{way}:{value}"


def _e164(number: str) -> str:
    """The number in E.164. Only its shape is checked: test numbers are not assigned."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException as error:
        raise ValueError(
            f"{number!r} is not a phone number like +4770123456"
        ) from error
    if not phonenumbers.is_possible_number(parsed):
        raise ValueError(f"{number!r} cannot be a phone number")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
