"""The purse: a limit of money for all nodes, one alarm, and calls without agents."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from callcenter.assembly.dialling import DialGuard, Limits
from callcenter.assembly.spending import Purse
from callcenter.domain import events as e
from callcenter.domain.destinations import DialRules, Refusal
from callcenter.domain.ids import AttemptId, CallId, CallSid, EscalationId
from callcenter.domain.prices import Tokens
from callcenter.settings import Settings
from callcenter.storage import record
from callcenter.storage.engine import Database
from callcenter.storage.spending import spent
from tests.fakes.center import _prepared

NOON = datetime(2026, 3, 2, 12, 2, tzinfo=UTC)
RULES = DialRules(frozenset({"+15005550006"}), frozenset({"NO"}))


@dataclass
class Clock:
    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment

    def steady_ms(self) -> int:
        return 0


@dataclass
class House:
    database: Database
    clock: Clock
    guard: DialGuard
    limits: Limits

    def purse(self, **settings: Any) -> Purse:
        configured = Settings(_env_file=None, **settings)
        return Purse(configured, self.database, self.guard, self.clock)

    async def happened(self, call: str, *events: tuple[datetime, e.Event]) -> None:
        call_id = CallId(call)
        facts = [e.Fact(call_id, 1, NOON, e.CallAnswered(CallSid(call), "+47", "+1"))]
        facts += [
            e.Fact(call_id, n, at, event) for n, (at, event) in enumerate(events, 2)
        ]
        async with self.database.write() as connection:
            await record.write(connection, facts)


@pytest.fixture
async def house(tmp_path) -> AsyncIterator[House]:
    await asyncio.to_thread(shutil.copy, _prepared(), tmp_path / "calls.db")
    database = Database.open(f"sqlite+aiosqlite:///{tmp_path}/calls.db")
    clock, limits = Clock(), Limits(100, 100, minutes_per_day=60)
    guard = DialGuard(RULES, limits, set, clock)
    yield House(database, clock, guard, limits)
    await database.close()


def paid(usd: float) -> e.ModelUsed:
    return e.ModelUsed(Tokens(), usd)


async def test_what_all_calls_cost_is_summed_by_hour_and_by_day(house: House) -> None:
    hour = timedelta(hours=1)
    await house.happened("a", (NOON, paid(1.5)), (NOON, paid(0.5)))
    await house.happened("b", (NOON - 2 * hour, paid(4)), (NOON - 30 * hour, paid(50)))
    found = await spent(house.database, NOON)
    assert (found.usd_hour, found.usd_day) == (2.0, 6.0)


async def test_a_call_that_is_built_again_costs_nothing_more(house: House) -> None:
    await house.happened("a", (NOON, paid(1.5)), (NOON, paid(0.5)))
    async with house.database.write() as connection:
        await record.rebuild(connection, CallId("a"))
    assert (await spent(house.database, NOON)).usd_hour == 2.0


async def test_the_limit_raises_one_alarm_until_there_is_money_again(
    house: House,
) -> None:
    purse = house.purse(max_cost_per_hour_usd=3)
    await house.happened("a", (NOON, paid(2)))
    await purse.refresh()
    assert purse.empty() == ""
    await house.happened("b", (NOON, paid(1)))
    with capture_logs() as logs:
        await purse.refresh()
        assert "MAX_COST_PER_HOUR_USD" in purse.empty()
        await purse.refresh()
    assert [one["alarm"] for one in logs] == ["cost_limit"]
    house.clock.moment += timedelta(hours=2)
    await purse.refresh()
    assert purse.empty() == ""


async def test_a_node_knows_its_own_costs_at_once(house: House) -> None:
    purse = house.purse(max_cost_per_day_usd=3)
    purse.see(e.Fact(CallId("a"), 2, NOON, paid(3)))
    assert "MAX_COST_PER_DAY_USD" in purse.empty()
    house.clock.moment += timedelta(hours=25)
    assert purse.empty() == ""


async def test_so_many_minutes_are_dialled_in_a_day(house: House) -> None:
    attempt = AttemptId("att")
    talk = e.OperatorCalled(EscalationId("esc"), attempt, "Ada", "+4721000001")
    await house.happened(
        "a", (NOON, talk), (NOON, e.OperatorLeft(attempt, talked_s=3600))
    )
    assert house.guard.number("+4755512345") is None
    await house.purse().refresh()
    with capture_logs() as logs:
        assert house.guard.number("+4755512345") is Refusal.TOO_LONG
    assert logs[0]["alarm"] == "dial_refused"


@pytest.mark.parametrize(
    ("number", "refused"),
    [
        ("+4755512345", None),
        ("+881612345678", Refusal.SATELLITE),
        ("+19005550100", Refusal.PREMIUM_RATE),
        ("+4782012345", Refusal.PREMIUM_RATE),
        ("+4670123456", Refusal.COUNTRY),
        ("+15005550006", Refusal.OWN_NUMBER),
        ("anonymous", Refusal.NOT_A_DESTINATION),
        ("sip:kari@example.com", Refusal.NOT_A_DESTINATION),
        ("sip:+4755512345@example.com", Refusal.NOT_A_DESTINATION),
        ("+47555 12345;ext=9", Refusal.NOT_A_DESTINATION),
        ("", Refusal.NOT_A_DESTINATION),
    ],
)
async def test_a_number_that_has_called_is_no_number_that_may_be_called(
    house: House, number: str, refused: Refusal | None
) -> None:
    assert house.guard.number(number) is refused


async def test_calls_back_count_as_dials(house: House) -> None:
    house.limits.callbacks_hour = 99
    assert house.guard.number("+4755512345") is None
    house.limits.callbacks_hour = 100
    assert house.guard.number("+4755512345") is Refusal.TOO_MANY
