"""Proving who calls: seals, keys and tries, with a real database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from callcenter.assembly.identity import CallIdentity
from callcenter.domain.verification import TRIES_PER_CALL, Detail, Method, Verdict
from callcenter.storage.customers import Customers
from callcenter.storage.engine import Database
from callcenter.storage.schema import upgrade

KARI, STRANGER = "+4755512345", "+4755599999"
NAME, POSTCODE = Detail.NAME, Detail.POSTCODE
RIGHT = {NAME: "Kari Nilsen", POSTCODE: "5003"}
WRONG = {NAME: "Kari Nilsen", POSTCODE: "5004"}


@dataclass
class Clock:
    moment: datetime = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def steady_ms(self) -> int:
        return 0


@dataclass
class Standing:
    """A call's, without the call."""

    verified: bool = False
    tries_left: int = TRIES_PER_CALL
    by: list[Method] = field(default_factory=list)

    def begin_try(self, method: Method) -> bool:
        if not self.tries_left:
            return False
        self.tries_left -= 1
        return True

    def proved(self, method: Method) -> None:
        self.verified = True
        self.by.append(method)


@dataclass
class Keys:
    """What the caller will type, as far as a call has to do with it."""

    typed: str = ""
    standing: Standing = field(default_factory=Standing)
    asked: int = 0

    async def collect_digits(self, count: int, timeout_s: float) -> str:
        self.asked += 1
        return self.typed


@pytest.fixture
async def customers(tmp_path: Path) -> AsyncIterator[Customers]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'calls.db'}"
    await asyncio.to_thread(upgrade, url)
    database = Database.open(url)
    customers = Customers(database)
    await customers.add(KARI, RIGHT, pin="2749")
    yield customers
    await database.close()


def calling(
    customers: Customers, keys: Keys, number: str = KARI, clock: Clock | None = None
) -> CallIdentity:
    control: Any = keys
    return CallIdentity(number, control, customers, clock or Clock())


async def test_the_right_pin_proves_it(customers: Customers) -> None:
    keys = Keys("2749")
    identity = calling(customers, keys)
    assert await identity.methods() == (Method.PIN, Method.FACTS)
    assert await identity.by_pin() is Verdict.PROVED
    assert identity.verified
    assert keys.standing.by == [Method.PIN]


async def test_two_right_facts_prove_it(customers: Customers) -> None:
    keys = Keys()
    assert await calling(customers, keys).by_facts(WRONG) is Verdict.WRONG
    assert await calling(customers, keys).by_facts(RIGHT) is Verdict.PROVED
    assert keys.standing.by == [Method.FACTS]
    assert keys.asked == 0


async def test_after_three_wrong_ones_the_right_one_does_not_help(
    customers: Customers,
) -> None:
    keys = Keys("2748")
    identity = calling(customers, keys)
    assert [await identity.by_pin() for _ in range(3)] == [Verdict.WRONG] * 3
    keys.typed = "2749"
    assert await identity.by_pin() is Verdict.LOCKED
    assert await identity.by_facts(RIGHT) is Verdict.LOCKED
    assert not identity.verified
    assert keys.asked == 3  # who cannot succeed is not asked to type


async def test_guesses_at_the_same_moment_are_each_a_try(customers: Customers) -> None:
    identity = calling(customers, Keys())
    async with asyncio.TaskGroup() as tasks:
        tries = [tasks.create_task(identity.by_facts(WRONG)) for _ in range(9)]
    verdicts = [one.result() for one in tries]
    assert verdicts.count(Verdict.WRONG) == TRIES_PER_CALL
    assert verdicts.count(Verdict.LOCKED) == 6


async def test_calling_again_and_again_does_not_help_either(
    customers: Customers,
) -> None:
    clock = Clock()
    for _ in range(2):
        identity = calling(customers, Keys(), clock=clock)
        for _ in range(TRIES_PER_CALL):
            assert await identity.by_facts(WRONG) is Verdict.WRONG
    fresh = calling(customers, Keys("2749"), clock=clock)
    assert await fresh.by_facts(RIGHT) is Verdict.LOCKED
    assert await fresh.by_pin() is Verdict.LOCKED
    clock.moment += timedelta(days=1)
    assert (
        await calling(customers, Keys("2749"), clock=clock).by_pin() is Verdict.PROVED
    )


async def test_nothing_typed_is_no_try(customers: Customers) -> None:
    keys = Keys()
    assert await calling(customers, keys).by_pin() is Verdict.NOTHING
    assert keys.standing.tries_left == TRIES_PER_CALL


async def test_of_a_stranger_there_is_nothing_to_compare(customers: Customers) -> None:
    keys = Keys("2749")
    identity = calling(customers, keys, STRANGER)
    assert await identity.methods() == ()
    assert await identity.by_pin() is Verdict.UNKNOWN
    assert await identity.by_facts(RIGHT) is Verdict.UNKNOWN
    assert (keys.asked, keys.standing.tries_left) == (0, TRIES_PER_CALL)
