"""What Twilio posts to us: forms in, dataclasses out.

New fields may appear at any time, so unknown ones are ignored; the ones that we use are
checked here, and a SID is never anything but a SID (it ends up in URLs and logs).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from callcenter.domain.ids import CallbackTryId, CallSid, RecordingSid

_CALL_SID: Final = re.compile(r"CA[0-9a-fA-F]{32}")
_RECORDING_SID: Final = re.compile(r"RE[0-9a-fA-F]{32}")
_TRANSCRIPT_CHARACTERS: Final = 5_000
"""Two minutes of somebody who talks fast have half of it."""
_INTEGER: Final = re.compile(r"[0-9]{1,18}")
_NUMBER_CHARACTERS: Final = 128

REPETITION_FIELD: Final = "I-Twilio-Idempotency-Token"
"""A header of Twilio's, which the web passes on among the fields."""

FINAL_STATUSES: Final = frozenset(
    {"completed", "busy", "failed", "no-answer", "canceled"}
)


class BadForm(ValueError):
    """The form lacks what its kind must have."""


@dataclass(frozen=True, slots=True)
class VoiceRequest:
    """Any request about one leg (twilio.com/docs/voice/twiml, "request parameters")."""

    call_sid: CallSid
    status: str
    caller_number: str
    called_number: str
    parent_call_sid: CallSid | None = None
    digits: str = ""
    sequence: int | None = None
    token: str = ""
    """Twilio's idempotency token: the same when it repeats a request."""
    error: str = ""
    """The number of what the carrier calls an error."""

    @property
    def over(self) -> bool:
        """Whether the leg has ended."""
        return self.status in FINAL_STATUSES


@dataclass(frozen=True, slots=True)
class DialEnded:
    """The `action` request of a `<Dial>`."""

    request: VoiceRequest
    dial_status: str
    bridged: bool | None
    """None when Twilio did not say."""
    duration_s: int

    @property
    def error(self) -> str:
        return self.request.error


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """A stream's status callback."""

    call_sid: CallSid
    stream_sid: str
    event: str
    error: str


@dataclass(frozen=True, slots=True)
class ConferenceTold:
    """A conference's status callback."""

    event: str
    call_sid: CallSid | None
    """Whom it is about; None: nobody in particular."""

    @property
    def joined(self) -> bool:
        return self.event == "participant-join"

    @property
    def left(self) -> bool:
        return self.event == "participant-leave"


@dataclass(frozen=True, slots=True)
class VoicemailTold:
    """What a `<Record>` came to: its action, and the recording's own callback."""

    request: VoiceRequest
    recording_sid: RecordingSid
    """Empty when nothing was said, or when this is not one."""
    seconds: int


@dataclass(frozen=True, slots=True)
class PlacedRequest:
    """Any request about a leg that we placed; the try is ours, from the address."""

    request: VoiceRequest
    try_id: CallbackTryId
    answered_by: str = ""
    """The carrier's guess: human, machine_start, machine_end_beep, fax, unknown…"""
    speech: str = ""
    """What was understood of an answer in words."""


@dataclass(frozen=True, slots=True)
class PlacedEnded:
    """The last status callback of a leg that we placed."""

    asked: PlacedRequest
    duration_s: int


@dataclass(frozen=True, slots=True)
class Transcription:
    """A message, written down."""

    call_sid: CallSid
    recording_sid: RecordingSid
    text: str
    """Empty when it could not be understood."""


def parse_voice_request(form: Mapping[str, str]) -> VoiceRequest:
    """Raises BadForm when there is no CallSid."""
    return VoiceRequest(
        call_sid=_call_sid(form.get("CallSid", "")),
        status=_line(form.get("CallStatus", "")),
        caller_number=_line(form.get("From", "")),
        called_number=_line(form.get("To", "")),
        parent_call_sid=_parent(form.get("ParentCallSid", "")),
        digits=_line(form.get("Digits", "")),
        sequence=_integer(form.get("SequenceNumber", "")),
        token=_line(form.get(REPETITION_FIELD, "")),
        error=_line(form.get("ErrorCode", "")),
    )


def parse_dial_ended(form: Mapping[str, str]) -> DialEnded:
    """Raises BadForm when there is no CallSid."""
    return DialEnded(
        request=parse_voice_request(form),
        dial_status=_line(form.get("DialCallStatus", "")),
        bridged={"true": True, "false": False}.get(form.get("DialBridged", "")),
        duration_s=_integer(form.get("DialCallDuration", "")) or 0,
    )


def parse_placed(form: Mapping[str, str]) -> PlacedRequest:
    """Raises BadForm when there is no CallSid."""
    return PlacedRequest(
        request=parse_voice_request(form),
        try_id=CallbackTryId(_line(form.get("try", ""))),
        answered_by=_line(form.get("AnsweredBy", "")),
        speech=_line(form.get("SpeechResult", "")),
    )


def parse_placed_ended(form: Mapping[str, str]) -> PlacedEnded:
    """Raises BadForm when there is no CallSid."""
    seconds = _integer(form.get("CallDuration", "")) or 0
    return PlacedEnded(parse_placed(form), seconds)


def parse_voicemail(form: Mapping[str, str]) -> VoicemailTold:
    """Raises BadForm when there is no CallSid."""
    return VoicemailTold(
        request=parse_voice_request(form),
        recording_sid=_recording_sid(
            form.get("RecordingSid") or form.get("RecordingUrl", "").rpartition("/")[2]
        ),
        seconds=_integer(form.get("RecordingDuration", "")) or 0,
    )


def parse_conference(form: Mapping[str, str]) -> ConferenceTold:
    """An event that is about nobody has no CallSid."""
    return ConferenceTold(
        event=_line(form.get("StatusCallbackEvent", "")),
        call_sid=_parent(form.get("CallSid", "")),
    )


def caller_of(form: Mapping[str, str]) -> CallSid | None:
    """The caller's call, which our own address of an operator's leg names."""
    return _parent(form.get("call", ""))


def parse_transcription(form: Mapping[str, str]) -> Transcription:
    """Raises BadForm when there is no CallSid."""
    text = form.get("TranscriptionText", "")[:_TRANSCRIPT_CHARACTERS]
    return Transcription(
        call_sid=_call_sid(form.get("CallSid", "")),
        recording_sid=_recording_sid(form.get("RecordingSid", "")),
        text=" ".join("".join(c if c.isprintable() else " " for c in text).split()),
    )


def parse_stream_status(form: Mapping[str, str]) -> StreamStatus:
    """Raises BadForm when there is no CallSid."""
    return StreamStatus(
        call_sid=_call_sid(form.get("CallSid", "")),
        stream_sid=_line(form.get("StreamSid", "")),
        event=_line(form.get("StreamEvent", "")),
        error=_line(form.get("StreamError", "")),
    )


def _call_sid(text: str) -> CallSid:
    if not _CALL_SID.fullmatch(text):
        raise BadForm("CallSid is missing, or is not one")
    return CallSid(text)


def _recording_sid(text: str) -> RecordingSid:
    return RecordingSid(text if _RECORDING_SID.fullmatch(text) else "")


def _parent(text: str) -> CallSid | None:
    return CallSid(text) if _CALL_SID.fullmatch(text) else None


def _integer(text: str) -> int | None:
    """Python refuses to read thousands of digits; Twilio never sends them."""
    return int(text) if _INTEGER.fullmatch(text) else None


def _line(text: str) -> str:
    """One bounded line: it will stand in logs, records and headers."""
    return "".join(c for c in text[:_NUMBER_CHARACTERS] if c.isprintable())
