"""The people of the console: who they are, what they may, and how they get in.

A try is counted before it is judged, by name and by address, in the database: guessing
at many nodes at the same moment gains nothing.
"""

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.people import Person, Role
from callcenter.storage import people_tables as t
from callcenter.storage.engine import Database
from callcenter.storage.passwords import fits, hashed, is_hash
from callcenter.storage.tries import TooManyTries as TooManyTries, Tries  # noqa: PLC0414  # raised here

FIRST_NAME: Final = "admin"
PASSWORD_BYTES: Final = 15

_its: Final = t.console_people.c


class People:
    """Those in the database. Their passwords go in, and never come out."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._tries = Tries(database, now)

    async def enter(self, name: str, password: str, address: str) -> Person | None:
        """Who it is, if the password is theirs. Raises TooManyTries, StorageError.

        It takes as long, and says the same, when nobody has the name.
        """
        name = normal(name)
        await self._tries.begin(name, address)
        async with self._database.read() as connection:
            row = await _row(connection, name)
        right = await fits(password, row["password"] if row else None)
        if row is None or not right or row["disabled"]:
            return None
        await self._tries.forgive(name, address)
        its = update(t.console_people).where(_its.name == name)
        async with self._database.write() as connection:
            await connection.execute(its.values(entered_at=self._now()))
        return _person(row)

    async def find(self, name: str) -> Person | None:
        """Whoever has this name."""
        async with self._database.read() as connection:
            row = await _row(connection, normal(name))
        return None if row is None else _person(row)

    async def everybody(self) -> list[Person]:
        """All, by name, with the tries at their names."""
        tries = t.console_tries
        asked = (
            select(t.console_people, tries.c.failed, tries.c.locked_until)
            .outerjoin(tries, tries.c.door == Tries.OF_NAME + _its.name)
            .order_by(_its.name)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(asked)).mappings()
            return [_person(row) for row in rows]

    async def add(self, name: str, role: Role, password: str) -> bool:
        """False: the name is taken."""
        hash_ = await asyncio.to_thread(hashed, password)
        return await self._insert(normal(name), role, hash_)

    async def vouched_for(self, name: str, role: Role) -> Person | None:
        """Somebody who has proved elsewhere who they are; None: disabled here.

        Who is not known yet is added, without a password; the role is the one given.
        """
        known = await self.find(name)
        if known is None:
            await self._insert(normal(name), role, None)
        elif known.disabled:
            return None
        elif known.role is not role:
            await self.set_role(name, role)
        its = update(t.console_people).where(_its.name == normal(name))
        async with self._database.write() as connection:
            await connection.execute(its.values(entered_at=self._now()))
        return await self.find(name)

    async def set_password(self, name: str, password: str) -> bool:
        """End their sessions, too. False: no such name."""
        hash_ = await asyncio.to_thread(hashed, password)
        return await self._change(name, password=hash_)

    async def set_role(self, name: str, role: Role) -> bool:
        """End their sessions, too. False: no such name."""
        return await self._change(name, role=str(role))

    async def disable(self, name: str, *, disabled: bool = True) -> bool:
        """They are out at once, or may come in again. False: no such name."""
        if not disabled:
            await self._tries.forgive(normal(name))
        return await self._change(name, disabled=disabled)

    async def admins(self) -> int:
        """How many could still change people."""
        asked = select(func.count()).where(
            _its.role == str(Role.ADMIN), _its.disabled.is_(False)
        )
        async with self._database.read() as connection:
            return int(await connection.scalar(asked) or 0)

    async def seed(self, hash_: str) -> None:
        """Take over CONSOLE_PASSWORD_HASH; what people changed since holds."""
        async with self._database.read() as connection:
            row = await _row(connection, FIRST_NAME)
        if row is None:
            await self._insert(FIRST_NAME, Role.ADMIN, hash_, seed=hash_)
        elif row["seed"] != hash_:
            changes = {"password": hash_, "seed": hash_, "disabled": False}
            await self._change(FIRST_NAME, **changes, role=str(Role.ADMIN))

    async def first_password(self) -> str | None:
        """Make the first person and say their password, once; None: there is one."""
        async with self._database.read() as connection:
            if await connection.scalar(select(_its.name).limit(1)):
                return None
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        made = await self.add(FIRST_NAME, Role.ADMIN, password)
        return password if made else None

    async def _insert(
        self, name: str, role: Role, hash_: str | None, seed: str | None = None
    ) -> bool:
        row = {
            "name": name,
            "role": str(role),
            "password": hash_,
            "seed": seed,
            "created_at": self._now(),
        }
        try:
            async with self._database.write() as connection:
                await connection.execute(insert(t.console_people).values(**row))
        except IntegrityError:
            return False
        return True

    async def _change(self, name: str, **changes: Any) -> bool:  # noqa: ANN401  # columns
        its = update(t.console_people).where(_its.name == normal(name))
        its = its.values(**changes, epoch=_its.epoch + 1)
        ended = delete(t.console_sessions).where(
            t.console_sessions.c.name == normal(name)
        )
        async with self._database.write() as connection:
            found = (await connection.execute(its)).rowcount
            await connection.execute(ended)
        return bool(found)


def normal(name: str) -> str:
    """As names are compared."""
    return name.strip().casefold()


def is_usable(hash_: str) -> bool:
    """Whether it can be a CONSOLE_PASSWORD_HASH."""
    return is_hash(hash_)


async def _row(connection: AsyncConnection, name: str) -> RowMapping | None:
    found = await connection.execute(select(t.console_people).where(_its.name == name))
    return found.mappings().one_or_none()


def _person(row: RowMapping) -> Person:
    return person_of(row)


def person_of(row: RowMapping) -> Person:
    """The person of a row that has all columns of theirs."""
    return Person(
        name=row["name"],
        role=Role(row["role"]),
        disabled=row["disabled"],
        epoch=row["epoch"],
        created_at=row["created_at"],
        entered_at=row["entered_at"],
        failed=row.get("failed") or 0,
        locked_until=row.get("locked_until"),
    )


def locked_for(until: datetime | None, now: datetime) -> timedelta:
    """How long somebody still has to wait."""
    return max(timedelta(), until - now) if until else timedelta()
