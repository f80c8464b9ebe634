"""Guessing at passwords gains nothing: at one node, at many, on either database."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from callcenter.storage.engine import Database
from callcenter.storage.tries import (
    FREE_BY_ADDRESS,
    FREE_BY_NAME,
    TooManyTries,
    Tries,
)
from tests.storage.story import NOON

HERE = "203.0.113.9"


@pytest.fixture(params=["url", "postgres_url"])
async def nodes(request: pytest.FixtureRequest) -> AsyncIterator[list[Database]]:
    url = request.getfixturevalue(request.param)
    nodes = [Database.open(url), Database.open(url)]
    yield nodes
    for one in nodes:
        await one.close()


async def passes(database: Database, name: str, address: str) -> bool:
    try:
        await Tries(database, lambda: NOON).begin(name, address)
    except TooManyTries:
        return False
    return True


async def test_many_guesses_at_one_moment_at_two_nodes_count_as_many(
    nodes: list[Database],
) -> None:
    async with asyncio.TaskGroup() as group:
        tried = [
            group.create_task(passes(nodes[n % 2], "ada", f"198.51.100.{n}"))
            for n in range(3 * FREE_BY_NAME)
        ]
    assert 1 <= sum(one.result() for one in tried) <= FREE_BY_NAME


async def test_whoever_may_sign_in_cannot_free_their_address_for_guessing(
    nodes: list[Database],
) -> None:
    here, mine = nodes[0], Tries(nodes[1], lambda: NOON)
    guesses = 0
    for n in range(3 * FREE_BY_ADDRESS):
        if not await passes(here, f"name {n}", HERE):
            break
        guesses += 1
        if await passes(here, "mallory", HERE):
            await mine.forgive("mallory", HERE)
    assert guesses <= FREE_BY_ADDRESS


async def test_an_office_that_signs_in_all_morning_is_not_locked_out(
    nodes: list[Database],
) -> None:
    for n in range(2 * FREE_BY_ADDRESS):
        assert await passes(nodes[0], f"name {n}", HERE)
        await Tries(nodes[1], lambda: NOON).forgive(f"name {n}", HERE)
