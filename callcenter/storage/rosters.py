"""What the agents' cards said, for as long as there are calls that had them."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from callcenter.storage import tables as t
from callcenter.storage.engine import Database
from callcenter.storage.system_tables import rosters

MOST: Final = 50
"""Versions in a list."""

_its: Final = rosters.c


@dataclass(frozen=True, slots=True)
class Version:
    """The roster, as it was from some moment on."""

    hash: str
    entry: str
    first_at: datetime
    cards: Mapping[str, str]
    """The text of each."""


@dataclass(frozen=True, slots=True)
class Change:
    """One card that is not as it was."""

    name: str
    how: str
    """new, gone or changed."""
    lines: tuple[tuple[str, str], ...]
    """What each is ("+", "-", " " or "@"), and what it says."""


class RosterVersions:
    """Those in the database. Every method raises StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, version: Version) -> None:
        """The first time that it is used; later, nothing happens."""
        there = select(_its.hash).where(_its.hash == version.hash)
        row = {
            "hash": version.hash,
            "entry": version.entry,
            "cards": dict(version.cards),
            "first_at": version.first_at,
        }
        async with self._database.read() as connection:
            if await connection.scalar(there):
                return
        try:
            async with self._database.write() as connection:
                await connection.execute(insert(rosters).values(**row))
        except IntegrityError:  # another node was quicker
            return

    async def latest(self, limit: int = MOST) -> list[Version]:
        """The newest first."""
        asked = select(rosters).order_by(_its.first_at.desc(), _its.hash).limit(limit)
        async with self._database.read() as connection:
            rows = await connection.execute(asked)
            return [Version(**row) for row in rows.mappings()]

    async def find(self, hash_: str) -> Version | None:
        """By its name."""
        asked = select(rosters).where(_its.hash == hash_)
        async with self._database.read() as connection:
            row = (await connection.execute(asked)).mappings().one_or_none()
        return None if row is None else Version(**row)

    async def before(self, version: Version) -> Version | None:
        """The one that was used first before it."""
        asked = select(rosters).where(_its.first_at < version.first_at)
        asked = asked.order_by(_its.first_at.desc()).limit(1)
        async with self._database.read() as connection:
            row = (await connection.execute(asked)).mappings().one_or_none()
        return None if row is None else Version(**row)

    async def calls(self, since: datetime) -> dict[str, int]:
        """How many calls had each, lately."""
        asked = (
            select(t.calls.c.roster, func.count())
            .where(t.calls.c.started_at >= since)
            .group_by(t.calls.c.roster)
        )
        async with self._database.read() as connection:
            return {row[0]: row[1] for row in await connection.execute(asked)}


def changes(old: Version, new: Version) -> list[Change]:
    """What is different, card by card, in the order of their names."""
    names = sorted(set(old.cards) | set(new.cards))
    return [
        _change(name, old.cards.get(name), new.cards.get(name))
        for name in names
        if old.cards.get(name) != new.cards.get(name)
    ]


def _change(name: str, old: str | None, new: str | None) -> Change:
    how = "new" if old is None else "gone" if new is None else "changed"
    return Change(name, how, tuple(_lines(old or "", new or "")))


def _lines(old: str, new: str) -> Iterator[tuple[str, str]]:
    found = difflib.unified_diff(old.splitlines(), new.splitlines(), n=2, lineterm="")
    for line in list(found)[2:]:  # without the names of files
        if line.startswith("@@"):
            yield "@", ""
        else:
            yield line[:1], line[1:]
