"""Saying it again, so that it can be written down."""

import re
from typing import Final

from callcenter.tools.definition import Answer, Sorry, tool
from callcenter.tools.desk import Desk

GROUP: Final = 3
"""Digits that are said in one breath."""

HOW: Final = (
    "Say it again in the same words, clearly and much more slowly. Say digits and "
    "letters one at a time, with a pause at each comma. Then ask whether they got it."
)

_NUMBER: Final = re.compile(r"(?<![\w.,:])\+?\d(?:[ -]?\d){4,}(?![\w:])")
"""Five digits and more: fewer are a year, a price or a time."""

_CODE: Final = re.compile(r"\b(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{4,}\b")
"""Letters and digits together, such as K7M4X."""


@tool(timeout_s=2.0)
async def repeat_slowly(desk: Desk) -> Answer:
    """Get what the caller last heard from you, made ready to be said slowly.

    Call it when they ask you to repeat something, to slow down, or want to write down.
    """
    turn = desk.call.last_turn()
    if turn is None:
        raise Sorry("Nothing has been said yet. Ask what the caller wants to hear.")
    unheard = turn.generated.removeprefix(turn.heard).strip()
    cut_off = turn.generated.startswith(turn.heard) and unheard
    rest = {"unheard": slowly(unheard)} if cut_off else {}
    return Answer(slowly(turn.heard), facts={"how": HOW, **rest})


def slowly(text: str) -> str:
    """With numbers in groups of single digits, and codes letter by letter."""
    spelled = _CODE.sub(lambda code: ", ".join(code[0]), text)
    return _NUMBER.sub(lambda number: _grouped(number[0]), spelled)


def _grouped(number: str) -> str:
    """`+47 5550 1234` is `plus 4 7 5, 5 5 0, 1 2 3 4`: nobody wants to wait for one."""
    digits = [digit for digit in number if digit.isdigit()]
    groups = [digits[at : at + GROUP] for at in range(0, len(digits), GROUP)]
    if len(groups[-1]) == 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    said = ", ".join(" ".join(group) for group in groups)
    return f"plus {said}" if number.startswith("+") else said
