"""What becomes of a caller's spoken message: facts, members of `events.Event`.

Some come after the call's end: many callers hang up to end their message, and it takes
the carrier minutes to write it down.
"""

from dataclasses import dataclass
from typing import TypeAlias

from callcenter.domain.ids import RecordingSid


@dataclass(frozen=True, slots=True)
class VoicemailBegan:
    """The caller is about to hear the tone. Written before they are brought to it."""

    reason: str


@dataclass(frozen=True, slots=True)
class VoicemailLeft:
    """The carrier keeps what the caller said after the tone."""

    recording_sid: RecordingSid
    seconds: int


@dataclass(frozen=True, slots=True)
class VoicemailEmpty:
    """Nothing was said after the tone."""


@dataclass(frozen=True, slots=True)
class VoicemailTranscribed:
    """The carrier wrote a message down, as well as it could."""

    recording_sid: RecordingSid
    text: str


VoicemailEvent: TypeAlias = (
    VoicemailBegan | VoicemailLeft | VoicemailEmpty | VoicemailTranscribed
)
LateVoicemail: TypeAlias = VoicemailLeft | VoicemailTranscribed
"""What may be told of a call that is over."""
