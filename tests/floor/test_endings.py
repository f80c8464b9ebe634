"""How a call ends is on record, whatever becomes of the request that ends it."""

from pathlib import Path

import pytest

from callcenter.domain import events as e
from callcenter.floor import floor
from callcenter.floor.live_call import LiveCall
from callcenter.simulator.carrier import Leg, RestFault
from callcenter.telephony import rest as telephony
from tests.fakes.center import Caller, Center, center

WHY = "the agent ended the call"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floor, "LINGER_SECONDS", 0.05)
    monkeypatch.setattr(telephony, "TIMEOUT_SECONDS", 0.3)


async def talking(here: Center) -> tuple[Leg, LiveCall]:
    """A call that nobody but us will end."""

    async def stays(caller: Caller) -> None:
        await caller.hears_agent()

    leg = await here.call(stays, wait=False)
    await here.happened(e.AgentSpoke)
    (reception,) = here.node.floor._calls.values()
    return leg, reception.call


@pytest.mark.parametrize("fault", [None, *RestFault])
async def test_a_call_that_we_end_is_recorded_as_ended_by_us(
    tmp_path: Path, fault: RestFault | None
) -> None:
    """Even when Twilio tells of the end before it answers us, or never answers."""
    async with center(tmp_path) as here:
        leg, call = await talking(here)
        if fault:
            here.carrier.fail_next(fault)
        await call.hang_up(WHY)
        await leg.ended()
        await here.happened(e.CallEnded)
        (decided,) = here.of(e.HangUpDecided)
        (ended,) = here.of(e.CallEnded)
        assert decided.reason == WHY
        assert ended.reason.startswith(WHY)
        story = await here.story(leg)
        kinds = [one["kind"] for one in story["events"]]
        assert kinds.index("HangUpDecided") < kinds.index("CallEnded")


async def test_a_decision_to_hang_up_is_carried_out_by_whoever_takes_the_call_up(
    tmp_path: Path,
) -> None:
    """The node that decided it died before it could ask."""
    async with center(tmp_path) as here:
        leg, call = await talking(here)
        call.record(e.HangUpDecided(WHY))
        call.end_stream()
        await leg.ended()
        ended = await here.happened(e.CallEnded)
        assert ended.reason == WHY
        assert here.of(e.CallResumed) == []
