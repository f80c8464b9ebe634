"""No leg that we dial outlives MAX_TALK_SECONDS, whatever it was dialled for."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from callcenter.domain import events as e
from callcenter.domain.queueing import QueueEntered
from tests.calls.ladder.line import NO_MODEL, busy, hears_music, house, stays
from tests.fakes.asking import asking, form

NOT_FOR_LONG = 900


def limits(document: str) -> list[str | None]:
    """Of each `<Dial>`."""
    found = ElementTree.fromstring(document).iter("Dial")
    return [one.get("timeLimit") for one in found]


@pytest.mark.parametrize("ringing", ["one_by_one", "all_at_once"])
async def test_a_dialled_leg_ends_when_talks_must(tmp_path: Path, ringing: str) -> None:
    settings = {"max_talk_seconds": NOT_FOR_LONG, "operator_ringing": ringing}
    async with (
        house(tmp_path, settings={**NO_MODEL, **settings}) as here,
        asking(here.address) as twilio,
    ):
        for path in ("/voice/fallback", "/incoming-call"):
            assert limits((await twilio.post(path)).text) == ["900"]
        await twilio.post("/voice/status", form(CallStatus="completed"))
        await here.happened(e.CallEnded)


async def test_so_does_one_that_is_dialled_from_the_line(tmp_path: Path) -> None:
    settings = {"max_talk_seconds": NOT_FOR_LONG}
    async with house(tmp_path, settings={**NO_MODEL, **settings}) as here:
        talking = await busy(here)
        waiting = await here.call(stays, wait=False)
        await here.happened(QueueEntered)
        await hears_music(waiting.phone)
        talking.phone.hang_up()
        await here.happened(e.OperatorAnswered, times=2)
        floor = here.node.floor
        assert [limits(one.ladder.document) for one in floor._calls.values()][-1] == [
            "900"
        ]
