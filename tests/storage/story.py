"""One call from ring to goodbye, as facts."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from callcenter.domain import events as e
from callcenter.domain.ids import (
    AgentName,
    AttemptId,
    CallId,
    CallSid,
    EscalationId,
    ItemId,
    StreamSid,
    ToolCallId,
)
from callcenter.domain.outcomes import AttemptOutcome, Disposition, ToolOutcome

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TRIAGE, WEATHER = AgentName("triage"), AgentName("weather")
ESCALATION = EscalationId("esc-1")
ADA, BOB = AttemptId("att-1"), AttemptId("att-2")

WHOLE_CALL: tuple[e.Event, ...] = (
    e.CallAnswered(CallSid("CA0"), "+4799999999", "+15005550006", "r0"),
    e.SessionOpened(TRIAGE, 120),
    e.StreamStarted(StreamSid("MZ1")),
    e.AgentSpoke(
        ItemId("i1"), TRIAGE, "Hello, how can I help?", "Hello, how", 0, 2000, 900
    ),
    e.CallerBargedIn(ItemId("i1"), 900),
    e.CallerSpoke(ItemId("i2"), "What's the weather [in] Bergen?", 850, 2400),
    e.AgentHandedOff(TRIAGE, WEATHER),
    e.ToolCalled(ToolCallId("t1"), WEATHER, "get_weather", '{"place": "Bergen"}'),
    e.ToolReturned(
        ToolCallId("t1"),
        "get_weather",
        ToolOutcome.OK,
        "Rain.",
        310,
        "told the weather",
    ),
    e.AgentSpoke(
        ItemId("i3"), WEATHER, "It rains.", "It rains.", 3000, 800, 800, 700, 760
    ),
    e.CallerSpoke(ItemId("i4"), None, 4100, 5000),
    e.MessageTaken("Please mend Bjørn's bicycle."),
    e.CallbackRequested("tomorrow", "about the bill"),
    e.CallEscalated(ESCALATION, WEATHER, "wants a refund", "billing"),
    e.StreamEnded(StreamSid("MZ1"), "transfer", 500, 0, 0),
    e.OperatorCalled(ESCALATION, ADA, "Ada", "+15005550101"),
    e.AttemptEnded(ADA, AttemptOutcome.NO_ANSWER),
    e.OperatorCalled(ESCALATION, BOB, "Bob", "sip:bob@example.com"),
    e.OperatorBriefed(BOB, "A caller wants a refund."),
    e.OperatorAnswered(BOB),
    e.OperatorLeft(BOB, 61),
    e.CallEnded(Disposition.ESCALATED, "operator hung up"),
)


def call(
    name: str, events: Iterable[e.Event] = WHOLE_CALL, *, began: datetime = NOON
) -> list[e.Fact]:
    """The facts of a call, a second apart; its CallSid is CA and its name."""
    return [
        e.Fact(CallId(name), number, began + timedelta(seconds=number), _own(name, one))
        for number, one in enumerate(events, start=1)
    ]


def _own(name: str, event: e.Event) -> e.Event:
    match event:
        case e.CallAnswered(_, caller, called, roster):
            return e.CallAnswered(CallSid(f"CA{name}"), caller, called, roster)
        case _:
            return event
