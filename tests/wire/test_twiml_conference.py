"""The documents of a warm transfer, read back as Twilio would."""

from xml.etree import ElementTree as ET

import pytest

from callcenter.wire.twiml import MAX_SAID_CHARACTERS
from callcenter.wire.twiml_conference import (
    CONNECTING,
    dismiss,
    join_operator,
    wait_for_caller,
)

ROOM = "x-4f2a"
TOLD = "https://calls.example.com/conference-status?call=CA1&leg=2"
ACTION = "https://calls.example.com/transferred?a=1&b=2"


def verbs(document: str) -> list[ET.Element]:
    response = ET.fromstring(document)
    assert response.tag == "Response"
    return list(response)


OPERATORS = wait_for_caller(ROOM, told=TOLD, limit_s=3_600)
CALLERS = join_operator(ROOM, action=ACTION, told=TOLD, limit_s=3_600)


@pytest.mark.parametrize("document", [OPERATORS, CALLERS])
def test_both_come_into_one_silent_room_that_ends_with_whoever_leaves(
    document: str,
) -> None:
    (dialling,) = (verb for verb in verbs(document) if verb.tag == "Dial")
    (room,) = dialling
    assert dialling.get("timeLimit") == "3600"
    assert (room.tag, room.text) == ("Conference", ROOM)
    assert room.get("startConferenceOnEnter") == "true"
    assert room.get("endConferenceOnExit") == "true"
    assert (room.get("beep"), room.get("waitUrl")) == ("false", "")
    assert room.get("statusCallback") == TOLD
    assert room.get("statusCallbackEvent") == "start end join leave"


def test_an_operator_hears_that_the_caller_comes_and_is_hung_up_on_afterwards() -> None:
    first, _, last = verbs(OPERATORS)
    assert (first.tag, first.text) == ("Say", CONNECTING)
    assert last.tag == "Hangup"


def test_what_follows_for_the_caller_is_asked_for() -> None:
    (dialling,) = verbs(CALLERS)
    assert (dialling.get("action"), dialling.get("method")) == (ACTION, "POST")


def test_an_operator_who_waits_for_nobody_is_told_so_briefly() -> None:
    said, end = verbs(dismiss("<b>Sorry</b> " * 1_000))
    assert said.text is not None
    assert said.text.startswith("<b>Sorry</b>")
    assert len(said.text) == MAX_SAID_CHARACTERS
    assert end.tag == "Hangup"
