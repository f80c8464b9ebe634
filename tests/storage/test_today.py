"""The day's figures, from what is stored; quickly, however much that is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import event

from callcenter.domain import events as e
from callcenter.domain.figures import Span, today
from callcenter.domain.ids import AgentName, AttemptId, CallId, CallSid, EscalationId
from callcenter.domain.outcomes import AttemptOutcome, Disposition
from callcenter.domain.prices import Tokens
from callcenter.storage import record
from callcenter.storage.engine import Database
from callcenter.storage.today import Today

GOAL_S = 20
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = today(NOW, ZoneInfo("UTC"))
TRIAGE = AgentName("triage")


async def call(
    database: Database,
    name: str,
    began: datetime,
    disposition: Disposition | None,
    *,
    waited_s: float | None = None,
    answered: bool = False,
) -> None:
    """A call of 100 s; if somebody was needed, that was decided after 10 s."""
    needed, tried = EscalationId(f"e-{name}"), AttemptId(f"a-{name}")
    story: list[tuple[float, e.Event]] = [
        (0, e.CallAnswered(CallSid(f"CA{name}"), "+4755512345", "+15005550006")),
        (5, e.ModelUsed(Tokens(), 0.5)),
    ]
    if waited_s is not None:
        story += [
            (10, e.CallEscalated(needed, TRIAGE, "a person", "support")),
            (11, e.OperatorCalled(needed, tried, "Ada", "+15005550101")),
        ]
        outcome = AttemptOutcome.NO_ANSWER
        if answered:
            story.append((10 + waited_s, e.OperatorAnswered(tried)))
            outcome = AttemptOutcome.ACCEPTED
        if disposition or answered:
            story.append((11 + waited_s, e.AttemptEnded(tried, outcome)))
            if not answered:
                story.append((12 + waited_s, e.EscalationFailed(needed)))
    if disposition is not None:
        story.append((100, e.CallEnded(disposition, "over")))
    facts = [
        e.Fact(CallId(f"call_{name}"), n, began + timedelta(seconds=s), happened)
        for n, (s, happened) in enumerate(story, 1)
    ]
    async with database.write() as connection:
        await record.write(connection, facts)


async def test_a_day_is_counted_as_its_definitions_say(database: Database) -> None:
    at = NOW - timedelta(hours=2)
    await call(database, "contained", at, Disposition.RESOLVED)
    await call(database, "left", at, Disposition.ABANDONED)
    quick, slow = {"waited_s": 15, "answered": True}, {"waited_s": 40, "answered": True}
    await call(database, "quick", at, Disposition.ESCALATED, **quick)  # type: ignore[arg-type]
    await call(database, "slow", at, Disposition.ESCALATED, **slow)  # type: ignore[arg-type]
    await call(database, "vain", at, Disposition.VOICEMAIL, waited_s=30)
    await call(database, "waits", NOW - timedelta(seconds=20), None, waited_s=0)
    await call(
        database, "yesterday", DAY.begins - timedelta(seconds=1), Disposition.SPAM
    )
    day = await Today(database, GOAL_S).of(DAY, NOW)
    assert (day.calls, day.ended, day.escalated) == (6, 5, 4)
    assert day.cost_usd == 3
    assert day.containment == 1 / 5
    assert day.abandonment == 1 / 5
    assert day.handle_time_s == 100
    assert (day.waits.needed, day.waits.answered, day.waits.pending) == (4, 2, 1)
    assert day.service_level == 1 / 3
    assert day.speed_of_answer_s is not None
    assert round(day.speed_of_answer_s, 3) == (15 + 40) / 2
    assert dict(day.waits.outcomes) == {"accepted": 2, "failed": 1, "under way": 1}


async def test_a_day_without_calls_is_empty(database: Database) -> None:
    day = await Today(database, GOAL_S).of(DAY, NOW)
    assert (day.calls, day.waits.needed) == (0, 0)


async def test_a_day_reads_its_own_calls_and_no_others(database: Database) -> None:
    """However many there are: each question goes by an index, and none by a scan."""
    asked: list[tuple[str, object]] = []
    event.listen(
        database._engine.sync_engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, parameters, *_: asked.append(
            (statement, parameters)
        ),
    )
    await Today(database, GOAL_S).of(Span(DAY.begins, DAY.ends), NOW)
    questions = [one for one in asked if one[0].startswith("SELECT")]
    assert len(questions) == 2
    async with database.read() as connection:
        for statement, parameters in questions:
            plan = await connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}",
                parameters,  # type: ignore[arg-type]
            )
            steps = [row.detail for row in plan]
            scans = [
                one for one in steps if one.startswith("SCAN") and "each" not in one
            ]
            assert scans == [], steps
