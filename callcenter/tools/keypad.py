"""Digits that the caller types: they reach a purpose, and never the model.

A purpose is code that says how many digits it takes and what it does with them. The
model names the purpose and learns how it went; the digits are in no argument, no
result, no recording and no log.

    @purpose(digits=8, ask="Please type your membership number, and then the hash key.")
    async def membership(desk: Desk, typed: str) -> Answer: ...
"""

import inspect
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, TypeAlias

from pydantic import Field

from callcenter.tools.definition import Answer, Sorry, ToolDefinition, Unfit, tool
from callcenter.tools.desk import Desk

BETWEEN_KEYS_SECONDS: Final = 8.0
"""Before the first key, too: the caller has been asked before the tool was called."""

ENTRY_SECONDS: Final = 90.0
"""For everything: someone who reads digits off a card needs a while."""

SHORTEST_SECRET: Final = 3
"""Digits; fewer stand in any sentence by chance."""

Take: TypeAlias = Callable[[Desk, str], Coroutine[Any, Any, Answer]]


@dataclass(frozen=True, slots=True)
class Purpose:
    """What digits are for."""

    name: str
    description: str
    digits: int
    """At most; the hash key ends it earlier."""
    ask: str
    take: Take = field(repr=False)


def purpose(*, digits: int, ask: str) -> Callable[[Take], Purpose]:
    """Make a purpose of `async def name(desk: Desk, typed: str) -> Answer`.

    Its docstring tells the model what it is for. What it answers must not contain the
    digits; that is checked.
    """

    def define(take: Take) -> Purpose:
        name = getattr(take, "__name__", "")
        return Purpose(name, inspect.getdoc(take) or "", digits, ask, take)

    return define


@purpose(
    digits=15,
    ask="Please type the number at which we can reach you, and then the hash key.",
)
async def callback_number(desk: Desk, typed: str) -> Answer:
    """A telephone number at which a colleague can reach the caller."""
    await desk.call.take_message(f"The caller can be reached at {typed} (as typed).")
    return Answer(
        "Thank you, I have written your number down for my colleagues.",
        done="wrote down a number at which the caller can be reached",
    )


def collector(purposes: Iterable[Purpose]) -> ToolDefinition:
    """The tool by which agents have digits typed for any of these."""
    known = {each.name: each for each in purposes}
    about = "; ".join(f"{each.name}: {each.description}" for each in known.values())

    @tool(timeout_s=ENTRY_SECONDS, filler="Please type it now, and then the hash key.")
    async def collect_digits(
        desk: Desk,
        purpose: Annotated[
            str,
            Field(
                description=f"What the digits are for. {about}",
                json_schema_extra={"enum": list(known)},
            ),
        ],
    ) -> Answer:
        """Have the caller type digits on their telephone, for one of these purposes.

        First ask them to type, and to press the hash key at the end; then call it at
        once. You never learn the digits; never ask the caller to say them aloud.
        """
        if purpose not in known:
            raise Unfit(f"There is no such purpose. There are: {', '.join(known)}.")
        return await _collect(desk, known[purpose])

    return collect_digits


async def _collect(desk: Desk, wanted: Purpose) -> Answer:
    typed = await desk.call.collect_digits(wanted.digits, BETWEEN_KEYS_SECONDS)
    if not typed:
        raise Sorry(
            "Nothing was typed. Ask whether the caller wants to try again; they may "
            "have no keys. Else offer transfer_to_human.",
            say=f"I did not receive anything. {wanted.ask}",
        )
    answer = await wanted.take(desk, typed)
    told = f"{answer.say} {answer.done} {answer.facts}"
    if len(typed) >= SHORTEST_SECRET and typed in told:
        raise AssertionError(f"the purpose {wanted.name} tells what was typed")
    facts = {"digits_received": len(typed), **answer.facts}
    return Answer(answer.say, answer.done, facts)
