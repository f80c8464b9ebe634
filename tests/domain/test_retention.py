"""What has had its time is taken out of facts, and nothing else is."""

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.domain import events as e, voicemail as v
from callcenter.domain.ids import (
    AgentName,
    AttemptId,
    CallSid,
    EscalationId,
    ItemId,
    RecordingSid,
    ToolCallId,
)
from callcenter.domain.outcomes import Disposition, ToolOutcome
from callcenter.domain.retention import PARTS, Kind, Retention, without

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TRIAGE = AgentName("triage")
SID = RecordingSid("RE1")
SECRET = "Kari of Storgata 5"

TELLING: dict[Kind, list[e.Event]] = {
    Kind.TRANSCRIPTS: [
        e.CallerSpoke(ItemId("i"), SECRET, 0, 900),
        e.AgentSpoke(ItemId("i"), TRIAGE, SECRET, SECRET, 1, 2, 3, 500, 700),
        e.AgentHandedOff(TRIAGE, AgentName("support"), SECRET, SECRET),
        e.CallEscalated(EscalationId("e"), TRIAGE, SECRET, "support"),
        e.CallbackRequested("tomorrow", SECRET),
        e.OperatorBriefed(AttemptId("a"), SECRET),
        e.MessageTaken(SECRET),
        v.VoicemailTranscribed(SID, SECRET),
    ],
    Kind.TOOLS: [
        e.ToolCalled(ToolCallId("t"), TRIAGE, "look_up", f'{{"who": "{SECRET}"}}'),
        e.ToolReturned(
            ToolCallId("t"), "look_up", ToolOutcome.OK, SECRET, 5, done=SECRET
        ),
    ],
    Kind.NUMBERS: [e.CallAnswered(CallSid("CA1"), SECRET, "+15005550006")],
}
EVENTS = [(kind, event) for kind, events in TELLING.items() for event in events]


@pytest.mark.parametrize(
    ("kind", "event"), EVENTS, ids=[type(event).__name__ for _, event in EVENTS]
)
def test_the_words_go_and_the_fact_stays(kind: Kind, event: e.Event) -> None:
    purged = without(event, [kind])
    assert SECRET in repr(event)
    assert SECRET not in repr(purged)
    assert type(purged) is type(event)
    others = [one for one in PARTS if one not in {kind, Kind.VOICEMAILS}]
    assert without(event, others) is event


def test_that_a_tool_was_used_and_how_long_it_took_is_still_told() -> None:
    used = e.ToolReturned(ToolCallId("t"), "look_up", ToolOutcome.FAILED, SECRET, 5)
    purged = without(used, PARTS)
    assert isinstance(purged, e.ToolReturned)
    assert (purged.tool, purged.outcome, purged.took_ms) == (
        "look_up",
        ToolOutcome.FAILED,
        5,
    )


@pytest.mark.parametrize(
    "event", [v.VoicemailLeft(SID, 9), v.VoicemailTranscribed(SID, SECRET)]
)
def test_a_message_whose_sound_is_gone_names_none(
    event: v.VoicemailLeft | v.VoicemailTranscribed,
) -> None:
    purged = without(event, [Kind.VOICEMAILS])
    assert isinstance(purged, v.VoicemailLeft | v.VoicemailTranscribed)
    assert purged.recording_sid == ""
    assert without(event, [Kind.TOOLS]) is event


def test_what_tells_nothing_of_anybody_is_kept_as_it_is() -> None:
    ended = e.CallEnded(Disposition.RESOLVED, "the caller hung up")
    assert without(ended, PARTS) is ended
    assert without(ended, [Kind.CALLS]) is ended, "whole calls are another matter"


def test_each_kind_has_a_time_of_its_own() -> None:
    rules = Retention(transcripts=30, calls=365)
    assert rules.before(Kind.TRANSCRIPTS, NOW) == NOW - timedelta(days=30)
    assert rules.before(Kind.CALLS, NOW) == NOW - timedelta(days=365)
    assert rules.before(Kind.TOOLS, NOW) is None


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_is_purged_of_which_nobody_said_so(kind: Kind) -> None:
    assert Retention().before(kind, NOW) is None
