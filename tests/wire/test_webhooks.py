"""Twilio's forms: what is believed, and what is cut down to size."""

import pytest
from hypothesis import given, strategies as st

from callcenter.domain.ids import CallbackTryId, CallSid
from callcenter.wire.webhooks import (
    FINAL_STATUSES,
    BadForm,
    DialEnded,
    PlacedRequest,
    StreamStatus,
    VoiceRequest,
    caller_of,
    parse_conference,
    parse_dial_ended,
    parse_placed,
    parse_placed_ended,
    parse_stream_status,
    parse_transcription,
    parse_voice_request,
    parse_voicemail,
)

CALL = CallSid("CA0123456789abcdef0123456789ABCDEF")
PARENT = CallSid("CAffffffffffffffffffffffffffffffff")
FIELDS = [
    "CallSid",
    "CallStatus",
    "From",
    "To",
    "ParentCallSid",
    "Digits",
    "SequenceNumber",
    "DialCallStatus",
    "DialBridged",
    "DialCallDuration",
    "StreamSid",
    "StreamEvent",
    "StreamError",
]
FORMS = st.dictionaries(st.sampled_from(FIELDS) | st.text(), st.text())


def form(**fields: str) -> dict[str, str]:
    return {"CallSid": CALL, **fields}


def test_a_ringing_call_is_read() -> None:
    request = parse_voice_request(
        form(
            CallStatus="ringing",
            From="+4799999999",
            To="+15005550006",
            ApiVersion="2010-04-01",
        )
    )

    assert request == VoiceRequest(CALL, "ringing", "+4799999999", "+15005550006")


def test_an_operators_leg_names_its_parent_and_its_key() -> None:
    request = parse_voice_request(
        form(
            CallStatus="in-progress",
            ParentCallSid=PARENT,
            Digits="1",
            SequenceNumber="3",
        )
    )

    assert request == VoiceRequest(CALL, "in-progress", "", "", PARENT, "1", 3)


@pytest.mark.parametrize(
    ("status", "over"),
    [("ringing", False), ("in-progress", False), ("", False)]
    + [(status, True) for status in sorted(FINAL_STATUSES)],
)
def test_a_leg_is_over_when_twilio_says_so(status: str, over: bool) -> None:
    assert parse_voice_request(form(CallStatus=status)).over is over


@pytest.mark.parametrize(
    "sid",
    [
        "",
        "CA123",
        "MZ0123456789abcdef0123456789abcdef",
        CALL + "0",
        CALL + "\n",
        " " + CALL,
        "CA" + "g" * 32,
        "CA" + "١" * 32,
        "../" + CALL,
    ],
)
def test_what_is_not_a_callsid_is_refused(sid: str) -> None:
    for parse in (parse_voice_request, parse_dial_ended, parse_stream_status):
        with pytest.raises(BadForm):
            parse({"CallSid": sid})
    with pytest.raises(BadForm):
        parse_voice_request({})


def test_a_parent_that_is_none_is_no_parent() -> None:
    assert parse_voice_request(form(ParentCallSid="CA1")).parent_call_sid is None


@pytest.mark.parametrize(
    "number", ["", "-1", "1.5", "one", "١٢", "²", "1\n", "9" * 5000]
)
def test_what_is_not_a_count_is_left_out(number: str) -> None:
    assert parse_voice_request(form(SequenceNumber=number)).sequence is None
    assert parse_dial_ended(form(DialCallDuration=number)).duration_s == 0


@pytest.mark.parametrize("field", ["From", "To", "Digits", "CallStatus"])
def test_no_field_breaks_a_line_of_the_log(field: str) -> None:
    request = parse_voice_request(form(**{field: "a\r\nSet-Cookie: b\x00\x1b[1m"}))

    assert "aSet-Cookie: b[1m" in (
        request.caller_number,
        request.called_number,
        request.digits,
        request.status,
    )


def test_an_endless_field_is_cut() -> None:
    request = parse_voice_request(
        form(From="9" * 5000, To="8" * 5000, CallStatus="r" * 5000)
    )

    assert request.caller_number == "9" * 128
    assert request.called_number == "8" * 128
    assert request.status == "r" * 128


@pytest.mark.parametrize(
    ("said", "bridged"), [("true", True), ("false", False), ("", None), ("True", None)]
)
def test_a_finished_dial_says_whether_they_talked(
    said: str,
    bridged: bool | None,
) -> None:
    ended = parse_dial_ended(
        form(
            CallStatus="in-progress",
            DialCallStatus="completed",
            DialBridged=said,
            DialCallDuration="42",
        )
    )

    assert ended == DialEnded(
        VoiceRequest(CALL, "in-progress", "", ""), "completed", bridged, 42
    )


def test_a_streams_status_is_read() -> None:
    status = parse_stream_status(
        form(StreamSid="MZ1", StreamEvent="stream-error", StreamError="refused\r\n")
    )

    assert status == StreamStatus(CALL, "MZ1", "stream-error", "refused")


@given(FORMS, st.booleans())
def test_no_form_does_worse_than_be_refused(fields: dict[str, str], sid: bool) -> None:
    if sid:
        fields["CallSid"] = CALL
    for parse in (parse_voice_request, parse_dial_ended, parse_stream_status):
        try:
            assert parse(fields)
        except BadForm:
            assert not sid


RECORDING = "RE0123456789abcdef0123456789ABCDEF"


def test_a_message_is_known_by_its_sid_alone() -> None:
    told = parse_voicemail(form(RecordingSid=RECORDING, RecordingDuration="7"))
    assert (told.recording_sid, told.seconds) == (RECORDING, 7)


@pytest.mark.parametrize(
    ("url", "sid"),
    [
        (
            f"https://api.twilio.com/2010-04-01/Accounts/AC0/Recordings/{RECORDING}",
            RECORDING,
        ),
        ("http://169.254.169.254/latest/meta-data", ""),
        (f"https://evil.example/{RECORDING}/../x", ""),
        ("", ""),
    ],
)
def test_of_a_recordings_address_only_the_sid_is_believed(url: str, sid: str) -> None:
    """The documents promise the address; the SID comes as well, so far."""
    assert parse_voicemail(form(RecordingUrl=url)).recording_sid == sid


def test_what_a_message_says_is_one_line_with_an_end() -> None:
    said = parse_transcription(
        form(RecordingSid=RECORDING, TranscriptionText=" My\r\nchain\x00 " + "x" * 9999)
    )
    assert said.text.startswith("My chain xxx")
    assert len(said.text) <= 5_000
    assert (said.call_sid, said.recording_sid) == (CALL, RECORDING)


# Conferences, and legs that we placed.


def test_who_comes_into_a_conference_and_who_leaves_it_is_told() -> None:
    joined = parse_conference(form(StatusCallbackEvent="participant-join"))
    left = parse_conference(form(StatusCallbackEvent="participant-leave"))
    assert (joined.call_sid, joined.joined, joined.left) == (CALL, True, False)
    assert (left.call_sid, left.joined, left.left) == (CALL, False, True)


def test_an_end_of_a_conference_is_about_nobody() -> None:
    over = parse_conference({"StatusCallbackEvent": "conference-end"})
    assert (over.call_sid, over.joined, over.left) == (None, False, False)


@pytest.mark.parametrize(("named", "call"), [(CALL, CALL), ("CA1", None), ("", None)])
def test_our_own_address_of_an_operators_leg_names_the_caller(
    named: str, call: CallSid | None
) -> None:
    assert caller_of({"call": named}) == call
    assert caller_of({}) is None


def test_a_leg_that_we_placed_says_which_try_it_is_and_who_picked_up() -> None:
    asked = parse_placed(
        form(**{"try": "try_1"}, AnsweredBy="human", SpeechResult="Yes,\nhello")
    )
    assert asked == PlacedRequest(
        VoiceRequest(CALL, "", "", ""), CallbackTryId("try_1"), "human", "Yes,hello"
    )


@pytest.mark.parametrize(("told", "seconds"), [("42", 42), ("", 0), ("-1", 0)])
def test_a_placed_leg_that_is_over_says_how_long_it_was(
    told: str, seconds: int
) -> None:
    ended = parse_placed_ended(form(CallDuration=told, CallStatus="completed"))
    assert ended.duration_s == seconds
    assert ended.asked.request.over


def test_an_error_of_the_dialling_is_that_of_its_request() -> None:
    assert parse_dial_ended(form(ErrorCode="13224")).error == "13224"
