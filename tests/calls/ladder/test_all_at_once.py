"""Several operators rung together: one takes the call, and the others know it."""

from pathlib import Path

import pytest

from callcenter.domain import events as e
from callcenter.domain.outcomes import AttemptOutcome as Outcome
from callcenter.domain.phases import Phase
from callcenter.simulator.carrier import (
    Answers,
    Busy,
    Declines,
    Happening,
    NoAnswer,
    OperatorBehaviour,
    Options,
    Phone,
    Scripted,
    Voicemail,
)
from tests.fakes.center import ADA, BEA, CAI, Caller, Center, center

ALL = {"operator_ringing": "all_at_once", "openai_api_key": ""}
EACH_IS_SCREENED = Options(first_to_answer_wins=False)
TAKES = Answers(after_s=2.0, thinks_s=0.0, hangs_up_after_s=0.05)


def ends(here: Center) -> dict[str, str]:
    """How it ended with each operator."""
    names = {one.attempt_id: one.operator for one in here.of(e.OperatorCalled)}
    return {names[o.attempt_id]: str(o.outcome) for o in here.of(e.AttemptEnded)}


async def telephone(caller: Caller) -> None:
    await caller.phone.happens(Happening.ENDED, timeout_s=10)


async def test_who_presses_one_first_takes_the_call_and_the_others_fall_silent(
    tmp_path: Path,
) -> None:
    operators: dict[str, OperatorBehaviour] = {
        ADA: NoAnswer(),
        BEA: TAKES,
        CAI: Busy(),
    }
    async with center(tmp_path, operators=operators, settings=ALL, hurry=5) as here:
        call = await here.call(telephone, wait=False)
        await call.ended()
        assert len(here.carrier.legs_of(call)) == 3
        assert ends(here) == {"Ada": "taken_by_another", "Cai": "busy"}
        assert len(here.of(e.OperatorAnswered)) == len(here.of(e.OperatorLeft)) == 1
        statuses = {leg.to_number: leg.status for leg in here.carrier.legs_of(call)}
        assert statuses == {ADA: "canceled", BEA: "completed", CAI: "busy"}


async def test_of_two_who_press_one_in_the_same_moment_one_is_told_that_it_is_taken(
    tmp_path: Path,
) -> None:
    heard: dict[str, list[str]] = {}
    pressed: list[Phone] = []

    async def presses_together(phone: Phone) -> None:
        await phone.happens(Happening.PROMPTED)
        pressed.append(phone)
        while len(pressed) < 2:
            await phone.waits(20)
        heard[phone.number] = phone.said_texts
        phone.press("1")
        await phone.happens(Happening.ENDED, Happening.BRIDGED)
        await phone.waits(100)
        phone.hang_up()

    both = Scripted(presses_together, after_s=0.2)
    operators: dict[str, OperatorBehaviour] = {ADA: both, BEA: both, CAI: Busy()}
    async with center(
        tmp_path, operators=operators, settings=ALL, options=EACH_IS_SCREENED
    ) as here:
        call = await here.call(telephone, wait=False)
        await call.ended()
        assert len(here.of(e.OperatorAnswered)) == 1
        assert sorted(ends(here).values()) == ["busy", "taken_by_another"]
        told = [any("already taken" in one for one in said) for said in heard.values()]
        bridged = [
            any(one.what is Happening.BRIDGED for one in leg.phone.events)
            for leg in here.carrier.legs_of(call)
        ]
        assert sum(bridged) == 1
        assert sum(told) <= 1, "whoever has the caller is told nothing of the kind"


async def test_one_who_declines_does_not_silence_the_others(tmp_path: Path) -> None:
    operators: dict[str, OperatorBehaviour] = {
        ADA: Declines(after_s=0.1, thinks_s=0.0),
        BEA: Answers(after_s=6.0, thinks_s=0.0, hangs_up_after_s=0.05),
        CAI: Busy(),
    }
    async with center(
        tmp_path, operators=operators, settings=ALL, options=EACH_IS_SCREENED
    ) as here:
        call = await here.call(telephone, wait=False)
        await here.until(lambda: ends(here).get("Ada") == "declined")
        assert here.state(call).phase is Phase.DIALLING
        await call.ended()
        assert ends(here) == {"Ada": "declined", "Cai": "busy"}
        assert len(here.of(e.OperatorLeft)) == 1


@pytest.mark.parametrize("answers", [True, False], ids=["a machine", "nobody"])
async def test_when_nobody_takes_it_each_has_an_outcome_of_their_own(
    tmp_path: Path, answers: bool
) -> None:
    first: OperatorBehaviour = Voicemail(after_s=0.1) if answers else NoAnswer()
    operators: dict[str, OperatorBehaviour] = {ADA: first, BEA: NoAnswer(), CAI: Busy()}
    async with center(
        tmp_path, operators=operators, settings=ALL, options=EACH_IS_SCREENED
    ) as here:

        async def script(caller: Caller) -> None:
            await caller.phone.happens(Happening.RECORDING, timeout_s=10)

        await here.call(script)
        first_outcome = Outcome.VOICEMAIL if answers else Outcome.NO_ANSWER
        assert ends(here) == {
            "Ada": str(first_outcome),
            "Bea": "no_answer",
            "Cai": "busy",
        }
        assert len(here.of(e.EscalationFailed)) == 1
