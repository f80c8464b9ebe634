"""How often it was tried to get in, by name and by address, at all nodes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.errors import CallCenterError
from callcenter.storage.engine import Database
from callcenter.storage.people_tables import console_tries

FREE_BY_NAME: Final = 5
FREE_BY_ADDRESS: Final = 20
"""Some people share one: an office has one address, and several who mistype."""

FIRST_LOCK: Final = timedelta(minutes=1)
LONGEST_LOCK: Final = timedelta(minutes=15)
"""Not longer: whoever guesses at a name also locks out its owner."""

FORGOTTEN: Final = timedelta(hours=1)
"""After so long without a try, counting begins anew."""

AT_ONCE: Final = timedelta(seconds=1)

MOST_NAME: Final = 100
_its: Final = console_tries.c


class TooManyTries(CallCenterError):
    """Nobody may try for a while."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("There were too many tries. Wait, and try again.")
        self.wait = wait


class Tries:
    """Those in the database."""

    OF_NAME: Final = "name:"
    OF_ADDRESS: Final = "address:"

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def begin(self, name: str, address: str) -> None:
        """Count a try before it is judged. Raises TooManyTries, and counts none."""
        now = self._now()
        doors = (
            (self.OF_NAME + name[:MOST_NAME], FREE_BY_NAME),
            (self.OF_ADDRESS + address, FREE_BY_ADDRESS),
        )
        try:
            async with self._database.write() as connection:
                old = delete(console_tries).where(_its.last_at < now - FORGOTTEN)
                await connection.execute(old)
                for door, _ in doors:
                    await _check(connection, door, now)
                for door, free in doors:
                    await _count(connection, door, free, now)
        except IntegrityError as error:  # another node wrote the first try just now
            raise TooManyTries(AT_ONCE) from error

    async def forgive(self, name: str, address: str | None = None) -> None:
        """It was the right password: the name is free, and this try was none.

        What else was tried from the address still counts: whoever may sign in could
        otherwise guess at others' passwords for ever.
        """
        mine = _its.door == self.OF_NAME + name[:MOST_NAME]
        async with self._database.write() as connection:
            await connection.execute(delete(console_tries).where(mine))
            if address is None:
                return
            theirs = _its.door == self.OF_ADDRESS + address
            only = and_(theirs, _its.failed <= 1)
            await connection.execute(delete(console_tries).where(only))
            one_less = update(console_tries).where(theirs)
            await connection.execute(
                one_less.values(failed=_its.failed - 1, locked_until=None)
            )


async def _check(connection: AsyncConnection, door: str, now: datetime) -> None:
    asked = select(_its.locked_until).where(_its.door == door).with_for_update()
    until = await connection.scalar(asked)
    if until is not None and until > now:
        raise TooManyTries(until - now)


async def _count(
    connection: AsyncConnection, door: str, free: int, now: datetime
) -> None:
    asked = select(_its.failed).where(_its.door == door)
    failed = int(await connection.scalar(asked) or 0) + 1
    lock = now + _wait(failed - free) if failed >= free else None
    values = {"failed": failed, "last_at": now, "locked_until": lock}
    if failed == 1:
        await connection.execute(insert(console_tries).values(door=door, **values))
    else:
        its = update(console_tries).where(_its.door == door)
        await connection.execute(its.values(**values))


def _wait(beyond: int) -> timedelta:
    """Twice as long each time, up to the longest."""
    return min(LONGEST_LOCK, FIRST_LOCK * (1 << min(beyond, 10)))
