"""Who is signed in. The cookie has a token; the table has a hash of it."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from callcenter.domain.people import Person
from callcenter.storage.engine import Database
from callcenter.storage.people import person_of
from callcenter.storage.people_tables import (
    console_people,
    console_secrets,
    console_sessions,
)

TOKEN_BYTES: Final = 32
TOUCH: Final = timedelta(minutes=1)
"""Use is written down no more often than that."""

KEY: Final = "session_key"

_its: Final = console_sessions.c


@dataclass(frozen=True, slots=True)
class Limits:
    """When a session is over without anybody's doing."""

    idle: timedelta
    longest: timedelta


class Sessions:
    """Those in the database; every node knows them."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], limits: Limits
    ) -> None:
        self._database = database
        self._now = now
        self._limits = limits

    async def begin(self, person: Person) -> str:
        """Sign somebody in; the token is their proof from now on."""
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self._now()
        row = {
            "seal": sealed(token),
            "name": person.name,
            "epoch": person.epoch,
            "began_at": now,
            "used_at": now,
        }
        old = or_(
            _its.began_at < now - self._limits.longest,
            _its.used_at < now - self._limits.idle,
        )
        async with self._database.write() as connection:
            await connection.execute(delete(console_sessions).where(old))
            await connection.execute(insert(console_sessions).values(**row))
        return token

    async def find(self, token: str, *, used: bool = True) -> Person | None:
        """Who is signed in with it; None when that is over. Raises StorageError.

        `used` is false for what a page does by itself: that is no use of it.
        """
        now, seal = self._now(), sealed(token)
        asked = (
            select(console_people, _its.used_at, _its.began_at)
            .join(console_sessions, _its.name == console_people.c.name)
            .where(
                _its.seal == seal,
                _its.epoch == console_people.c.epoch,
                console_people.c.disabled.is_(False),
                _its.began_at >= now - self._limits.longest,
                _its.used_at >= now - self._limits.idle,
            )
        )
        async with self._database.read() as connection:
            row = (await connection.execute(asked)).mappings().one_or_none()
        if row is None:
            return None
        if used and row["used_at"] <= now - TOUCH:
            its = update(console_sessions).where(_its.seal == seal)
            async with self._database.write() as connection:
                await connection.execute(its.values(used_at=now))
        return person_of(row)

    async def end(self, token: str) -> None:
        """Sign out: nobody can use the token again."""
        its = delete(console_sessions).where(_its.seal == sealed(token))
        async with self._database.write() as connection:
            await connection.execute(its)

    async def kept_key(self) -> str:
        """The key of all nodes for signing cookies; made when there is none."""
        return await kept_key(self._database)


async def kept_key(database: Database) -> str:
    """What all nodes sign and seal with when SECRET_KEY is not set; made once."""
    value = console_secrets.c.value
    asked = select(value).where(console_secrets.c.name == KEY)
    async with database.read() as connection:
        if key := await connection.scalar(asked):
            return str(key)
    key = secrets.token_urlsafe(TOKEN_BYTES)
    try:
        async with database.write() as connection:
            row = insert(console_secrets).values(name=KEY, value=key)
            await connection.execute(row)
    except IntegrityError:  # another node was quicker
        async with database.read() as connection:
            key = str(await connection.scalar(asked))
    return key


def sealed(token: str) -> str:
    """What the table has of a token: it has enough chance to need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
