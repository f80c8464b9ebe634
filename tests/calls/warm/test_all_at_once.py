"""Several operators are rung together: the first who presses 1 has the caller."""

from pathlib import Path

from callcenter.domain import consultation as c, events as e
from callcenter.domain.outcomes import AttemptOutcome
from callcenter.simulator.carrier import (
    Answers,
    NoAnswer,
    OperatorBehaviour,
    Phone,
    Scripted,
)
from callcenter.simulator.carrier.records import Happening
from tests.calls.warm.people import HELLO, legs, meets, outcomes, rung, warm
from tests.fakes.center import ADA, BEA, CAI

TAKES = Answers(after_s=0.5, talks=HELLO, hangs_up_after_s=0.3)
TOGETHER = {"operator_ringing": "all_at_once"}


async def test_the_others_fall_silent_when_one_takes_the_call(tmp_path: Path) -> None:
    operators: dict[str, OperatorBehaviour] = {
        ADA: NoAnswer(),
        BEA: TAKES,
        CAI: NoAnswer(),
    }
    async with warm(tmp_path, operators, settings=TOGETHER, hurry=5) as here:
        call = await here.call(meets, wait=False)
        await call.ended()
        assert rung(here) == ["Ada", "Bea", "Cai"]
        assert outcomes(here) == [AttemptOutcome.TAKEN_BY_ANOTHER] * 2
        by_number = {leg.to_number: leg for leg in legs(here)}
        for silent in (ADA, CAI):
            await by_number[silent].ended()
            assert by_number[silent].status == "canceled"
        assert HELLO in call.phone.heard_from("bridge")


async def test_a_second_who_presses_one_hears_that_it_is_taken(tmp_path: Path) -> None:
    async def presses_too(phone: Phone) -> None:
        await phone.happens(Happening.PROMPTED)
        phone.press("1")

    both = Scripted(presses_too, after_s=0.2)
    operators: dict[str, OperatorBehaviour] = {ADA: both, BEA: both, CAI: NoAnswer()}
    async with warm(tmp_path, operators, settings=TOGETHER, hurry=5) as here:

        async def script(caller: object) -> None:
            await meets_briefly(caller)

        async def meets_briefly(caller: object) -> None:
            from tests.calls.warm.people import wants_a_person

            await wants_a_person(caller)  # type: ignore[arg-type]
            await here.happened(c.CallerJoined)

        await here.call(script)
        assert len(here.of(e.OperatorAnswered)) == 1
        assert outcomes(here) == [AttemptOutcome.TAKEN_BY_ANOTHER] * 2
        said = [" ".join(leg.phone.said_texts) for leg in legs(here)]
        assert sum("already taken" in one for one in said) == 1
