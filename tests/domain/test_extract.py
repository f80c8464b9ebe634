"""An extract says what the record says, and no more."""

from dataclasses import replace
from datetime import timedelta

import pytest

from callcenter.domain import events as e, voicemail as v
from callcenter.domain.call_cost import Rates, cost_of, text_cost
from callcenter.domain.extract import (
    MATERIAL_CHARACTERS,
    NOT_WRITTEN,
    extract,
    material,
    promises,
)
from callcenter.domain.ids import (
    AgentName,
    CallSid,
    EscalationId,
    ItemId,
    RecordingSid,
    ToolCallId,
)
from callcenter.domain.outcomes import Disposition, ToolOutcome
from callcenter.domain.prices import Tokens
from callcenter.domain.wrap_up import FollowUp, PromiseKind, clipped
from tests.jobs.calls import facts

ANSWERED = e.CallAnswered(CallSid("CA1"), "+4755512345", "+15005550006")
ENDED = e.CallEnded(Disposition.ABANDONED, "the caller hung up")
RATES = Rates("gpt-realtime-2.1", "somebody's", 0.01, 0.02)


def test_who_said_nothing_is_not_made_to_say_something() -> None:
    told = facts(events=(ANSWERED, ENDED))
    assert extract(told).summary == (
        "The caller said nothing that could be understood. "
        "It ended as abandoned: the caller hung up."
    )
    opened = e.SessionOpened(AgentName("triage"), 5)
    mumbled = e.CallerSpoke(ItemId("i"), None, 0, 900)
    told = facts(events=(ANSWERED, opened, mumbled, ENDED))
    assert "They spoke with triage." in extract(told).summary
    assert extract(()).summary.endswith("It ended as nobody knows.")


def test_messages_and_tickets_are_promises() -> None:
    left, told = RecordingSid("RE1"), RecordingSid("RE2")
    events = (
        ANSWERED,
        e.MessageTaken("Tell Ada that it creaks."),
        v.VoicemailLeft(left, 5),
        v.VoicemailLeft(told, 7),
        v.VoicemailTranscribed(told, "It still creaks."),
        ENDED,
    )
    message = PromiseKind.MESSAGE
    assert promises(facts(events=events)) == [
        FollowUp(message, "Tell Ada that it creaks."),
        FollowUp(message, NOT_WRITTEN),
        FollowUp(message, "It still creaks."),
    ]
    assert "It still creaks." in material(facts(events=events))


def test_what_is_certain_is_not_told_twice() -> None:
    told = extract(facts())
    assert told.keeping(told.follow_ups) == told


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [("a b", 3, "a b"), ("one two", 6, "one…"), ("猫" * 9, 4, "猫猫猫…")],
)
def test_a_line_is_cut_at_a_word_if_it_has_any(
    text: str, most: int, shown: str
) -> None:
    assert clipped(text, most) == shown


def test_a_call_that_never_ended_cost_no_telephone() -> None:
    cost = cost_of(facts(events=(ANSWERED, ANSWERED)), RATES, 0.5).split()
    assert cost["telephony"] == 0
    assert cost["total"] == 0.5


def test_whoever_picked_up_is_paid_for_and_begun_minutes_are_whole() -> None:
    told = [one for one in facts() if not isinstance(one.event, e.OperatorLeft)]
    last = replace(told[-1], at=told[0].at + timedelta(seconds=61))
    cost = cost_of([*told[:-1], last], RATES, 0).split()
    assert cost["telephony"] == pytest.approx(2 * 0.01 + 1 * 0.02)


def test_a_model_that_we_do_not_know_is_a_dear_one() -> None:
    used = Tokens(text_in=1_000, text_cached=500, text_out=100)
    assert text_cost("somebody's", used) > text_cost("gpt-6-luna", used) > 0


def test_a_booking_and_a_ticket_are_promises_and_a_look_is_none() -> None:
    def returned(done: str) -> e.ToolReturned:
        return e.ToolReturned(ToolCallId(done), "x", ToolOutcome.OK, "{}", 5, done=done)

    done = ["opened ticket X2Y7C", "moved the service to Monday", "told the weather"]
    told = facts(events=(ANSWERED, *map(returned, done), ENDED))
    assert promises(told) == [
        FollowUp(PromiseKind.TICKET, "opened ticket X2Y7C"),
        FollowUp(PromiseKind.APPOINTMENT, "moved the service to Monday"),
    ]


def test_a_model_reads_who_spoke_what_was_tried_and_what_was_done() -> None:
    text = material(facts())
    assert "Recorded outcome: escalated: The caller hung up." in text
    assert "It lasted 150 s. Language chosen: not noted." in text
    assert "Spoke with: scheduling\nSpoke with: Ada (human)" in text
    assert "An operator was asked for (support): accepted" in text
    assert "Done by a tool: booked bicycle service" in text
    assert "On record, callback: tomorrow at nine the price of a new chain" in text
    assert "caller: Hello, I would like" in text
    assert "scheduling: It is booked." in text
    assert "+4755512345" not in text, "a number is nothing for a text model"


def test_a_model_knows_when_nobody_was_rung() -> None:
    asked = e.CallEscalated(EscalationId("e"), AgentName("x"), "why", "support")
    text = material(facts(events=(ANSWERED, asked, ENDED)))
    assert "An operator was asked for (support): nobody was rung" in text


def test_of_a_very_long_call_the_middle_is_left_out() -> None:
    turns = [
        e.CallerSpoke(ItemId(f"i{n}"), f"turn {n} " + "bla " * 20, n, n + 1)
        for n in range(1_000)
    ]
    text = material(facts(events=(ANSWERED, *turns, ENDED)))
    assert len(text) < MATERIAL_CHARACTERS + 500
    assert "turn 0 " in text
    assert "turn 999 " in text
    assert "the middle is left out" in text


def test_an_operators_minutes_are_those_that_they_talked() -> None:
    cost = cost_of(facts(), RATES, 0).split()
    assert cost["telephony"] == pytest.approx(3 * 0.01 + 2 * 0.02)
