"""A key opens what it was made for, until it is revoked or too old."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from callcenter.domain.scopes import Scope, allows, granted
from callcenter.storage.api_keys import ApiKeys
from callcenter.storage.api_tables import api_keys
from callcenter.storage.engine import Database
from tests.storage.story import NOON

READS = frozenset({Scope.CALLS_READ})


async def test_a_key_is_found_by_its_text_and_by_nothing_like_it(
    database: Database,
) -> None:
    keys = ApiKeys(database, lambda: NOON)
    text, key = await keys.create("crm", READS)
    found = await keys.find(text)
    assert found is not None
    assert (found.id, found.name, found.scopes) == (key.id, "crm", READS)
    for wrong in ("", "cck", f"cck_{key.id}_", text[:-1], text + "0", text.upper()):
        assert await keys.find(wrong) is None, wrong


async def test_the_database_does_not_have_the_secret(database: Database) -> None:
    text, _ = await ApiKeys(database, lambda: NOON).create("crm", READS)
    secret = text.rpartition("_")[2]
    async with database.read() as connection:
        row = (await connection.execute(select(api_keys))).mappings().one()
    assert secret not in str(dict(row))


async def test_a_revoked_key_and_an_old_one_open_nothing(database: Database) -> None:
    now = NOON
    keys = ApiKeys(database, lambda: now)
    lasting, key = await keys.create("a", READS)
    brief, _ = await keys.create("b", READS, NOON + timedelta(hours=1))
    assert await keys.find(brief) is not None
    now = NOON + timedelta(hours=1)
    assert await keys.find(brief) is None
    assert await keys.find(lasting) is not None
    assert await keys.revoke(key.id)
    assert await keys.find(lasting) is None
    assert not await keys.revoke("nobody")


async def test_the_list_says_when_a_key_was_used_last(database: Database) -> None:
    now = NOON
    keys = ApiKeys(database, lambda: now)
    text, _ = await keys.create("a", READS)
    assert (await keys.all())[0].used_at is None
    await keys.find(text)
    now = NOON + timedelta(seconds=30)
    await keys.find(text)
    assert (await keys.all())[0].used_at == NOON, "it is not written at every use"
    now = NOON + timedelta(minutes=2)
    await keys.find(text)
    assert (await keys.all())[0].used_at == now


def test_a_scope_that_is_none_is_refused() -> None:
    assert granted(["calls:read"]) == READS
    with pytest.raises(ValueError, match="'calls:reed' is no scope"):
        granted(["calls:reed"])


def test_who_may_make_keys_may_do_everything() -> None:
    assert all(allows(frozenset({Scope.KEYS_ADMIN}), one) for one in Scope)
    assert not allows(READS, Scope.KEYS_ADMIN)
