"""A stream's messages, where the carrier is stricter than the codec, or wordier."""

from typing import Final

import msgspec

from callcenter.domain.ids import StreamSid
from callcenter.wire.media import Malformed, ToTwilio, parse_to_twilio


class _Envelope(msgspec.Struct):
    stream_sid: str = msgspec.field(name="streamSid", default="")


_envelope: Final = msgspec.json.Decoder(_Envelope)


def read_strictly(text: str, stream_sid: StreamSid) -> ToTwilio:
    """One message of the server, for this stream. Raises `Malformed`."""
    try:
        message = parse_to_twilio(text)
    except (AttributeError, TypeError) as error:
        raise Malformed(f"not a message: {error}") from error
    if _envelope.decode(text).stream_sid != stream_sid:
        raise Malformed("the streamSid of another stream")
    return message


def stop_text(
    stream_sid: StreamSid, sequence: int, account_sid: str, call_sid: str
) -> str:
    """The `stop` message, with the names that Twilio repeats in it."""
    return msgspec.json.encode(
        {
            "event": "stop",
            "sequenceNumber": str(sequence),
            "streamSid": stream_sid,
            "stop": {"accountSid": account_sid, "callSid": call_sid},
        }
    ).decode()
