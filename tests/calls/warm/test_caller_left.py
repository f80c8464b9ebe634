"""A caller who hangs up, at each step: nobody picks up to silence."""

from pathlib import Path

import pytest

from callcenter.domain import consultation as c, events as e
from callcenter.domain.outcomes import AttemptOutcome, Disposition
from callcenter.simulator.carrier import (
    Answers,
    NoAnswer,
    OperatorBehaviour,
    RestFault,
    Voicemail,
)
from callcenter.telephony import rest as telephony
from tests.calls.warm.people import HELLO, legs, outcomes, wants_a_person, warm
from tests.fakes.asking import asking, form
from tests.fakes.center import ADA, Caller

RINGS, LISTENS = NoAnswer(), Voicemail(after_s=0.1)
TAKES = Answers(after_s=0.1, talks=HELLO)


@pytest.mark.parametrize(
    ("behaviour", "moment", "status", "words"),
    [
        (RINGS, c.OperatorLegKnown, "canceled", ""),
        (LISTENS, e.OperatorBriefed, "completed", "hung up"),
        (TAKES, c.OperatorWaits, "completed", "hung up"),
    ],
    ids=["it rings", "the operator listens", "the operator waits"],
)
async def test_a_caller_who_leaves_ends_the_operators_leg(
    tmp_path: Path,
    behaviour: OperatorBehaviour,
    moment: type[e.Event],
    status: str,
    words: str,
) -> None:
    async with warm(tmp_path, {ADA: behaviour}, hurry=3) as here:

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await here.happened(moment)

        await here.call(script)
        await here.happened(e.CallEnded)
        (leg,) = legs(here)
        await leg.ended()
        assert leg.status == status
        assert words in " ".join(leg.phone.said_texts)
        assert outcomes(here) == [AttemptOutcome.CALLER_LEFT]
        assert here.of(e.CallEnded)[0].disposition is Disposition.ABANDONED


async def test_a_caller_who_leaves_while_they_talk_takes_the_operator_along(
    tmp_path: Path,
) -> None:
    async with warm(tmp_path, {ADA: TAKES}) as here:

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await here.happened(c.CallerJoined)
            await caller.phone.waits(100)

        await here.call(script)
        (leg,) = legs(here)
        await leg.ended()
        await here.happened(e.CallEnded)
        assert len(here.of(e.OperatorLeft)) == 1
        assert here.of(e.CallEnded)[0].disposition is Disposition.ESCALATED


async def test_a_leg_whose_placing_outlasts_the_call_is_ended_when_it_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The carrier did it, and never said so; then it asks what the operator hears."""
    monkeypatch.setattr(telephony, "TIMEOUT_SECONDS", 0.3)
    async with warm(tmp_path, {ADA: Voicemail(after_s=4)}, hurry=5) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            here.carrier.fail_next(RestFault.EXECUTED_THEN_HANG)
            await caller.says("I want to talk to a person")
            await here.happened(c.OperatorLegOrdered)

        await here.call(script)
        await here.happened(e.CallEnded)
        (leg,) = legs(here)
        await leg.ended()
        assert leg.over
        assert "Reason" not in " ".join(leg.phone.said_texts)


async def test_an_operator_who_presses_one_too_late_is_told_so(tmp_path: Path) -> None:
    async with warm(tmp_path, {ADA: LISTENS}) as here:

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await here.happened(e.OperatorBriefed)

        call = await here.call(script)
        await here.happened(e.CallEnded)
        attempt = here.of(e.OperatorCalled)[0].attempt_id
        async with asking(here.address) as twilio:
            path = f"/operator/accept?attempt={attempt}&call={call.sid}"
            late = await twilio.post(path, form(Digits="1", CallStatus="in-progress"))
        assert "already hung up" in late.text
        assert here.of(e.OperatorAnswered) == []
