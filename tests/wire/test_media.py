"""The Media Streams codec, both ways round."""

import json
from base64 import b64encode

import pytest
from hypothesis import example, given, strategies as st

from callcenter.domain.ids import CallSid, StreamSid
from callcenter.wire.media import (
    MAX_MESSAGE_BYTES,
    Clear,
    Connected,
    Digit,
    Frame,
    FromTwilio,
    Malformed,
    Mark,
    MarkEcho,
    Media,
    Started,
    Stopped,
    ToTwilio,
    parse_from_twilio,
    parse_to_twilio,
    render_from_twilio,
    render_to_twilio,
)

STREAM = StreamSid("MZ0123456789abcdef0123456789abcdef")
CALL = CallSid("CA0123456789abcdef0123456789abcdef")

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
COUNTS = st.integers(0, 10**12)
AUDIO = st.binary(max_size=2000)

FROM_TWILIO: st.SearchStrategy[FromTwilio] = st.one_of(
    st.just(Connected()),
    st.builds(
        Started,
        st.just(STREAM),
        st.builds(CallSid, TEXT),
        TEXT,
        st.dictionaries(TEXT, TEXT, max_size=3),
        TEXT,
        st.integers(1, 48000),
    ),
    st.builds(Frame, COUNTS, AUDIO, COUNTS, TEXT),
    st.builds(Digit, TEXT),
    st.builds(MarkEcho, TEXT),
    st.just(Stopped()),
)
TO_TWILIO: st.SearchStrategy[ToTwilio] = st.one_of(
    st.builds(Media, AUDIO), st.builds(Mark, TEXT), st.just(Clear())
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3)
    ),
    max_leaves=10,
)
EVENTS = ["connected", "start", "media", "mark", "dtmf", "stop", "clear", "other"]
NEARLY = st.fixed_dictionaries(
    {"event": st.sampled_from(EVENTS)},
    optional={
        "streamSid": TEXT | JSON,
        "start": st.fixed_dictionaries({"callSid": TEXT | JSON}) | JSON,
        "media": st.fixed_dictionaries(
            {"payload": TEXT | JSON}, optional={"timestamp": TEXT | JSON}
        )
        | JSON,
        "mark": st.fixed_dictionaries({"name": TEXT | JSON}) | JSON,
        "dtmf": st.fixed_dictionaries({"digit": TEXT | JSON}) | JSON,
    },
).map(json.dumps)
ANYTHING = st.one_of(st.text(), st.binary(), JSON.map(json.dumps), NEARLY)


def media(**fields: object) -> str:
    body = {"payload": b64encode(b"\xff" * 160).decode(), **fields}
    return json.dumps({"event": "media", "streamSid": STREAM, "media": body})


@given(FROM_TWILIO)
def test_what_twilio_says_arrives_as_it_was_meant(message: FromTwilio) -> None:
    assert parse_from_twilio(render_from_twilio(message, STREAM)) == message


@given(TO_TWILIO)
def test_what_we_say_arrives_as_it_was_meant(message: ToTwilio) -> None:
    assert parse_to_twilio(render_to_twilio(message, STREAM)) == message


@given(ANYTHING)
def test_whatever_arrives_is_a_message_or_unknown_or_malformed(
    text: str | bytes,
) -> None:
    try:
        message = parse_from_twilio(text)
    except Malformed:
        return
    assert message is None or isinstance(message, FromTwilio)


BAD_UTF8 = b'{"event":"clear","streamSid":"MZ","x":"\xff"}'
DEEP = b'{"event":"clear","streamSid":"MZ","x":' + b"[" * 9999 + b"]" * 9999 + b"}"


@given(ANYTHING)
@example(BAD_UTF8)
@example(DEEP)
@example('{"event":"clear","streamSid":"\ud800"}')
def test_whatever_the_server_says_is_a_message_or_malformed(text: str | bytes) -> None:
    try:
        message = parse_to_twilio(text)
    except Malformed:
        return
    assert isinstance(message, ToTwilio)


# As Twilio's documentation writes them.


def test_the_documented_start_is_read() -> None:
    text = """{"event":"start","sequenceNumber":"1",
      "streamSid":"MZ0123456789abcdef0123456789abcdef",
      "start":{"streamSid":"MZ0123456789abcdef0123456789abcdef",
        "accountSid":"AC0123456789abcdef0123456789abcdef",
        "callSid":"CA0123456789abcdef0123456789abcdef","tracks":["inbound"],
        "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},
        "customParameters":{"token":"t0","lang":"en"}}}"""

    assert parse_from_twilio(text) == Started(
        STREAM,
        CALL,
        "AC0123456789abcdef0123456789abcdef",
        {"token": "t0", "lang": "en"},
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"event":"connected","protocol":"Call","version":"1.0.0"}', Connected()),
        (
            (
                '{"event":"dtmf","streamSid":"MZ1","sequenceNumber":"5",'
                '"dtmf":{"track":"inbound_track","digit":"1"}}'
            ),
            Digit("1"),
        ),
        (
            (
                '{"event":"mark","sequenceNumber":"6","streamSid":"MZ1",'
                '"mark":{"name":"0:3"}}'
            ),
            MarkEcho("0:3"),
        ),
        (
            (
                '{"event":"stop","sequenceNumber":"99","streamSid":"MZ1",'
                '"stop":{"accountSid":"AC1","callSid":"CA1"}}'
            ),
            Stopped(),
        ),
    ],
)
def test_the_documented_messages_are_read(text: str, message: FromTwilio) -> None:
    assert parse_from_twilio(text) == message
    assert parse_from_twilio(text.encode()) == message


@pytest.mark.parametrize("number", ["1240", 1240])
def test_a_number_may_be_text_or_not(number: object) -> None:
    frame = parse_from_twilio(media(timestamp=number, chunk=number, track="inbound"))

    assert frame == Frame(1240, b"\xff" * 160, 1240)


def test_the_carriers_numbers_are_written_as_text() -> None:
    wrote = json.loads(render_from_twilio(Frame(20, b"\xff", 1), STREAM, sequence=7))

    assert wrote == {
        "event": "media",
        "sequenceNumber": "7",
        "streamSid": STREAM,
        "media": {
            "track": "inbound",
            "chunk": "1",
            "timestamp": "20",
            "payload": "/w==",
        },
    }


def test_the_carriers_first_message_belongs_to_no_stream() -> None:
    assert json.loads(render_from_twilio(Connected(), STREAM)) == {
        "event": "connected",
        "protocol": "Call",
        "version": "1.0.0",
    }


def test_twenty_ms_of_silence_are_216_characters() -> None:
    wrote = json.loads(render_to_twilio(Media(b"\xff" * 160), STREAM))

    assert wrote["media"] == {"payload": "/" * 213 + "w=="}


@pytest.mark.parametrize("event", ["hologram", "", "clear"])
def test_an_event_that_we_do_not_know_is_not_an_error(event: str) -> None:
    assert parse_from_twilio(json.dumps({"event": event})) is None


# What is malformed.


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "null",
        "[]",
        "{}",
        '{"event": 1}',
        '{"event":"media","streamSid":"MZ1"}',
        '{"event":"mark","streamSid":"MZ1","mark":null}',
        '{"event":"dtmf","streamSid":"MZ1","dtmf":{}}',
        '{"event":"start","streamSid":"MZ1"}',
        '{"event":"start","start":{"callSid":"CA1"}}',
        '{"event":"start","streamSid":"","start":{"callSid":"CA1"}}',
        '{"event":"start","streamSid":"MZ1","start":{}}',
        media(timestamp="soon"),
        media(timestamp="9" * 5000),
        media(timestamp=None),
        media(timestamp=1.5),
        media(payload="not base64!"),
        media(payload="abc"),
        media(payload="µ"),
        b"\xff\xfe",
        b'{"event":"\xff"}',
        "\ud800",
    ],
)
def test_what_is_not_such_a_message_is_malformed(text: str | bytes) -> None:
    with pytest.raises(Malformed):
        parse_from_twilio(text)


def test_a_message_that_is_too_large_is_not_even_read() -> None:
    room = MAX_MESSAGE_BYTES - len('{"event":"x"}')
    assert parse_from_twilio('{"event":"x"}' + " " * room) is None

    with pytest.raises(Malformed, match="a message of 65537 bytes"):
        parse_from_twilio('{"event":"x"}' + " " * (room + 1))


@pytest.mark.parametrize(
    "message",
    [
        {"event": "clear"},
        {"event": "clear", "streamSid": ""},
        {"event": "clear", "streamSid": "MZ1", "clear": {}},
        {"event": "clear", "streamSid": "MZ1", "mark": {"name": "1"}},
        {"event": "mark", "streamSid": "MZ1"},
        {"event": "mark", "streamSid": "MZ1", "mark": None},
        {"event": "mark", "streamSid": "MZ1", "mark": {}},
        {"event": "mark", "mark": {"name": "1"}},
        {
            "event": "mark",
            "streamSid": "MZ1",
            "mark": {"name": "1"},
            "sequenceNumber": "1",
        },
        {"event": "media", "streamSid": "MZ1", "media": {"payload": "!"}},
        {"event": "dtmf", "streamSid": "MZ1", "dtmf": {"digit": "1"}},
        {"event": "start", "streamSid": "MZ1", "start": {"callSid": "CA1"}},
        {"event": "stop", "streamSid": "MZ1", "stop": {}},
        {"event": "streamSid", "streamSid": "MZ1"},
    ],
)
def test_twilio_ignores_what_is_not_exactly_one_of_three(
    message: dict[str, object],
) -> None:
    with pytest.raises(Malformed):
        parse_to_twilio(json.dumps(message))
