"""The state of a call: what each fact makes of it, and what a whole call comes to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given, strategies as st

from callcenter.domain import events as e, voicemail
from callcenter.domain.call import (
    Attempt,
    CallState,
    Escalation,
    apply,
    disposition_of,
    fold,
)
from callcenter.domain.guardrails import GuardrailTripped
from callcenter.domain.handover import HandoffRefused, Handover
from callcenter.domain.ids import (
    AgentName,
    AttemptId,
    CallId,
    CallSid,
    EscalationId,
    ItemId,
    RecordingSid,
    StreamSid,
    ToolCallId,
)
from callcenter.domain.language_facts import LanguageChosen
from callcenter.domain.outcomes import AttemptOutcome, Disposition, ToolOutcome
from callcenter.domain.phases import Phase
from callcenter.domain.transcript import Speaker, Turn
from callcenter.domain.verification import CallerVerified, Method, VerificationTried

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TRIAGE, WEATHER = AgentName("triage"), AgentName("weather")
FIRST, SECOND = EscalationId("esc_1"), EscalationId("esc_2")
ADA, BOB = AttemptId("att_1"), AttemptId("att_2")

ANSWERED = e.CallAnswered(CallSid("CA0"), "+4799999999", "+15005550006", "r0")
STREAM = e.StreamStarted(StreamSid("MZ1"))
ESCALATED = e.CallEscalated(FIRST, TRIAGE, "wants a refund", "billing")
RINGS_ADA = e.OperatorCalled(FIRST, ADA, "Ada", "+4722222222")
RINGS_BOB = e.OperatorCalled(FIRST, BOB, "Bob", "+4733333333")
ENDED = e.CallEnded(Disposition.RESOLVED, "the caller hung up")


def facts(*events: e.Event) -> list[e.Fact]:
    return [e.Fact(CallId("c1"), n, NOON, event) for n, event in enumerate(events, 1)]


def state(*events: e.Event) -> CallState:
    return fold(facts(*events))


def caller_spoke(item: str, text: str | None, began_ms: int) -> e.CallerSpoke:
    return e.CallerSpoke(ItemId(item), text, began_ms, began_ms + 500)


def agent_spoke(item: str, generated: str, heard: str, began_ms: int) -> e.AgentSpoke:
    return e.AgentSpoke(ItemId(item), TRIAGE, generated, heard, began_ms, 1000, 500)


def tool_returned(done: str) -> e.ToolReturned:
    return e.ToolReturned(ToolCallId("t"), "book", ToolOutcome.OK, "ok", 90, done)


ESCALATION = Escalation(FIRST, "wants a refund", "billing")
ASKED_ADA = replace(ESCALATION, attempts=(Attempt(ADA, "Ada"),))


@pytest.mark.parametrize(
    ("before", "event", "changes"),
    [
        (
            [],
            ANSWERED,
            {
                "call_sid": "CA0",
                "caller_number": "+4799999999",
                "called_number": "+15005550006",
                "roster": "r0",
                "phase": Phase.WAITING,
            },
        ),
        ([ANSWERED], e.SessionOpened(TRIAGE, 90), {"agent": TRIAGE}),
        ([ANSWERED], e.CallResumed(WEATHER, "broke"), {"agent": WEATHER}),
        (
            [ANSWERED],
            e.AgentHandedOff(TRIAGE, WEATHER, "rain?", "in Oslo"),
            {
                "agent": WEATHER,
                "handover": Handover("rain?", "in Oslo"),
                "handoffs": 1,
                "tool_calls": 1,
                "handoffs_in_a_row": 1,
            },
        ),
        (
            [ANSWERED, e.AgentHandedOff(TRIAGE, WEATHER)],
            caller_spoke("i1", "", 100),
            {
                "handoffs_in_a_row": 0,
                "turns": (Turn(ItemId("i1"), Speaker.CALLER, None, "", "", 100),),
            },
        ),
        (
            [ANSWERED],
            HandoffRefused(TRIAGE, WEATHER, "too often"),
            {"refused_handoffs": 1},
        ),
        ([ANSWERED], STREAM, {"phase": Phase.TALKING}),
        (
            [ANSWERED, STREAM],
            e.StreamEnded(StreamSid("MZ1"), "stop"),
            {"phase": Phase.WAITING},
        ),
        (
            [ANSWERED],
            caller_spoke("i1", "Hello", 100),
            {
                "turns": (
                    Turn(ItemId("i1"), Speaker.CALLER, None, "Hello", "Hello", 100),
                )
            },
        ),
        (
            [ANSWERED],
            caller_spoke("i1", None, 100),
            {"turns": (Turn(ItemId("i1"), Speaker.CALLER, None, "", "", 100),)},
        ),
        (
            [ANSWERED],
            agent_spoke("i1", "How are you?", "How", 100),
            {
                "turns": (
                    Turn(
                        ItemId("i1"), Speaker.AGENT, TRIAGE, "How", "How are you?", 100
                    ),
                )
            },
        ),
        ([tool_returned("one")], tool_returned("two"), {"done": ("one", "two")}),
        ([ANSWERED], tool_returned(""), {}),
        (
            [ANSWERED, STREAM],
            ESCALATED,
            {"escalations": (ESCALATION,), "phase": Phase.ESCALATING},
        ),
        (
            [ANSWERED, STREAM, ESCALATED],
            RINGS_ADA,
            {"escalations": (ASKED_ADA,), "phase": Phase.DIALLING},
        ),
        ([ANSWERED], RINGS_ADA, {}),
        (
            [ANSWERED, STREAM, ESCALATED, RINGS_ADA],
            e.OperatorAnswered(ADA),
            {
                "escalations": (
                    replace(
                        ESCALATION,
                        attempts=(Attempt(ADA, "Ada", AttemptOutcome.ACCEPTED),),
                    ),
                ),
                "phase": Phase.BRIDGED,
            },
        ),
        (
            [ANSWERED, STREAM, ESCALATED, RINGS_ADA],
            e.AttemptEnded(ADA, AttemptOutcome.BUSY),
            {
                "escalations": (
                    replace(
                        ESCALATION,
                        attempts=(Attempt(ADA, "Ada", AttemptOutcome.BUSY),),
                    ),
                ),
                "phase": Phase.ESCALATING,
            },
        ),
        ([ANSWERED], e.OperatorLeft(ADA, 60), {"was_bridged": True}),
        (
            [ANSWERED, STREAM, ESCALATED],
            e.EscalationFailed(FIRST),
            {
                "escalations": (replace(ESCALATION, failed=True),),
                "phase": Phase.WAITING,
            },
        ),
        (
            [ANSWERED, STREAM, ESCALATED],
            e.NobodyAtWork(FIRST),
            {
                "escalations": (replace(ESCALATION, failed=True),),
                "phase": Phase.TALKING,
            },
        ),
        ([ANSWERED], e.EscalationFailed(FIRST), {}),
        ([ANSWERED], e.MessageTaken("Call Bo."), {"message_taken": True}),
        ([ANSWERED], e.CallbackRequested("now", "bill"), {"callback_requested": True}),
        (
            [ANSWERED],
            ENDED,
            {"disposition": Disposition.RESOLVED, "phase": Phase.ENDED},
        ),
        ([ANSWERED], e.SessionLost("it broke"), {}),
        ([ANSWERED], e.KeyPressed(100), {}),
        ([ANSWERED], e.CallerBargedIn(ItemId("i1"), 100), {}),
        ([ANSWERED], e.OperatorBriefed(ADA, "Call from Bo."), {}),
        (
            [ANSWERED],
            e.ToolCalled(ToolCallId("t"), TRIAGE, "book", "{}"),
            {"tool_calls": 1},
        ),
        ([ANSWERED], VerificationTried(Method.PIN), {"verification_tries": 1}),
        ([ANSWERED], CallerVerified(Method.PIN), {"verified": True}),
        ([ANSWERED], GuardrailTripped("no_card_data", TRIAGE, ItemId("i1")), {}),
    ],
)
def test_a_fact_changes_this_and_nothing_else(
    before: Sequence[e.Event], event: e.Event, changes: dict[str, object]
) -> None:
    was = state(*before)

    assert apply(was, event) == replace(was, **changes)  # type: ignore[arg-type]


def test_an_attempt_changes_only_itself() -> None:
    after = state(
        ANSWERED,
        STREAM,
        ESCALATED,
        RINGS_ADA,
        e.AttemptEnded(ADA, AttemptOutcome.DECLINED),
        RINGS_BOB,
        e.OperatorAnswered(BOB),
    )

    assert after.escalation == replace(
        ESCALATION,
        attempts=(
            Attempt(ADA, "Ada", AttemptOutcome.DECLINED),
            Attempt(BOB, "Bob", AttemptOutcome.ACCEPTED),
        ),
    )


def test_the_latest_escalation_counts() -> None:
    again = e.CallEscalated(SECOND, WEATHER, "insists", "general")
    after = state(ANSWERED, STREAM, ESCALATED, e.NobodyAtWork(FIRST), again, RINGS_BOB)

    assert after.escalations == (
        replace(ESCALATION, failed=True),
        Escalation(SECOND, "insists", "general", (Attempt(BOB, "Bob"),)),
    )
    assert after.escalation == after.escalations[1]
    assert state(ANSWERED).escalation is None


def test_a_turn_stands_where_it_began_however_late_its_words_came() -> None:
    after = state(
        agent_spoke("i3", "Rain.", "Rain.", 3000),
        caller_spoke("i2", "And in Bergen?", 2000),
        agent_spoke("i1", "Hello.", "Hello.", 0),
    )

    assert [turn.item_id for turn in after.turns] == ["i1", "i2", "i3"]


def test_a_whole_call() -> None:
    after = state(
        ANSWERED,
        e.SessionOpened(TRIAGE, 120),
        STREAM,
        agent_spoke("i1", "How can I help?", "How can", 0),
        caller_spoke("i2", "My bill!", 900),
        tool_returned("found the bill"),
        ESCALATED,
        e.StreamEnded(StreamSid("MZ1"), "transfer"),
        RINGS_ADA,
        e.OperatorBriefed(ADA, "Call from a number."),
        e.OperatorAnswered(ADA),
        e.OperatorLeft(ADA, 60),
        e.CallEnded(Disposition.ESCALATED, "the operator was done"),
        caller_spoke("i9", "Too late.", 99_000),
    )

    assert after == CallState(
        call_sid=CallSid("CA0"),
        caller_number="+4799999999",
        called_number="+15005550006",
        roster="r0",
        phase=Phase.ENDED,
        agent=TRIAGE,
        turns=(
            Turn(ItemId("i1"), Speaker.AGENT, TRIAGE, "How can", "How can I help?", 0),
            Turn(ItemId("i2"), Speaker.CALLER, None, "My bill!", "My bill!", 900),
        ),
        done=("found the bill",),
        escalations=(
            replace(
                ESCALATION, attempts=(Attempt(ADA, "Ada", AttemptOutcome.ACCEPTED),)
            ),
        ),
        was_bridged=True,
        disposition=Disposition.ESCALATED,
    )
    assert after.last_sequence == 14


def test_a_call_is_the_same_whatever_number_its_last_fact_had() -> None:
    late = fold([e.Fact(CallId("c1"), 9, NOON, ANSWERED)])

    assert late.last_sequence == 9
    assert late == state(ANSWERED)


EVENTS = st.one_of(*(st.builds(kind) for kind in e.EVENTS.values()))


@given(st.lists(EVENTS, max_size=30))
def test_no_story_is_too_strange_to_be_read(events: list[e.Event]) -> None:
    after = state(*events)

    assert after.last_sequence == len(events)
    assert [t.began_ms for t in after.turns] == sorted(t.began_ms for t in after.turns)
    assert after.disposition is not None or after.phase is not Phase.ENDED
    assert disposition_of(after) in Disposition


@given(EVENTS)
def test_after_the_end_nothing_happens(event: e.Event) -> None:
    over = state(ANSWERED, ENDED)
    assume(not isinstance(event, voicemail.LateVoicemail))

    assert apply(over, event) is over


def test_a_message_that_is_told_of_late_is_known_and_changes_no_ending() -> None:
    sid = RecordingSid("RE1")
    late = state(
        ANSWERED,
        ENDED,
        voicemail.VoicemailLeft(sid, 9),
        voicemail.VoicemailTranscribed(sid, "Hi."),
    )
    assert (late.voicemails, late.transcribed) == ((sid,), (sid,))
    assert late.phase is Phase.ENDED
    assert late.disposition == state(ANSWERED, ENDED).disposition


TALKED = (ANSWERED, STREAM, caller_spoke("i1", "Hello", 0))


@pytest.mark.parametrize(
    ("events", "disposition"),
    [
        ((), Disposition.ABANDONED),
        ((ANSWERED, STREAM), Disposition.ABANDONED),
        ((ANSWERED, STREAM, agent_spoke("i", "Hi.", "Hi.", 0)), Disposition.ABANDONED),
        (TALKED, Disposition.RESOLVED),
        ((*TALKED, ESCALATED), Disposition.ABANDONED),
        ((*TALKED, ESCALATED, RINGS_ADA), Disposition.ABANDONED),
        ((*TALKED, ESCALATED, e.NobodyAtWork(FIRST)), Disposition.RESOLVED),
        ((*TALKED, e.MessageTaken("Call Bo.")), Disposition.VOICEMAIL),
        (
            (*TALKED, e.MessageTaken("Bo."), e.CallbackRequested("now", "bill")),
            Disposition.CALLBACK,
        ),
        ((*TALKED, ESCALATED, e.CallbackRequested("now", "")), Disposition.CALLBACK),
        (
            (*TALKED, e.CallbackRequested("now", ""), e.OperatorLeft(ADA, 9)),
            Disposition.ESCALATED,
        ),
    ],
)
def test_how_a_call_ended_for_its_caller(
    events: Sequence[e.Event], disposition: Disposition
) -> None:
    assert disposition_of(state(*events)) is disposition


def test_the_language_of_a_call_is_the_last_that_was_chosen() -> None:
    norwegian, german = LanguageChosen("nb", by_key=True), LanguageChosen("de")
    assert state(ANSWERED).language == ""
    assert state(ANSWERED, norwegian).language == "nb"
    assert state(ANSWERED, norwegian, german).language == "de"
