"""How long what is kept: by kind, in days. What has had its time is taken out of facts.

Taking out leaves the fact: that somebody spoke, that a tool was used and how long it
took, is still told; what was said is not.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from callcenter.domain import events as e, voicemail as v
from callcenter.domain.ids import RecordingSid

NOTHING: Final = "{}"


class Kind(StrEnum):
    """What has a time of its own."""

    TRANSCRIPTS = "transcripts"
    """What was said, left and told, in words."""
    TOOLS = "tools"
    """What tools were asked and answered."""
    NUMBERS = "numbers"
    """Who called."""
    VOICEMAILS = "voicemails"
    """Messages in the caller's own voice, at the carrier."""
    CALLS = "calls"
    """Everything: that there was a call at all."""


PARTS: Final = (Kind.TRANSCRIPTS, Kind.TOOLS, Kind.NUMBERS, Kind.VOICEMAILS)
"""Taken out of a call; the call itself stays."""

EventKind = TypeVar("EventKind", bound=e.Event)


@dataclass(frozen=True, slots=True)
class Retention:
    """Days for each kind; None: it is kept."""

    transcripts: int | None = None
    tools: int | None = None
    numbers: int | None = None
    voicemails: int | None = None
    calls: int | None = None

    def before(self, kind: Kind, now: datetime) -> datetime | None:
        """Of calls that began before that, this is purged; None: of none."""
        days: int | None = getattr(self, kind.value)
        return None if days is None else now - timedelta(days=days)


def without(event: e.Event, kinds: Iterable[Kind]) -> e.Event:
    """The event without these kinds of content; the same one if it has none."""
    for kind in kinds:
        event = _TAKE_OUT[kind](event) if kind in _TAKE_OUT else event
    return event


def _without_words(event: e.Event) -> e.Event:
    match event:
        case e.CallerSpoke():
            return replace(event, text=None)
        case e.AgentSpoke():
            return replace(event, generated="", heard="")
        case e.AgentHandedOff():
            return replace(event, reason="", known="")
        case e.CallEscalated() | e.CallbackRequested():
            return replace(event, reason="")
        case e.OperatorBriefed():
            return replace(event, briefing="")
        case e.MessageTaken() | v.VoicemailTranscribed():
            return replace(event, text="")
        case _:
            return event


def _without_work(event: e.Event) -> e.Event:
    match event:
        case e.ToolCalled():
            return replace(event, arguments=NOTHING)
        case e.ToolReturned():
            return replace(event, output=NOTHING, done="")
        case _:
            return event


def _without_number(event: e.Event) -> e.Event:
    return (
        replace(event, caller_number="") if isinstance(event, e.CallAnswered) else event
    )


def _without_audio(event: e.Event) -> e.Event:
    if isinstance(event, v.VoicemailLeft | v.VoicemailTranscribed):
        return replace(event, recording_sid=RecordingSid(""))
    return event


_TAKE_OUT: Final = {
    Kind.TRANSCRIPTS: _without_words,
    Kind.TOOLS: _without_work,
    Kind.NUMBERS: _without_number,
    Kind.VOICEMAILS: _without_audio,
}
