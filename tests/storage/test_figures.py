"""What the calls of a time came to."""

from datetime import timedelta

import pytest

from callcenter.domain import events as e
from callcenter.domain.prices import Tokens
from callcenter.storage import record
from callcenter.storage.engine import Database
from callcenter.storage.figures import Figures
from tests.storage.story import NOON, WHOLE_CALL, call


@pytest.mark.parametrize("which", ["url", "postgres_url"])
async def test_the_figures_of_a_day(which: str, request: pytest.FixtureRequest) -> None:
    database = Database.open(request.getfixturevalue(which))
    paid = (*WHOLE_CALL[:-1], e.ModelUsed(Tokens(), 0.25), WHOLE_CALL[-1])
    async with database.write() as connection:
        await record.write(
            connection,
            [
                *call("one", paid),
                *call("two", WHOLE_CALL, began=NOON + timedelta(hours=1)),
                *call("live", WHOLE_CALL[:4], began=NOON + timedelta(hours=2)),
                *call("tomorrow", WHOLE_CALL, began=NOON + timedelta(days=1)),
            ],
        )
    figures = Figures(database)
    assert await figures.between(NOON, NOON + timedelta(hours=23)) == {
        "calls": 3,
        "live": 1,
        "by_disposition": {"escalated": 2},
        "by_hour": {
            "2026-03-02T12:00:00+00:00": 1,
            "2026-03-02T13:00:00+00:00": 1,
            "2026-03-02T14:00:00+00:00": 1,
        },
        "by_operator": {"Bob": 2},
        "cost_usd": 0.25,
        "mean_seconds": 21.5,
        "escalated": 2,
        "voicemail": 0,
        "tool_failed": 0,
    }
    nothing = await figures.between(NOON - timedelta(days=9), NOON - timedelta(days=8))
    assert (nothing["calls"], nothing["mean_seconds"]) == (0, None)
    await database.close()
