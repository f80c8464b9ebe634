"""The caller changes their mind while it rings, or loses the agent meanwhile."""

from pathlib import Path

import pytest

from callcenter.domain import consultation as c, events as e
from callcenter.domain.outcomes import AttemptOutcome
from callcenter.domain.phases import Phase
from callcenter.domain.queueing import QueueEntered
from callcenter.floor import keys
from callcenter.simulator.carrier import (
    Answers,
    Busy,
    Happening,
    NoAnswer,
    OperatorBehaviour,
    RestFault,
)
from tests.calls.warm.people import HELLO, legs, outcomes, rung, wants_a_person, warm
from tests.fakes.center import ADA, BEA, CAI, Caller

LATER = Answers(after_s=4, talks=HELLO, hangs_up_after_s=0.2)


async def test_the_star_key_stops_the_ringing_and_the_agent_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "KEYS_SECONDS", 0.05)
    async with warm(tmp_path, {ADA: NoAnswer()}, hurry=1) as here:

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await here.happened(c.OperatorLegKnown)
            caller.phone.press("*")
            await here.happened(c.AgentWentOn)
            assert here.state(call).phase is Phase.TALKING
            await here.until(
                lambda: any("I am staying with you" in one for one in here.voice.said)
            )
            caller.phone.hang_up()

        call = await here.call(script, wait=False)
        await call.ended()
        assert outcomes(here) == [AttemptOutcome.CALLED_OFF]
        assert rung(here) == ["Ada"]
        (leg,) = legs(here)
        await leg.ended()
        assert leg.status == "canceled"


async def test_operators_who_ring_already_ring_on_when_the_agents_are_out_of_order(
    tmp_path: Path,
) -> None:
    async with warm(tmp_path, {ADA: LATER}, hurry=2) as here:

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await here.happened(c.OperatorLegKnown)
            call_here = here.node.floor._calls[next(iter(here.node.floor._calls))]
            await call_here.wishes.rescue("the assistant is out of order")
            await caller.phone.happens(Happening.BRIDGED, timeout_s=15)
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(script, wait=False)
        await call.ended()
        assert rung(here) == ["Ada"], "once"
        assert outcomes(here) == []
        assert len(here.of(e.CallEscalated)) == len(here.of(c.CallerJoined)) == 1
        assert any("[plays " in one for one in call.phone.said_texts)
        assert HELLO in call.phone.heard_from("bridge")


async def test_a_caller_on_hold_whom_nobody_takes_is_not_left_there(
    tmp_path: Path,
) -> None:
    everybody: dict[str, OperatorBehaviour] = {
        ADA: NoAnswer(),
        BEA: Busy(),
        CAI: Busy(),
    }
    rules = {"consult_s": 1.0}
    async with warm(tmp_path, everybody, hurry=1, rules=rules) as here:

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await here.happened(c.OperatorLegKnown)
            (known,) = here.node.floor._calls.values()
            known.call.model_failures = here.node.floor.house.rules.model_failures
            await known.wishes.rescue("the assistant is out of order")
            await caller.phone.happens(Happening.RECORDING, timeout_s=15)
            caller.phone.hang_up()

        call = await here.call(script, wait=False)
        await call.ended()
        assert here.of(QueueEntered) == []
        assert AttemptOutcome.CALLER_LEFT not in outcomes(here)


async def test_of_several_whom_the_carrier_refuses_is_dialled_when_nobody_else_is_left(
    tmp_path: Path,
) -> None:
    takes = Answers(after_s=0.2, talks=HELLO, hangs_up_after_s=0.1)
    everybody: dict[str, OperatorBehaviour] = {ADA: takes, BEA: Busy(), CAI: Busy()}
    settings = {"operator_ringing": "all_at_once"}
    async with warm(tmp_path, everybody, settings=settings) as here:
        here.carrier.fail_next(RestFault.TOO_MANY)

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(script, wait=False)
        await call.ended()
        assert sorted(rung(here)) == ["Ada", "Bea", "Cai"]
        assert len(here.of(c.DialledInstead)) == len(here.of(e.OperatorLeft)) == 1
        assert outcomes(here) == [AttemptOutcome.BUSY] * 2
