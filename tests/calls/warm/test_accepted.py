"""An operator takes the call: the agent stays until they are there."""

from pathlib import Path

from callcenter.domain import consultation as c, events as e
from callcenter.domain.outcomes import Disposition
from callcenter.simulator.carrier import Answers
from tests.calls.warm.people import HELLO, legs, meets, warm
from tests.fakes.center import ADA

TAKES = Answers(after_s=0.2, talks=HELLO, hangs_up_after_s=0.3)


async def test_the_caller_is_brought_to_an_operator_who_was_briefed(
    tmp_path: Path,
) -> None:
    async with warm(tmp_path, {ADA: TAKES}) as here:
        call = await here.call(meets, wait=False)
        await call.ended()
        (leg,) = legs(here)
        assert leg.parent_sid is None
        assert leg.from_number == here.settings.twilio_phone_number
        briefing = leg.phone.said_texts[0]
        assert "a number ending in 2 3 4 5" in briefing
        assert "Reason: I want to talk to a person" in briefing
        assert HELLO in call.phone.heard_from("bridge")
        assert leg.phone.heard_from("bridge").strip(b"\xff")
        assert len(here.of(e.OperatorAnswered)) == len(here.of(e.OperatorLeft)) == 1
        assert len(here.of(c.CallerJoined)) == 1
        assert here.of(e.CallEnded)[0].disposition is Disposition.ESCALATED
        (escalation,) = (await here.story(call))["escalations"]
        (attempt,) = escalation["attempts"]
        assert (attempt["operator"], attempt["outcome"]) == ("Ada", "accepted")
        assert here.carrier.warnings == []
