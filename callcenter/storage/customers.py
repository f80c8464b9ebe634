"""The customers who can prove who they are, and how often that was tried."""

import asyncio
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import RowMapping, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from callcenter.domain.verification import (
    SALT_BYTES,
    TRIES_PER_DAY,
    Customer,
    Detail,
    normalised,
    seal,
)
from callcenter.errors import StorageError
from callcenter.storage.caller_tables import customers, verification_tries
from callcenter.storage.engine import Database

_its = customers.c
_TRIES: Final = verification_tries.c


@dataclass(frozen=True, slots=True)
class Try:
    """One of a number's tries of a day; nobody else has this one."""

    number: str
    day: date
    place: int


class Customers:
    """Customers in the database. Their secrets go in, and never come out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, number: str, details: Mapping[Detail, str], pin: str) -> None:
        """Raises StorageError when the number is there already."""
        salt = secrets.token_bytes(SALT_BYTES)
        sealed = await asyncio.to_thread(_sealed, details, pin, salt)
        row = {"number": number, "added_at": datetime.now(UTC), **sealed}
        try:
            async with self._database.write() as connection:
                await connection.execute(insert(customers).values(**row))
        except IntegrityError as error:
            raise StorageError(
                f"{number} is a customer already: remove it first, or change its PIN "
                "with `callcenter customers set-pin`."
            ) from error

    async def set_pin(self, number: str, pin: str) -> bool:
        """False when there is no such customer."""
        salt = secrets.token_bytes(SALT_BYTES)
        sealed = await asyncio.to_thread(seal, pin, salt)
        changed = update(customers).where(_its.number == number)
        async with self._database.write() as connection:
            done = await connection.execute(changed.values(pin=sealed))
        return bool(done.rowcount)

    async def remove(self, number: str) -> bool:
        """False when there is no such customer. Tries at it are forgotten, too."""
        async with self._database.write() as connection:
            tried = delete(verification_tries).where(_TRIES.number == number)
            await connection.execute(tried)
            done = await connection.execute(
                delete(customers).where(_its.number == number)
            )
        return bool(done.rowcount)

    async def find(self, number: str) -> Customer | None:
        async with self._database.read() as connection:
            asked = select(customers).where(_its.number == number)
            row = (await connection.execute(asked)).mappings().one_or_none()
        return None if row is None else customer_of(row)

    async def all(self) -> list[Customer]:
        """By number."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(customers).order_by(_its.number))
            return [customer_of(row) for row in rows.mappings()]

    async def begin_try(self, number: str, day: date) -> Try | None:
        """Take one of the day's tries; None when all are taken.

        It stays taken unless `succeeded`: whoever hangs up in the middle has used it.
        """
        for _ in range(TRIES_PER_DAY):
            taken = await self._taken(number, day)
            free = [place for place in range(TRIES_PER_DAY) if place not in taken]
            if not free:
                return None
            mine = Try(number, day, free[0])
            with suppress(IntegrityError):  # somebody was faster: look again
                await self._take(mine)
                return mine
        return None

    async def succeeded(self, mine: Try) -> None:
        """Give the try back: only failures are counted."""
        async with self._database.write() as connection:
            await connection.execute(
                delete(verification_tries).where(
                    _TRIES.number == mine.number,
                    _TRIES.day == mine.day,
                    _TRIES.place == mine.place,
                )
            )

    async def _taken(self, number: str, day: date) -> set[int]:
        asked = select(_TRIES.place).where(_TRIES.number == number, _TRIES.day == day)
        async with self._database.read() as connection:
            return set(await connection.scalars(asked))

    async def _take(self, mine: Try) -> None:
        row = {"number": mine.number, "day": mine.day, "place": mine.place}
        async with self._database.write() as connection:
            # A number's older days count no more.
            await connection.execute(
                delete(verification_tries).where(
                    _TRIES.number == mine.number, _TRIES.day < mine.day
                )
            )
            await connection.execute(insert(verification_tries).values(**row))


def _sealed(
    details: Mapping[Detail, str], pin: str, salt: bytes
) -> dict[str, str | None]:
    """Slow on purpose: run it in a thread."""
    plain = {detail: normalised(detail, said) for detail, said in details.items()}
    sealed: dict[str, str | None] = {
        str(detail): seal(said, salt) for detail, said in plain.items() if said
    }
    return sealed | {"pin": seal(pin, salt) if pin else None}


def customer_of(row: RowMapping | Mapping[str, Any]) -> Customer:
    details = {one: str(row[str(one)]) for one in Detail if row[str(one)]}
    return Customer(row["number"], row["pin"] or "", details)
