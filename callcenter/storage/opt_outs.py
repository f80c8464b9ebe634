"""Numbers that shall never be called by us, whatever is wished in their name."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.callbacks import CallbackState
from callcenter.domain.pseudonyms import either
from callcenter.storage import tables as t
from callcenter.storage.callback_tables import callbacks, opt_outs
from callcenter.storage.engine import Database

_UNSETTLED = (CallbackState.WAITING, CallbackState.DIALLING)


@dataclass(frozen=True, slots=True)
class OptOut:
    """A number, since when, and who said so."""

    number: str
    at: datetime
    source: str


class OptOuts:
    """The list."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def listed(self) -> list[OptOut]:
        """All of them, the newest first."""
        asked = select(opt_outs).order_by(opt_outs.c.at.desc(), opt_outs.c.number)
        async with self._database.read() as connection:
            return [OptOut(*row) for row in await connection.execute(asked)]

    async def add(self, number: str, now: datetime, source: str) -> None:
        """Never call it. Repeating it is harmless."""
        async with self._database.write() as connection:
            await forbid(connection, number, now, source)

    async def remove(self, number: str) -> bool:
        """It may be called again. False: it was not on the list."""
        its = delete(opt_outs).where(opt_outs.c.number.in_(either(number)))
        async with self._database.write() as connection:
            return (await connection.execute(its)).rowcount == 1


async def forbid(
    connection: AsyncConnection, number: str, now: datetime, source: str
) -> None:
    """Put a number on the list, and end all its wishes."""
    its = opt_outs.c
    known = await connection.scalar(select(its.number).where(its.number == number))
    if known is None:
        row = {"number": number, "at": now, "source": source}
        await connection.execute(insert(opt_outs).values(**row))
    calls_of_it = select(t.calls.c.id).where(t.calls.c.caller_number == number)
    await connection.execute(
        update(callbacks)
        .where(callbacks.c.call_id.in_(calls_of_it), callbacks.c.state.in_(_UNSETTLED))
        .values(
            state=CallbackState.OPTED_OUT,
            settled_at=now,
            why="the number shall never be called",
        )
    )
