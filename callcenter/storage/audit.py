"""Who did what at the console and over the API: written once, changed by nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select

from callcenter.storage.engine import Database
from callcenter.storage.people_tables import audit

MOST_DETAIL: Final = 2_000
_its: Final = audit.c


@dataclass(frozen=True, slots=True)
class Entry:
    """One act of one person, or of one key."""

    id: int
    at: datetime
    who: str
    act: str
    subject: str
    detail: str


class Audit:
    """The list of acts in the database."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def note(self, who: str, act: str, subject: str, detail: str = "") -> None:
        """Write down that somebody did something to something. Raises StorageError.

        `act` is a dotted verb such as "call.read"; `subject` names what it was done to,
        such as a call's id. Neither holds what callers said.
        """
        row = {
            "at": self._now(),
            "who": who,
            "act": act,
            "subject": subject,
            "detail": detail[:MOST_DETAIL],
        }
        async with self._database.write() as connection:
            await connection.execute(insert(audit).values(**row))

    async def latest(
        self,
        limit: int,
        *,
        who: str = "",
        act: str = "",
        subject: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
    ) -> list[Entry]:
        """The newest first; `before` is the id of the last one of the page before.

        `act` is an act, or its beginning up to a dot: "call." is all done to calls.
        """
        asked = select(audit).order_by(_its.id.desc()).limit(limit)
        if who:
            asked = asked.where(_its.who == who)
        if subject:
            asked = asked.where(_its.subject == subject)
        if act:
            begins = act.endswith(".")
            its = _its.act.startswith(act, autoescape=True)
            asked = asked.where(its if begins else _its.act == act)
        if since is not None:
            asked = asked.where(_its.at >= since)
        if until is not None:
            asked = asked.where(_its.at < until)
        if before is not None:
            asked = asked.where(_its.id < before)
        async with self._database.read() as connection:
            rows = await connection.execute(asked)
            return [Entry(**row) for row in rows.mappings()]

    async def acts(self) -> list[str]:
        """Every kind of act that was ever done."""
        asked = select(_its.act).distinct().order_by(_its.act)
        async with self._database.read() as connection:
            return list(await connection.scalars(asked))
