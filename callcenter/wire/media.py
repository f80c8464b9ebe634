"""Twilio Media Streams, both ways.

The protocol is at twilio.com/docs/voice/media-streams/websocket-messages.

What Twilio sends is read tolerantly: an unknown event is `None`, a malformed one raises
`Malformed`. What we send is exactly one of three messages with exactly their fields:
Twilio ignores anything else, with warning 31951. `parse_*` and `render_*` exist for
both directions, so that the simulated phone is the same codec turned round.
"""

from base64 import b64encode
from binascii import b2a_base64
from dataclasses import dataclass, field
from typing import Final, TypeAlias, TypeVar, assert_never

import msgspec

from callcenter.domain.ids import CallSid, StreamSid
from callcenter.wire.stream_json import (
    DtmfJson,
    MarkJson,
    MediaJson,
    MessageJson,
    StartJson,
)

MAX_MESSAGE_BYTES: Final = 64 * 1024
"""A real frame has about 400 bytes; whatever is larger is not Twilio."""


class Malformed(ValueError):
    """The other side sent something that is not a Media Streams message."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The first message, once."""


@dataclass(frozen=True, slots=True)
class Started:
    """The second message: which call this is, and what our TwiML passed along."""

    stream_sid: StreamSid
    call_sid: CallSid
    account_sid: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    encoding: str = "audio/x-mulaw"
    sample_rate: int = 8000


@dataclass(frozen=True, slots=True)
class Frame:
    """About 20 ms of the caller's voice; the time is Twilio's own stream clock."""

    timestamp_ms: int
    audio: bytes
    chunk: int = 0
    track: str = "inbound"


@dataclass(frozen=True, slots=True)
class Digit:
    """The caller pressed a key."""

    digit: str


@dataclass(frozen=True, slots=True)
class MarkEcho:
    """What was sent before this mark has been played, or has been cleared."""

    name: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The stream is over. It is not always sent."""


FromTwilio: TypeAlias = Connected | Started | Frame | Digit | MarkEcho | Stopped


@dataclass(frozen=True, slots=True)
class Media:
    """Audio for the caller, of any length; played in the order of arrival."""

    audio: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """Come back when what was sent before has played."""

    name: str


@dataclass(frozen=True, slots=True)
class Clear:
    """Drop whatever is queued for the caller, and return all its marks."""


ToTwilio: TypeAlias = Media | Mark | Clear


T = TypeVar("T")

_message = msgspec.json.Decoder(MessageJson)
_fields = msgspec.json.Decoder(dict[str, object])
"""Reads what the typed one skips: that may be wrong, too."""


def parse_from_twilio(text: str | bytes) -> FromTwilio | None:
    """Read one message of the carrier; None for an event we don't know.

    Raises `Malformed` for anything that is not such a message.
    """
    message = _decode(text, _message)
    match message:
        case MessageJson(event="media", media=MediaJson() as media):
            return Frame(
                _integer(media.timestamp),
                media.payload,
                _integer(media.chunk),
                media.track,
            )
        case MessageJson(event="mark", mark=MarkJson(name=name)):
            return MarkEcho(name)
        case MessageJson(event="dtmf", dtmf=DtmfJson(digit=digit)):
            return Digit(digit)
        case MessageJson(event="connected"):
            return Connected()
        case MessageJson(event="start", start=StartJson() as start, stream_sid=sid) if (
            sid
        ):
            return _started(StreamSid(sid), start)
        case MessageJson(event="stop"):
            return Stopped()
        case MessageJson(event="media" | "mark" | "dtmf" | "start" as event):
            raise Malformed(f"a {event} message without its {event}")
        case _:
            return None


def parse_to_twilio(text: str | bytes) -> ToTwilio:
    """Read one message of the server, as strictly as Twilio does (error 31951)."""
    message = _decode(text, _message)
    allowed = {"event", "streamSid"} | ({message.event} - {"clear"})
    fields = _decode(text, _fields)
    if fields.keys() != allowed or not message.stream_sid:
        raise Malformed("a field too many, or one too few")
    match message:
        case MessageJson(event="media", media=MediaJson(payload=payload)):
            return Media(payload)
        case MessageJson(event="mark", mark=MarkJson(name=name)):
            return Mark(name)
        case MessageJson(event="clear"):
            return Clear()
        case _:
            raise Malformed(f"the server may not send {message.event!r}")


def render_to_twilio(message: ToTwilio, stream_sid: StreamSid) -> str:
    """Write one message for the carrier."""
    match message:
        case Media(audio):
            payload = b2a_base64(audio, newline=False).decode("ascii")
            # The one message on the hot path; base64 needs no escaping.
            return (
                f'{{"event":"media","streamSid":"{stream_sid}",'
                f'"media":{{"payload":"{payload}"}}}}'
            )
        case Mark(name):
            return _json(
                {"event": "mark", "streamSid": stream_sid, "mark": {"name": name}}
            )
        case Clear():
            return _json({"event": "clear", "streamSid": stream_sid})
        case _:
            assert_never(message)


def render_from_twilio(
    message: FromTwilio, stream_sid: StreamSid, sequence: int = 1
) -> str:
    """Write one message as the carrier does: its numbers are strings."""
    envelope: dict[str, object] = {
        "sequenceNumber": str(sequence),
        "streamSid": stream_sid,
    }
    match message:
        case Connected():
            body: dict[str, object] = {
                "event": "connected",
                "protocol": "Call",
                "version": "1.0.0",
            }
            return _json(body)
        case Started():
            body = {"event": "start", "start": _start_body(message)}
        case Frame(timestamp, audio, chunk, track):
            media = {
                "track": track,
                "chunk": str(chunk),
                "timestamp": str(timestamp),
                "payload": b64encode(audio).decode("ascii"),
            }
            body = {"event": "media", "media": media}
        case Digit(digit):
            body = {"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": digit}}
        case MarkEcho(name):
            body = {"event": "mark", "mark": {"name": name}}
        case Stopped():
            body = {"event": "stop", "stop": {}}
        case _:
            assert_never(message)
    return _json(body | envelope)


def _start_body(started: Started) -> dict[str, object]:
    return {
        "streamSid": started.stream_sid,
        "accountSid": started.account_sid,
        "callSid": started.call_sid,
        "tracks": ["inbound"],
        "mediaFormat": {
            "encoding": started.encoding,
            "sampleRate": started.sample_rate,
            "channels": 1,
        },
        "customParameters": started.parameters,
    }


def _started(stream_sid: StreamSid, start: StartJson) -> Started:
    return Started(
        stream_sid,
        CallSid(start.call_sid),
        start.account_sid,
        start.parameters,
        start.format.encoding,
        start.format.sample_rate,
    )


def _decode(text: str | bytes, decoder: msgspec.json.Decoder[T]) -> T:
    if len(text) > MAX_MESSAGE_BYTES:
        raise Malformed(f"a message of {len(text)} bytes")
    try:
        return decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Malformed(str(error)) from error


def _integer(number: str | int) -> int:
    """At most 15 digits: more than any stream is old, and exact as a float."""
    if isinstance(number, str) and len(number) > 15:
        raise Malformed("a number that is too long")
    try:
        return int(number)
    except ValueError as error:
        raise Malformed("something that is not a number") from error


def _json(body: dict[str, object]) -> str:
    return msgspec.json.encode(body).decode()
