"""The document that keeps a caller on the line until somebody knows more."""

from xml.etree import ElementTree as ET

from callcenter.domain.operators import Operator
from callcenter.wire import twiml


def test_a_caller_who_waits_is_asked_about_again_in_a_second() -> None:
    pause, redirect = ET.fromstring(twiml.wait("https://x.example/voice/after-stream"))
    assert (pause.tag, pause.get("length")) == ("Pause", "1")
    assert redirect.text == "https://x.example/voice/after-stream"
    assert redirect.get("method") == "POST"


def test_the_last_resort_says_why_and_dials() -> None:
    document = twiml.dial_anyone(
        [Operator("Ada", "+15005550101")], apology="Sorry.", caller_id=""
    )
    assert [verb.tag for verb in ET.fromstring(document)][:2] == ["Say", "Dial"]


def test_a_caller_who_waits_may_be_told_so() -> None:
    document = twiml.wait("https://x.example/", words="Please hold.")
    said, pause, _ = ET.fromstring(document)
    assert (said.tag, said.text, pause.tag) == ("Say", "Please hold.", "Pause")
