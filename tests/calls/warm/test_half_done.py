"""One half of a transfer is done, and the other fails: the caller is with somebody."""

from pathlib import Path

import pytest

from callcenter.domain import consultation as c, events as e
from callcenter.domain.outcomes import AttemptOutcome, Disposition
from callcenter.simulator.carrier import (
    Answers,
    Happening,
    OperatorBehaviour,
    Phone,
    RestFault,
    Scripted,
)
from callcenter.telephony import rest as telephony
from tests.calls.warm.people import (
    HELLO,
    legs,
    meets,
    outcomes,
    rung,
    wants_a_person,
    warm,
)
from tests.fakes.center import ADA, BEA, Caller

TAKES = Answers(after_s=0.1, talks=HELLO, hangs_up_after_s=0.1)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    from callcenter.floor import joining

    monkeypatch.setattr(joining, "JOIN_SECONDS", 0.5)


@pytest.mark.parametrize(
    "fault", [RestFault.SERVER_ERROR, RestFault.TOO_MANY, RestFault.HANG]
)
async def test_a_caller_who_cannot_be_moved_stays_and_the_operator_is_told(
    tmp_path: Path, fault: RestFault, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with warm(tmp_path, {ADA: TAKES, BEA: TAKES}) as here:

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await here.happened(c.OperatorWaits)
            monkeypatch.setattr(telephony, "TIMEOUT_SECONDS", 0.3)
            here.carrier.fail_next(fault)
            await here.happened(c.CallerJoined)
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(script, wait=False)
        await call.ended()
        assert rung(here) == ["Ada", "Bea"]
        assert outcomes(here) == [AttemptOutcome.FAILED]
        first, _ = legs(here)
        await first.ended()
        assert "something went wrong" in first.phone.said_texts[-1]
        assert HELLO in call.phone.heard_from("bridge")
        assert here.of(e.CallEnded)[0].disposition is Disposition.ESCALATED
        assert len(here.of(e.StreamStarted)) == 1


async def test_a_move_that_was_made_and_not_answered_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with warm(tmp_path, {ADA: TAKES}) as here:

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await here.happened(c.OperatorWaits)
            monkeypatch.setattr(telephony, "TIMEOUT_SECONDS", 0.3)
            here.carrier.fail_next(RestFault.EXECUTED_THEN_HANG)
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(script, wait=False)
        await call.ended()
        assert len(here.of(c.CallerJoined)) == len(here.of(e.OperatorLeft)) == 1
        assert outcomes(here) == []


async def test_an_operator_who_is_gone_before_the_caller_comes_is_followed_by_another(
    tmp_path: Path,
) -> None:
    async def takes_and_leaves(phone: Phone) -> None:
        await phone.happens(Happening.PROMPTED)
        phone.press("1")
        await phone.waits(60)
        phone.hang_up()

    operators: dict[str, OperatorBehaviour] = {
        ADA: Scripted(takes_and_leaves, after_s=0.1),
        BEA: TAKES,
    }
    async with warm(tmp_path, operators, voice_ms=400) as here:
        call = await here.call(meets, wait=False)
        await call.ended()
        assert rung(here) == ["Ada", "Bea"]
        assert outcomes(here) == [AttemptOutcome.FAILED]
        assert HELLO in call.phone.heard_from("bridge")


async def test_a_join_of_which_no_callback_tells_is_asked_for(tmp_path: Path) -> None:
    async with warm(tmp_path, {ADA: TAKES}) as here:
        exchange = here.carrier._exchange
        notify = exchange.notify

        async def forgetful(callback: object, fields: object, leg: object) -> None:
            if "conference-status" not in callback.url:  # type: ignore[attr-defined]
                await notify(callback, fields, leg)  # type: ignore[arg-type]

        exchange.notify = forgetful  # type: ignore[method-assign]
        lasting = Answers(after_s=0.1, talks=HELLO, hangs_up_after_s=2)
        here.carrier.operators[ADA] = lasting
        call = await here.call(meets, wait=False)
        await call.ended()
        assert len(here.of(c.CallerJoined)) == len(here.of(e.OperatorLeft)) == 1


async def test_an_operator_who_drops_out_leaves_the_caller_with_an_offer(
    tmp_path: Path,
) -> None:
    async with warm(tmp_path, {ADA: TAKES}) as here:

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await caller.phone.happens(Happening.UNBRIDGED)
            await caller.phone.happens(Happening.PROMPTED)
            caller.phone.press("1")
            await here.happened(e.StreamStarted, times=2)
            caller.forgets()
            await caller.hears_agent()

        await here.call(script)
        assert here.of(e.CallResumed)[0].reason.endswith("talked with Ada")
