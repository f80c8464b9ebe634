"""Twilio's word about an operator's leg that comes late, or a second time."""

import re
from pathlib import Path
from xml.etree import ElementTree

from callcenter.domain import events as e
from callcenter.domain.outcomes import AttemptOutcome
from tests.calls.ladder.line import NO_MODEL
from tests.fakes.asking import Asking, asking, form
from tests.fakes.center import ADA, BEA, CAI, center


def rung(document: str) -> tuple[list[str | None], str]:
    """Who is dialled, and which address is asked when that is over."""
    (dial,) = ElementTree.fromstring(document).iter("Dial")
    path = re.sub(r"^https?://[^/]+", "", dial.get("action", ""))
    return [one.text for one in dial], path


async def says(twilio: Asking, path: str, status: str) -> str:
    more = {"DialCallStatus": status, "DialBridged": "false"}
    fields = form(CallStatus="in-progress", **more)
    return (await twilio.post(path, fields)).text


async def test_what_became_of_one_operator_is_not_taken_for_the_next_ones_end(
    tmp_path: Path,
) -> None:
    async with (
        center(tmp_path, settings=NO_MODEL) as here,
        asking(here.address) as twilio,
    ):
        _, first = rung((await twilio.post("/incoming-call")).text)
        _, second = rung(await says(twilio, first, "busy"))
        third = await says(twilio, second, "no-answer")
        (reception,) = here.node.floor._calls.values()
        reception.ladder._answers.clear()  # as after a restart
        for late in (first, second, first):
            assert await says(twilio, late, "busy") == third
        assert [one.outcome for one in here.of(e.AttemptEnded)] == [
            AttemptOutcome.BUSY,
            AttemptOutcome.NO_ANSWER,
        ]
        assert rung(third)[0] == [CAI]
        await twilio.post("/voice/status", form(CallStatus="completed"))
        await here.happened(e.CallEnded)


async def test_a_caller_of_whom_nothing_is_known_any_more_is_not_dropped(
    tmp_path: Path,
) -> None:
    """The node that dialled has died, and its last facts with it."""
    async with (
        center(tmp_path, settings=NO_MODEL) as here,
        asking(here.address) as twilio,
    ):
        document = await says(twilio, "/voice/dial-ended?attempt=att_1", "busy")
        assert list(rung(document)[0]) == [ADA, BEA, CAI]
        after = {"DialCallStatus": "completed", "DialBridged": "true"}
        talked = form(CallStatus="in-progress", **after)
        answer = await twilio.post("/voice/dial-ended?attempt=att_1", talked)
        assert rung_nobody(answer.text)


async def test_an_attempt_that_nobody_has_heard_of_does_not_end_the_call(
    tmp_path: Path,
) -> None:
    async with (
        center(tmp_path, settings=NO_MODEL) as here,
        asking(here.address) as twilio,
    ):
        first = (await twilio.post("/incoming-call")).text
        assert await says(twilio, "/voice/dial-ended?attempt=att_1", "busy") == first
        await twilio.post("/voice/status", form(CallStatus="completed"))
        await here.happened(e.CallEnded)
        late = await says(twilio, "/voice/dial-ended?attempt=att_1", "busy")
        assert rung_nobody(late), "the call is over"


def rung_nobody(document: str) -> bool:
    return [one.tag for one in ElementTree.fromstring(document)] == ["Hangup"]
