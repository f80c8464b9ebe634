"""A database of an older version, with calls in it, becomes one of this version."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine

from callcenter.storage.engine import Database
from callcenter.storage.filters import Which
from callcenter.storage.schema import check, downgrade, upgrade
from callcenter.storage.search import CallSearch

OLD = "0004"
"""The last version whose calls had no figures, and no words to look for."""

CALLS = (
    """
    INSERT INTO calls (id, call_sid, caller_number, called_number, started_at, ended_at,
        disposition, phase, roster, last_sequence) VALUES
    ('one', 'CA1', '+4755512345', '+1500', '2026-03-02 12:00:00.250000+00:00',
        '2026-03-02 12:01:30.250000+00:00', 'escalated', 'ended', '', 6),
    ('two', 'CA2', '+4755512345', '+1500', '2026-03-02 12:00:00.750000+00:00',
        '2026-03-02 12:00:10.750000+00:00', 'resolved', 'ended', '', 3)
    """,
    """
    INSERT INTO turns (call_id, item_id, sequence, speaker, agent, heard, began_ms,
        interrupted) VALUES
    ('one', 'a', 3, 'caller', NULL, 'Is the Café in ÅLESUND', 0, false),
    ('one', 'b', 4, 'agent', 'triage', 'open? It is.', 0, false),
    ('two', 'a', 3, 'caller', NULL, NULL, 0, false)
    """,
    """
    INSERT INTO call_events (call_id, sequence, at, kind, data) VALUES
    ('one', 2, '2026-03-02 12:00:00+00:00', 'ModelUsed', '{"cost_usd": 0.25}'),
    ('one', 5, '2026-03-02 12:00:00+00:00', 'ModelUsed', '{"cost_usd": 0.5}'),
    ('one', 6, '2026-03-02 12:00:00+00:00', 'RecordingStarted', '{"path": "x.wav"}')
    """,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path}/old.db"
        upgrade(url)
    else:
        url = request.getfixturevalue("postgres_url")
    downgrade(url, OLD)
    engine = create_engine(url.replace("+aiosqlite", ""))
    with engine.begin() as connection:
        for statement in CALLS:
            connection.exec_driver_sql(statement)
    engine.dispose()
    return str(url)


async def test_calls_that_were_there_before_are_found_and_have_figures(
    old_url: str,
) -> None:
    upgrade(old_url)
    assert check(old_url) == []
    database = Database.open(old_url)
    search = CallSearch(database)

    async def found(**filters: object) -> list[str]:
        return [one["id"] for one in (await search.page(Which.of(filters))).calls]

    assert await found() == ["two", "one"]
    for words in ("cafe alesund", "Ålesund", '"alesund open"', "caf*"):
        assert await found(text=words) == ["one"], words
    assert await found(agent="triage", recorded=True) == ["one"]
    assert await found(min_cost_usd=0.75) == ["one"]
    assert await found(min_seconds=90) == ["one"]
    assert await found(caller_number="+4755512345") == ["two", "one"]
    await database.close()
