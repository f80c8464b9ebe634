"""Customers' secrets go in and do not come out, and nobody may guess for long."""

import asyncio
from datetime import date, timedelta

import pytest

from callcenter.domain.verification import TRIES_PER_DAY, Detail, Method, fits, proves
from callcenter.errors import StorageError
from callcenter.storage.customers import Customers
from callcenter.storage.engine import Database

KARI = "+4755512345"
TODAY = date(2026, 11, 22)
FACTS = {Detail.NAME: "Kari Nilsen", Detail.POSTCODE: "5003"}


async def test_a_customer_can_prove_by_what_was_stored(database: Database) -> None:
    customers = Customers(database)
    await customers.add(KARI, FACTS, pin="2749")
    found = await customers.find(KARI)
    assert found is not None
    assert found.methods == (Method.PIN, Method.FACTS)
    assert fits(found.pin, "2749")
    assert not fits(found.pin, "2748")
    assert proves(found, {Detail.NAME: "nilsen kari", Detail.POSTCODE: "50 03"})
    assert await customers.find("+4755599999") is None
    assert await customers.all() == [found]


async def test_nothing_readable_is_stored(database: Database, url: str) -> None:
    await Customers(database).add(KARI, FACTS, pin="86420135")
    await database.close()
    path = url.partition("///")[2]
    stored = b"".join(await asyncio.to_thread(_files, path))
    assert KARI.encode() in stored
    for secret in (b"86420135", b"Nilsen", b"nilsen", b"5003"):
        assert secret not in stored


async def test_a_customer_is_added_once(database: Database) -> None:
    customers = Customers(database)
    await customers.add(KARI, {}, pin="2749")
    with pytest.raises(StorageError, match="a customer already"):
        await customers.add(KARI, FACTS, pin="1357")
    assert fits((await customers.all())[0].pin, "2749")


async def test_a_new_pin_replaces_the_old_one(database: Database) -> None:
    customers = Customers(database)
    await customers.add(KARI, FACTS, pin="2749")
    assert await customers.set_pin(KARI, "9472")
    found = (await customers.all())[0]
    assert fits(found.pin, "9472")
    assert not fits(found.pin, "2749")
    assert found.details
    assert not await customers.set_pin("+4755599999", "9472")


async def test_who_is_removed_is_gone_with_their_tries(database: Database) -> None:
    customers = Customers(database)
    await customers.add(KARI, FACTS, pin="")
    for _ in range(TRIES_PER_DAY):
        await customers.begin_try(KARI, TODAY)
    assert await customers.remove(KARI)
    assert await customers.find(KARI) is None
    assert await customers.begin_try(KARI, TODAY) is not None
    assert not await customers.remove(KARI)


async def test_a_day_has_so_many_failures_and_no_more(database: Database) -> None:
    customers = Customers(database)
    for _ in range(TRIES_PER_DAY):
        assert await customers.begin_try(KARI, TODAY) is not None
    assert await customers.begin_try(KARI, TODAY) is None
    assert await customers.begin_try("+4755599999", TODAY) is not None
    tomorrow = TODAY + timedelta(days=1)
    assert await customers.begin_try(KARI, tomorrow) is not None


async def test_a_success_costs_no_try_and_forgives_none(database: Database) -> None:
    customers = Customers(database)
    for _ in range(TRIES_PER_DAY - 1):
        assert await customers.begin_try(KARI, TODAY) is not None
    for _ in range(3):
        last = await customers.begin_try(KARI, TODAY)
        assert last is not None
        await customers.succeeded(last)
    assert await customers.begin_try(KARI, TODAY) is not None
    assert await customers.begin_try(KARI, TODAY) is None


async def test_tries_at_the_same_moment_are_counted_one_by_one(
    database: Database,
) -> None:
    customers = Customers(database)
    async with asyncio.TaskGroup() as tasks:
        tries = [tasks.create_task(customers.begin_try(KARI, TODAY)) for _ in range(10)]
    begun = [one.result() for one in tries]
    assert len([one for one in begun if one is not None]) == TRIES_PER_DAY


def _files(path: str) -> list[bytes]:
    from pathlib import Path

    return [one.read_bytes() for one in Path(path).parent.glob("calls.db*")]
