"""The shapes of Media Streams messages, as msgspec decodes and checks them."""

import msgspec


class FormatJson(msgspec.Struct):
    """How the audio is encoded."""

    encoding: str = "audio/x-mulaw"
    sample_rate: int = msgspec.field(name="sampleRate", default=8000)


class StartJson(msgspec.Struct):
    """Of `start`."""

    call_sid: str = msgspec.field(name="callSid")
    account_sid: str = msgspec.field(name="accountSid", default="")
    parameters: dict[str, str] = msgspec.field(
        name="customParameters", default_factory=dict
    )
    format: FormatJson = msgspec.field(name="mediaFormat", default_factory=FormatJson)


class MediaJson(msgspec.Struct):
    """Of `media`; numbers come as strings, and the audio in base64."""

    payload: bytes
    timestamp: str | int = "0"
    chunk: str | int = "0"
    track: str = "inbound"


class MarkJson(msgspec.Struct):
    """Of `mark`."""

    name: str


class DtmfJson(msgspec.Struct):
    """Of `dtmf`."""

    digit: str


class MessageJson(msgspec.Struct):
    """Any message; the part that its event names is there."""

    event: str
    stream_sid: str = msgspec.field(name="streamSid", default="")
    start: StartJson | None = None
    media: MediaJson | None = None
    mark: MarkJson | None = None
    dtmf: DtmfJson | None = None
