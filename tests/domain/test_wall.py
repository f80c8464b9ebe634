"""The wall is right whatever order facts come in, twice, or not at all."""

from datetime import UTC, datetime, timedelta

from callcenter.domain import events as e, queueing
from callcenter.domain.ids import (
    AgentName,
    AttemptId,
    CallId,
    CallSid,
    EscalationId,
    ItemId,
    StreamSid,
)
from callcenter.domain.outcomes import AttemptOutcome, Disposition
from callcenter.domain.phases import Phase
from callcenter.domain.prices import Tokens
from callcenter.domain.wall import MOST_WORDS, WINDOW, Wall, quantile

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
CALL = CallId("call_1")
NEEDED = EscalationId("e1")
ANSWERED = e.CallAnswered(CallSid("CA1"), "+4755512345", "+15005550006")
TRIAGE = AgentName("triage")


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def told(*events: e.Event, call: CallId = CALL) -> list[e.Fact]:
    """Facts, a second apart."""
    return [e.Fact(call, n, at(n), event) for n, event in enumerate(events, 1)]


STORY = told(
    ANSWERED,
    e.SessionOpened(TRIAGE, 320),
    e.StreamStarted(StreamSid("MZ1")),
    e.CallerSpoke(ItemId("i1"), "I want a person", 0, 900),
    e.AgentSpoke(
        ItemId("i2"), TRIAGE, "Of course, sir.", "Of course", 1, 2, 3, 500, 700
    ),
    e.ModelUsed(Tokens(), 0.25),
    e.CallEscalated(NEEDED, TRIAGE, "wants a person", "support"),
    e.OperatorCalled(NEEDED, AttemptId("a1"), "Ada", "+15005550101"),
)


def test_a_line_says_who_with_whom_in_what_state_and_what_was_heard_last() -> None:
    wall = Wall()
    for fact in STORY:
        wall.see(fact)
    call = wall.calls[CALL]
    assert (call.caller, call.agent, call.operator) == ("+4755512345", "triage", "Ada")
    assert call.phase is Phase.DIALLING
    assert (call.speaker, call.words) == ("triage", "Of course"), "not what was cut off"
    assert call.words_at == at(5)
    assert call.cost_usd == 0.25
    assert (call.waits, call.needed_at) == (True, at(7))


def test_a_fact_that_comes_twice_changes_nothing() -> None:
    wall = Wall()
    for fact in (*STORY, *STORY):
        wall.see(fact)
    assert wall.calls[CALL].cost_usd == 0.25
    assert wall.revision == len(STORY)


def test_whoever_has_an_operator_waits_no_longer() -> None:
    wall = Wall()
    for fact in STORY:
        wall.see(fact)
    wall.see(e.Fact(CALL, 9, at(30), e.OperatorAnswered(AttemptId("a1"))))
    assert wall.calls[CALL].phase is Phase.BRIDGED
    assert not wall.calls[CALL].waits


def test_whoever_stands_in_line_has_waited_since_they_first_came() -> None:
    wall = Wall()
    for fact in STORY:
        wall.see(fact)
    entered = queueing.QueueEntered(NEEDED, "support", at(2))
    wall.see(e.Fact(CALL, 9, at(60), entered))
    assert wall.calls[CALL].needed_at == at(2)


def test_a_call_that_ends_leaves_and_late_facts_do_not_bring_it_back() -> None:
    wall = Wall()
    for fact in STORY:
        wall.see(fact)
    wall.see(e.Fact(CALL, 9, at(40), e.CallEnded(Disposition.ABANDONED, "hung up")))
    assert wall.calls == {}
    for fact in STORY:
        wall.see(fact)
    assert wall.calls == {}
    assert wall.missing == set()


def test_a_call_whose_beginning_was_not_heard_is_missed_and_then_learned() -> None:
    wall = Wall()
    wall.see(STORY[4])
    assert (wall.calls, wall.missing) == ({}, {CALL})
    wall.learn(STORY[:6])
    assert wall.missing == set()
    assert wall.calls[CALL].cost_usd == 0.25
    wall.see(STORY[4])
    wall.see(STORY[6])
    assert wall.calls[CALL].sequence == 7


def test_what_the_database_knows_does_not_overtake_what_was_heard() -> None:
    wall = Wall()
    for fact in STORY:
        wall.see(fact)
    wall.learn(STORY[:3])
    assert wall.calls[CALL].sequence == 8


def test_only_what_changed_is_told_again() -> None:
    wall = Wall()
    for n in range(200):
        wall.see(told(ANSWERED, call=CallId(f"call_{n}"))[0])
    before = wall.revision
    assert wall.changed_since(before) == []
    wall.see(e.Fact(CallId("call_7"), 2, at(2), e.SessionOpened(TRIAGE, 300)))
    assert [one.call_id for one in wall.changed_since(before)] == ["call_7"]


def test_the_models_health_is_that_of_the_last_minutes() -> None:
    wall = Wall()
    for fact in STORY:
        wall.see(fact)
    wall.see(e.Fact(CALL, 9, at(9), e.SessionLost("no answer")))
    health = wall.model.health(at(10))
    assert (health.connect_ms, health.latency_ms, health.lost) == (320, 700, 1)
    later = wall.model.health(at(10) + WINDOW)
    assert (later.connect_ms, later.sessions, later.lost) == (None, 0, 0)


def test_a_quantile_is_one_of_the_values() -> None:
    assert quantile([], 0.5) is None
    assert quantile([7], 0.95) == 7
    assert quantile(range(1, 101), 0.5) == 50
    assert quantile(range(1, 101), 0.95) == 95


def wall_of(*facts: e.Fact) -> Wall:
    wall = Wall()
    for fact in facts:
        wall.see(fact)
    return wall


def test_a_handoff_is_counted_and_names_who_has_the_call_now() -> None:
    handed = e.AgentHandedOff(TRIAGE, AgentName("support"))
    call = wall_of(*told(ANSWERED, e.SessionOpened(TRIAGE, 5), handed)).calls[CALL]
    assert (call.agent, call.handoffs) == ("support", 1)


def test_who_did_not_take_the_call_is_not_named_any_more() -> None:
    missed = e.AttemptEnded(AttemptId("a1"), AttemptOutcome.NO_ANSWER)
    wall = wall_of(*STORY, e.Fact(CALL, 9, at(30), missed))
    assert wall.calls[CALL].operator == ""


def test_words_that_nobody_understood_are_shown_and_long_ones_by_their_end() -> None:
    mumbled = e.CallerSpoke(ItemId("i"), None, 0, 900)
    call = wall_of(*told(ANSWERED, mumbled)).calls[CALL]
    assert (call.speaker, call.words) == ("caller", "…")
    long = e.CallerSpoke(ItemId("i"), "a" * 500 + "end", 0, 900)
    words = wall_of(*told(ANSWERED, long)).calls[CALL].words
    assert len(words) == MOST_WORDS
    assert words.endswith("aend")


def test_a_call_of_which_only_the_end_was_heard_is_not_missed() -> None:
    ended = e.CallEnded(Disposition.RESOLVED, "hung up")
    wall = wall_of(e.Fact(CALL, 9, at(9), ended))
    assert (wall.calls, wall.missing) == ({}, set())


def test_a_call_that_the_database_does_not_know_stays_missing() -> None:
    wall = wall_of(STORY[4])
    wall.learn([])
    assert wall.missing == {CALL}


def test_a_call_of_which_nobody_said_that_it_is_over_can_be_forgotten() -> None:
    wall = wall_of(*STORY)
    before = wall.revision
    wall.forget(CALL)
    assert (wall.calls, wall.revision) == ({}, before + 1)
    wall.forget(CALL)
    assert wall.revision == before + 1, "once is enough"


def test_a_call_that_was_taken_up_again_is_counted_as_such() -> None:
    wall = wall_of(*STORY, e.Fact(CALL, 9, at(9), e.CallResumed(TRIAGE, "it broke")))
    assert wall.model.health(at(10)).resumed == 1
