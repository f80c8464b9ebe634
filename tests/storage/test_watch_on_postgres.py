"""What is kept and counted of the house itself, asked of PostgreSQL as of SQLite."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callcenter.domain import events as e
from callcenter.domain.ids import AgentName, CallId, CallSid, ItemId
from callcenter.domain.outcomes import Disposition
from callcenter.storage.agent_figures import agent_figures
from callcenter.storage.alarms import Alarms
from callcenter.storage.audit import Audit
from callcenter.storage.engine import Database
from callcenter.storage.ledger import Ledger
from callcenter.storage.operator_figures import attempts_of, rung_since
from callcenter.storage.rosters import RosterVersions, Version
from callcenter.storage.schema import upgrade
from callcenter.storage.size import size_of

NOW = datetime.now(UTC)


@pytest.fixture
async def on_postgres(postgres_url: str) -> AsyncIterator[Database]:
    upgrade(postgres_url)
    database = Database.open(postgres_url)
    yield database
    await database.close()


async def test_all_of_it_is_the_same_there(
    on_postgres: Database, tmp_path: Path
) -> None:
    ledger, triage = Ledger(on_postgres, tmp_path / "journal"), AgentName("triage")
    events: list[e.Event] = [
        e.CallAnswered(CallSid("CA" + "0" * 32), "+4755512345", "", roster="abc"),
        e.SessionOpened(triage, 200),
        *(
            e.AgentSpoke(ItemId(f"i{n}"), triage, "Hi.", "Hi.", n, 900, 900, ms)
            for n, ms in enumerate((420, 1_130))
        ),
        e.CallEnded(Disposition.RESOLVED, ""),
    ]
    for sequence, event in enumerate(events, 1):
        ledger.append(e.Fact(CallId("call_1"), sequence, NOW, event))
    async with asyncio.TaskGroup() as tasks:
        storing = tasks.create_task(ledger.run())
        assert await ledger.flush(5)
        storing.cancel()
    since = NOW - timedelta(days=7)

    figures = (await agent_figures(on_postgres, since))["triage"]
    assert (figures.calls, figures.answers, figures.containment) == (1, 2, 1)
    assert isinstance(figures.answers, int), "and not a Decimal"
    assert (figures.latency_ms(0.5), figures.latency_ms(0.95)) == (450, 1_150)
    assert await rung_since(on_postgres, since) == {}
    assert await attempts_of(on_postgres, "Ada", since) == []

    versions = RosterVersions(on_postgres)
    version = Version("abc", "triage", NOW, {"triage": "topic: general\n"})
    for _ in range(2):
        await versions.keep(version)
    assert await versions.latest() == [version]
    assert await versions.calls(since) == {"abc": 1}

    alarms = Alarms(on_postgres, lambda: NOW)
    await alarms.happened("dial_refused", "Never.", 2)
    await alarms.happened("dial_refused", "Never.")
    await alarms.state("", {"spend_limit": "Too much."})
    await alarms.state("", {})
    found = {one.kind: one for one in await alarms.latest()}
    assert found["dial_refused"].times == 3
    assert found["spend_limit"].over_at == NOW
    await alarms.forget()

    audit = Audit(on_postgres, lambda: NOW)
    await audit.note("ada", "call.read", "call_1")
    assert await audit.acts() == ["call.read"]
    assert len(await audit.latest(5, act="call.", since=since, until=None)) == 1
    assert await audit.latest(5, act="call_", until=NOW) == []
    assert await size_of(on_postgres) > 1_000_000
