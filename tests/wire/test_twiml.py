"""The documents, read back as Twilio would."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, strategies as st

from callcenter.domain.operators import Operator
from callcenter.wire.twiml import (
    ASK_TIMES,
    BRIEF_TIMES,
    DIAL_LIMIT_SECONDS,
    MAX_INLINE_CHARACTERS,
    MAX_SAID_CHARACTERS,
    SCREENING_SECONDS,
    VOICEMAIL_QUIET_SECONDS,
    VOICEMAIL_SECONDS,
    Ring,
    ask,
    bridge,
    connect,
    dial_all,
    dial_anyone,
    hang_up,
    offer,
    record,
    screen,
)

BASE = "https://calls.example.com"
ADA = Operator("Ada", "+4722222222")
HOSTILE = '</Say><Dial>+1900</Dial> & "quoted" <Say>'


def read(document: str) -> ET.Element:
    response = ET.fromstring(document)
    assert response.tag == "Response"
    return response


def tags(document: str) -> list[str]:
    return [verb.tag for verb in read(document)]


def only(document: str, path: str) -> ET.Element:
    found = read(document).findall(path)
    assert len(found) == 1, document
    return found[0]


def said(document: str) -> list[str]:
    return [say.text or "" for say in read(document).iter("Say")]


def dialled(operator: Operator = ADA, announcement: str = "") -> str:
    brief_url, status = f"{BASE}/operator/brief?attempt=att_1", f"{BASE}/voice/status"
    return dial_all(
        [Ring(operator, brief_url, status)],
        action=f"{BASE}/voice/dial-ended?attempt=att_1&x=2",
        timeout_s=20,
        announcement=announcement,
    )


def connected(greeting: str = "") -> str:
    return connect(
        "wss://calls.example.com/media-stream",
        "tok",
        action=f"{BASE}/voice/after-stream",
        status_callback=f"{BASE}/voice/stream-status",
        greeting=greeting,
    )


# The caller's stream.


def test_a_stream_is_opened_with_its_token() -> None:
    connection = only(connected(), "Connect")
    assert connection.attrib == {
        "action": f"{BASE}/voice/after-stream",
        "method": "POST",
    }
    assert only(connected(), "Connect/Stream").attrib == {
        "url": "wss://calls.example.com/media-stream",
        "statusCallback": f"{BASE}/voice/stream-status",
        "statusCallbackMethod": "POST",
    }
    assert only(connected(), "Connect/Stream/Parameter").attrib == {
        "name": "token",
        "value": "tok",
    }


def test_a_greeting_is_said_before_the_stream_opens() -> None:
    assert tags(connected()) == ["Connect"]
    assert tags(connected("Welcome.")) == ["Say", "Connect"]
    assert said(connected("Welcome.")) == ["Welcome."]


# Dialling.


def test_the_operator_is_screened_while_the_caller_hears_ringing() -> None:
    assert tags(dialled()) == ["Dial"]
    assert only(dialled(), "Dial").attrib == {
        "action": f"{BASE}/voice/dial-ended?attempt=att_1&x=2",
        "method": "POST",
        "timeout": "20",
        "answerOnBridge": "true",
        "timeLimit": str(DIAL_LIMIT_SECONDS),
    }
    number = only(dialled(), "Dial/Number")
    assert number.text == "+4722222222"
    assert number.attrib == {
        "url": f"{BASE}/operator/brief?attempt=att_1",
        "method": "POST",
        "statusCallback": f"{BASE}/voice/status",
        "statusCallbackEvent": "initiated ringing answered completed",
    }


def test_the_caller_is_told_what_happens_and_the_operator_sees_who_calls() -> None:
    document = dialled(announcement="I am trying somebody.")

    assert tags(document) == ["Say", "Dial"]
    assert said(document) == ["I am trying somebody."]
    assert "callerId" not in only(document, "Dial").attrib, "it is the caller's"


@pytest.mark.parametrize(
    ("destination", "tag", "address"),
    [
        ("+4722222222", "Number", "+4722222222"),
        ("sip:ada@example.com", "Sip", "sip:ada@example.com"),
        ("client:ada", "Client", "ada"),
    ],
)
def test_an_operator_is_rung_where_they_are(
    destination: str, tag: str, address: str
) -> None:
    noun = only(dialled(Operator("Ada", destination)), f"Dial/{tag}")

    assert noun.text == address
    assert noun.attrib["url"] == f"{BASE}/operator/brief?attempt=att_1"


def test_the_last_resort_rings_ten_at_once_and_needs_nothing_of_us() -> None:
    crowd = [Operator(f"No {n}", f"+4722222{n:03}") for n in range(12)]
    document = dial_anyone(crowd, apology="Sorry.", caller_id="+15005550006")

    assert tags(document) == ["Say", "Dial", "Say", "Hangup"]
    assert only(document, "Dial").attrib == {
        "timeLimit": str(DIAL_LIMIT_SECONDS),
        "callerId": "+15005550006",
    }
    numbers = read(document).findall("Dial/Number")
    assert [one.text for one in numbers] == [one.destination for one in crowd[:10]]
    assert [one.attrib for one in numbers] == [{}] * 10


def test_the_last_resort_without_operators_says_sorry_and_ends() -> None:
    document = dial_anyone([], apology="Sorry.", caller_id="")

    assert tags(document) == ["Say", "Hangup"]
    assert said(document) == ["Sorry."]


# The operator's leg.


def test_the_operator_hears_the_briefing_twice_and_is_asked_for_a_key() -> None:
    document = screen("Call from a number.", accept_url=f"{BASE}/operator/accept?a=1")

    assert tags(document) == ["Gather"] * BRIEF_TIMES + ["Hangup"]
    for gather in read(document).findall("Gather"):
        assert gather.attrib == {
            "numDigits": "1",
            "timeout": str(SCREENING_SECONDS),
            "action": f"{BASE}/operator/accept?a=1",
            "method": "POST",
        }
    asked = (
        "Call from a number. Press 1 to take the call, 2 to decline, or 3 to hear this "
        "again."
    )
    assert said(document) == [asked] * BRIEF_TIMES


def test_however_long_the_briefing_the_operator_learns_which_key_to_press() -> None:
    for words in said(screen("blah " * 1000, accept_url=BASE)):
        assert words.endswith("2 to decline, or 3 to hear this again.")


def test_a_screened_leg_is_joined_by_an_empty_document() -> None:
    assert tags(bridge()) == []


def test_a_leg_ends_with_or_without_a_word() -> None:
    assert tags(hang_up()) == ["Hangup"]
    assert tags(hang_up("Goodbye.")) == ["Say", "Hangup"]
    assert said(hang_up("Goodbye.")) == ["Goodbye."]


# Whatever is said is only said.


def every_document(words: str) -> list[str]:
    return [
        connected(words or "."),
        dialled(announcement=words or "."),
        dial_anyone([ADA], apology=words, caller_id=""),
        screen(words, accept_url=BASE),
        hang_up(words or "."),
    ]


def test_hostile_words_are_read_aloud() -> None:
    shapes = [tags(document) for document in every_document("Hello.")]

    assert [tags(document) for document in every_document(HOSTILE)] == shapes
    assert all(HOSTILE in said(document)[0] for document in every_document(HOSTILE))


@given(st.text(st.characters()))
def test_any_words_make_a_document_that_can_be_read(words: str) -> None:
    for document in every_document(words):
        assert all(text.isprintable() for text in said(document))


@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\r\n", "\ufffe", "\ud800", "\u2028"])
def test_what_xml_or_a_line_forbids_becomes_a_space(bad: str) -> None:
    assert said(hang_up(f"good{bad}bye")) == [f"good{' ' * len(bad)}bye"]


def test_words_have_an_end() -> None:
    assert said(hang_up("a" * 5000)) == ["a" * MAX_SAID_CHARACTERS]


def test_an_argument_cannot_leave_its_attribute() -> None:
    hostile = '"/><Dial>+1900</Dial>'
    document = connect(hostile, hostile, action=hostile, status_callback=hostile)

    assert tags(document) == ["Connect"]
    assert only(document, "Connect/Stream/Parameter").attrib["value"] == hostile
    assert read(document).findall(".//Dial") == []


@pytest.mark.parametrize("character", ["a", "&", "<", '"', "\U0001f600"])
def test_what_may_go_by_rest_is_short_enough_for_it(character: str) -> None:
    longest = character * 5000

    assert len(dialled(announcement=longest)) < MAX_INLINE_CHARACTERS
    assert len(connected(longest)) < MAX_INLINE_CHARACTERS
    assert len(hang_up(longest)) < MAX_INLINE_CHARACTERS


# Below the operators.


def test_a_message_ends_with_a_key_a_pause_or_its_longest_length() -> None:
    document = record("Speak.", action=f"{BASE}/done", told=f"{BASE}/a", transcribed="")

    assert tags(document) == ["Say", "Record", "Redirect"]
    attributes = only(document, "Record").attrib
    assert attributes["finishOnKey"] == "#"
    assert attributes["maxLength"] == str(VOICEMAIL_SECONDS)
    assert attributes["timeout"] == str(VOICEMAIL_QUIET_SECONDS)
    assert (attributes["playBeep"], attributes["transcribe"]) == ("true", "true")
    assert only(document, "Redirect").text == f"{BASE}/done"


def test_an_offer_is_asked_about_whether_it_is_taken_or_not() -> None:
    document = offer("Press 1.", action=f"{BASE}/offered")

    assert tags(document) == ["Gather"]
    assert only(document, "Gather").attrib["actionOnEmptyResult"] == "true"
    assert said(document) == ["Press 1."]


def test_a_notice_is_said_in_our_own_language_after_the_greeting() -> None:
    document = connect(
        "wss://x", "tok", action="/a", status_callback="/s",
        greeting="Velkommen.", language="nb-NO", notice="This call is recorded.",
    )  # fmt: skip
    greeted, noticed, _ = read(document)
    assert (greeted.text, greeted.get("language")) == ("Velkommen.", "nb-NO")
    assert (noticed.text, noticed.get("language")) == ("This call is recorded.", None)


def test_whom_we_called_is_asked_twice_for_a_key_or_a_word_and_then_left_alone() -> (
    None
):
    document = ask("Shall we go on?", action=f"{BASE}/callback-answer?try=1&x=2")
    *asked, last = read(document)
    assert len(asked) == ASK_TIMES
    for gather in asked:
        assert gather.get("input") == "dtmf speech"
        assert gather.get("numDigits") == "1"
        assert gather.get("action") == f"{BASE}/callback-answer?try=1&x=2"
        assert [said.text for said in gather] == ["Shall we go on?"]
    assert last.tag == "Hangup"
