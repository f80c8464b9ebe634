"""Calls that are over, as the record has them."""

from datetime import UTC, datetime, timedelta

from callcenter.domain import events as e
from callcenter.domain.ids import (
    AgentName,
    AttemptId,
    CallId,
    CallSid,
    EscalationId,
    ItemId,
    ToolCallId,
)
from callcenter.domain.outcomes import Disposition, ToolOutcome
from callcenter.domain.prices import STANDARD, Tokens
from callcenter.domain.verification import CallerVerified, Method
from callcenter.storage import record
from callcenter.storage.engine import Database

ADA = "+4755512345"
WISH = "Hello, I would like to book a service for my bicycle."
TOKENS = Tokens(1_000, 400, 50, 2_000, 1_500, 600)
PAID = STANDARD.of(TOKENS)

EVENTS: tuple[e.Event, ...] = (
    e.CallAnswered(CallSid("CA1"), ADA, "+15005550006"),
    e.SessionOpened(AgentName("triage"), 10),
    e.CallerSpoke(ItemId("i1"), WISH, 0, 30_000),
    e.ModelUsed(TOKENS, PAID),
    e.AgentHandedOff(AgentName("triage"), AgentName("scheduling")),
    e.ToolCalled(ToolCallId("t1"), AgentName("scheduling"), "book", "{}"),
    e.ToolReturned(
        ToolCallId("t1"),
        "book",
        ToolOutcome.OK,
        "{}",
        5,
        done="booked bicycle service for Ada on Friday at ten",
    ),
    e.AgentSpoke(
        ItemId("i2"),
        AgentName("scheduling"),
        "It is booked.",
        "It is booked.",
        31_000,
        900,
        900,
    ),
    e.CallbackRequested("tomorrow at nine", "the price of a new chain"),
    e.CallEscalated(EscalationId("e1"), AgentName("scheduling"), "price", "support"),
    e.OperatorCalled(EscalationId("e1"), AttemptId("a1"), "Ada", "+15005550101"),
    e.OperatorBriefed(AttemptId("a1"), "Call from …"),
    e.OperatorAnswered(AttemptId("a1")),
    e.OperatorLeft(AttemptId("a1"), 61),
    e.CallEnded(Disposition.ESCALATED, "The caller hung up."),
)


def facts(
    call_id: str = "call_1",
    *,
    ended: datetime | None = None,
    minutes: float = 2.5,
    verified: bool = False,
    events: tuple[e.Event, ...] = EVENTS,
) -> list[e.Fact]:
    """A call, whose last fact came at `ended`."""
    ended = ended or datetime.now(UTC)
    proof: tuple[e.Event, ...] = (CallerVerified(Method.PIN),) if verified else ()
    told = (*events[:-1], *proof, events[-1])
    began = ended - timedelta(minutes=minutes)
    return [
        e.Fact(CallId(call_id), n, ended if n == len(told) - 1 else began, event)
        for n, event in enumerate(told)
    ]


async def store(database: Database, told: list[e.Fact]) -> None:
    async with database.write() as connection:
        await record.write(connection, told)
