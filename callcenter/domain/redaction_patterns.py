"""A house's own patterns of what must not be kept, and that none of them can stall us.

Python's `re` tries every way to fit a pattern. So a pattern is refused beforehand when
the ways could be many: at most one part without a limit, and not inside another.
"""

import re
from dataclasses import dataclass
from re import _constants as codes, _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

MOST_PATTERNS: Final = 50
LONGEST_PATTERN: Final = 200
"""Characters: longer ones are not read by anybody either."""

MOST_WAYS: Final = 2_000
"""To fit a pattern at one place of a text, as the pattern's repetitions allow."""

UNLIMITED: Final = 1_000
"""What a repetition without a limit is taken for."""

LONGEST_TEXT: Final = 4_000
"""Characters that a pattern sees at a time."""

_NAME: Final = re.compile(r"[a-z][a-z0-9 _-]{0,30}")
_REPEATS: Final = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


class BadPattern(ValueError):
    """A pattern that we will not use, and why."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is hidden, and under which name."""

    name: str
    pattern: re.Pattern[str]


def patterns_of(text: str) -> tuple[Pattern, ...]:
    """`name = pattern`, one a line; # begins a comment line. Raises BadPattern."""
    lines = [line.strip() for line in text.splitlines()]
    found = tuple(
        _pattern(at, line)
        for at, line in enumerate(lines, start=1)
        if line and not line.startswith("#")
    )
    if len(found) > MOST_PATTERNS:
        raise BadPattern(f"{len(found)} patterns are too many: {MOST_PATTERNS} at most")
    return found


def _pattern(at: int, line: str) -> Pattern:
    name, equals, written = (part.strip() for part in line.partition("="))
    where = f"line {at}"
    if not equals or not _NAME.fullmatch(name):
        raise BadPattern(f"{where} is not like: member number = M\\d{{6}}")
    if not 0 < len(written) <= LONGEST_PATTERN:
        raise BadPattern(f"{where}: {name!r} needs 1 to {LONGEST_PATTERN} characters")
    try:
        parsed = parser.parse(written)
        pattern = re.compile(written)
    except (re.error, RecursionError, OverflowError) as error:
        raise BadPattern(f"{where}: {name!r} is no pattern: {error}") from error
    if pattern.match(""):
        raise BadPattern(f"{where}: {name!r} would hide what is not there")
    if _ways(parsed) > MOST_WAYS:
        raise BadPattern(
            f"{where}: {name!r} could take for ever: give its repetitions limits, such "
            "as {1,20} for +, and put none inside another"
        )
    return Pattern(name, pattern)


def _ways(parsed: Any) -> int:  # noqa: ANN401  # re's own, untyped
    """How many ways to fit this at one place, at most."""
    ways = 1
    for code, argument in parsed:
        if code in _REPEATS:
            least, most, inner = argument
            times = UNLIMITED if most is codes.MAXREPEAT else most - least + 1
            inside = _ways(inner)
            ways *= times if inside == 1 else inside ** min(times, 20)
        elif code is codes.BRANCH:
            ways *= sum(_ways(one) for one in argument[1])
        elif code is codes.SUBPATTERN:
            ways *= _ways(argument[-1])
        elif code in {codes.ASSERT, codes.ASSERT_NOT}:
            ways *= _ways(argument[1])
        elif code in {codes.GROUPREF, codes.GROUPREF_EXISTS, codes.ATOMIC_GROUP}:
            ways *= UNLIMITED * 2
        if ways > MOST_WAYS:
            break
    return ways
