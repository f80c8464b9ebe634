"""What a killed node leaves behind is ended by another, from the record alone."""

from datetime import timedelta
from pathlib import Path

import pytest

from callcenter.assembly.reaping import reaper
from callcenter.domain import consultation as c, events as e
from callcenter.domain.ids import AttemptId, CallId, CallSid
from callcenter.domain.outcomes import Disposition
from callcenter.floor import reaper as reaping
from callcenter.simulator.carrier import Leg, Voicemail
from callcenter.storage.engine import Database
from tests.calls.warm.people import legs, warm
from tests.fakes.center import ADA, Center

STRANGER = "CA" + "f" * 32


def record(here: Center, call_id: str, *events: e.Event) -> None:
    house = here.node.floor.house
    for number, event in enumerate(events, 20_001):
        house.ledger.append(e.Fact(CallId(call_id), number, house.clock.now(), event))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaping, "SETTLED", timedelta(0))


async def a_leg(here: Center, conference: str = "") -> Leg:
    """A call of ours to an operator, who waits in a conference if it has a name."""
    room = f"<Dial><Conference>{conference}</Conference></Dial>" if conference else ""
    made = await here.node.floor.house.carrier._client.calls.create_async(  # type: ignore[attr-defined]
        to=ADA,
        from_=here.settings.twilio_phone_number,
        twiml=f'<Response>{room}<Pause length="600"/></Response>',
    )
    leg = here.carrier.calls[made.sid]
    await leg.reaches("in-progress")
    return leg


async def test_an_operators_leg_whose_call_is_over_is_ended(tmp_path: Path) -> None:
    async with warm(tmp_path, {ADA: Voicemail(after_s=0.1)}, hurry=10) as here:
        leg, other = await a_leg(here), await a_leg(here)
        record(
            here,
            "call_over",
            e.CallAnswered(CallSid(STRANGER), "+47", "+47"),
            c.OperatorLegKnown(AttemptId("att_1"), CallSid(leg.sid)),
            e.CallEnded(Disposition.ABANDONED, "the node died"),
        )
        assert await here.node.ledger.flush(5)
        database = Database.open(here.settings.database_url)
        try:
            ends = reaper(here.settings, here.node.floor, database)
            await ends.round()
            await leg.ended()
            assert not other.over, "it is none of those that the record knows"
            asked = len(here.carrier.requests)
            await ends.round()
            assert len(here.carrier.requests) == asked, "what is over is not asked for"
        finally:
            await database.close()
        assert len(legs(here)) == 2


async def test_a_conference_of_one_is_ended_in_the_second_round(
    tmp_path: Path,
) -> None:
    async with warm(tmp_path, {ADA: Voicemail(after_s=0.1)}, hurry=10) as here:
        one = await a_leg(here, "x-lonely")
        two = await a_leg(here, "x-lonely")
        await here.until(lambda: here.carrier.conferences[0].status == "in-progress")
        two.phone.hang_up()
        await two.ended()
        record(
            here,
            "call_on",
            e.CallAnswered(CallSid(one.sid), "+47", "+47"),
            c.OperatorWaits(AttemptId("att_1"), "x-lonely"),
        )
        assert await here.node.ledger.flush(5)
        database = Database.open(here.settings.database_url)
        try:
            ends = reaper(here.settings, here.node.floor, database)
            await ends.round()
            assert [room.over for room in here.carrier.conferences] == [False]
            await ends.round()
            assert [room.over for room in here.carrier.conferences] == [True]
        finally:
            await database.close()
        here.lets_go = True


async def test_a_call_that_ended_unnoticed_is_finished(tmp_path: Path) -> None:
    async with warm(tmp_path, {ADA: Voicemail(after_s=0.1)}, hurry=10) as here:
        leg = await a_leg(here)
        leg.phone.hang_up()
        await leg.ended()
        sid = CallSid(leg.sid)
        record(here, "call_lost", e.CallAnswered(sid, "+4755512345", "+47"))
        assert await here.node.ledger.flush(5)
        database = Database.open(here.settings.database_url)
        try:
            ends = reaper(here.settings, here.node.floor, database)
            await ends.round()
            assert here.of(e.CallEnded) == [], "its own node may be about to say so"
            await ends.round()
        finally:
            await database.close()
        await here.happened(e.CallEnded)
        here.lets_go = True
