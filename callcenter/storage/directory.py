"""The operators, as the file named by OPERATORS_FILE seeded them and people left them.

An entry of the file is taken over once; what people change afterwards holds until the
entry itself changes. Who leaves the file leaves the list; who was added by hand stays.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.hours import DAYS, Hours, Span
from callcenter.domain.operators import Operator
from callcenter.domain.outcomes import AttemptOutcome
from callcenter.domain.presence import Attendance, OnList, Presence
from callcenter.storage import tables as t
from callcenter.storage.engine import Database

_its = t.operators.c
_attempts = t.escalation_attempts.c


class Directory:
    """Operators in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seed(self, operators: Sequence[Operator]) -> None:
        """Take over the entries of the file that are new or have changed."""
        async with self._database.write() as connection:
            names = [operator.name for operator in operators]
            left = _its.seed.is_not(None) & _its.name.not_in(names)
            await connection.execute(delete(t.operators).where(left))
            found = await connection.execute(select(_its.name, _its.seed))
            seeds = {row.name: row.seed for row in found}
            for position, operator in enumerate(operators):
                if seeds.get(operator.name) == (seed := _seed(operator)):
                    changes: dict[str, Any] = {}
                else:
                    changes = _columns(operator) | {"seed": seed, "removed": False}
                changes["position"] = position
                if operator.name in seeds:
                    its = update(t.operators).where(_its.name == operator.name)
                    await connection.execute(its.values(**changes))
                else:
                    await connection.execute(insert(t.operators).values(**changes))

    async def operators(self) -> list[Operator]:
        """All of them, in the order of the file; equals are rung in this order."""
        return [one.operator for one in await self.everybody()]

    async def everybody(self) -> list[OnList]:
        """All of them, and whether they may be rung."""
        async with self._database.read() as connection:
            return await everybody(connection)

    async def add(self, operator: Operator) -> bool:
        """Put somebody on the list, after the others; False: the name is taken."""
        async with self._database.write() as connection:
            if await _row(connection, operator.name) is not None:
                return False
            seed = await connection.scalar(
                select(_its.seed).where(_its.name == operator.name)
            )
            # Somebody may have removed an entry of the file: its row remembers that.
            await connection.execute(
                delete(t.operators).where(_its.name == operator.name)
            )
            last = await connection.scalar(select(func.max(_its.position)))
            place = {"position": (last or 0) + 1, "seed": seed}
            await connection.execute(
                insert(t.operators).values(**_columns(operator), **place)
            )
            return True

    async def put(self, operator: Operator) -> bool:
        """Change somebody's number, skills, hours, priority; False: no such name."""
        return await self._set(operator.name, _columns(operator))

    async def remove(self, name: str) -> bool:
        """Take somebody off the list; False: no such name."""
        by_hand = delete(t.operators).where(_its.name == name, _its.seed.is_(None))
        async with self._database.write() as connection:
            if (await connection.execute(by_hand)).rowcount:
                return True
        return await self._set(name, {"removed": True})

    async def attend(
        self, name: str, change: Callable[[Attendance], Attendance]
    ) -> bool:
        """Change whether somebody may be rung; False: no such name."""
        async with self._database.write() as connection:
            return await attend(connection, name, change)

    async def rung_by(self, attempt_id: str) -> str:
        """Whom an attempt was to reach, perhaps another node's; empty: not known."""
        asked = select(_attempts.operator).where(_attempts.attempt_id == attempt_id)
        async with self._database.read() as connection:
            return str(await connection.scalar(asked) or "")

    async def attempts_since(self, at: datetime) -> int:
        """How often an operator was rung, by all nodes."""
        refused = _attempts.outcome.is_not_distinct_from(AttemptOutcome.REFUSED)
        asked = select(func.count()).where(_attempts.started_at >= at, ~refused)
        async with self._database.read() as connection:
            return int(await connection.scalar(asked) or 0)

    async def _set(self, name: str, changes: dict[str, Any]) -> bool:
        its = update(t.operators).where(_its.name == name, _its.removed.is_(False))
        async with self._database.write() as connection:
            return bool((await connection.execute(its.values(**changes))).rowcount)


async def everybody(connection: AsyncConnection, *, lock: bool = False) -> list[OnList]:
    """All operators, in the order of the list; locked where the database can."""
    asked = select(t.operators).where(_its.removed.is_(False))
    asked = asked.order_by(_its.position, _its.name)
    rows = await connection.execute(asked.with_for_update() if lock else asked)
    return [_on_list(row) for row in rows.mappings()]


async def attend(
    connection: AsyncConnection, name: str, change: Callable[[Attendance], Attendance]
) -> bool:
    """Change whether somebody may be rung; False: no such name."""
    row = await _row(connection, name)
    if row is None:
        return False
    changed = _attendance_columns(change(_attendance(row)))
    its = update(t.operators).where(_its.name == name)
    await connection.execute(its.values(**changed))
    return True


async def _row(connection: AsyncConnection, name: str) -> RowMapping | None:
    """Locked where the database can lock one: two nodes may change it at once."""
    asked = select(t.operators).where(_its.name == name, _its.removed.is_(False))
    found = await connection.execute(asked.with_for_update())
    return found.mappings().one_or_none()


def _on_list(row: RowMapping) -> OnList:
    operator = Operator(
        name=row["name"],
        destination=row["destination"],
        skills=frozenset(row["skills"]),
        hours=None if row["hours"] is None else Hours.parse(row["hours"]),
        priority=row["priority"],
    )
    return OnList(operator, _attendance(row))


def _attendance(row: RowMapping) -> Attendance:
    return Attendance(
        presence=Presence(row["presence"]),
        since=row["since"],
        until=row["until"],
        missed=row["missed"],
        attempt_id=row["attempt_id"],
        why=row["why"],
    )


def _attendance_columns(attendance: Attendance) -> dict[str, Any]:
    return {
        "presence": str(attendance.presence),
        "since": attendance.since,
        "until": attendance.until,
        "missed": attendance.missed,
        "attempt_id": attendance.attempt_id,
        "why": attendance.why,
    }


def _columns(operator: Operator) -> dict[str, Any]:
    return {
        "name": operator.name,
        "destination": operator.destination,
        "skills": sorted(operator.skills),
        "hours": None if operator.hours is None else written(operator.hours),
        "priority": operator.priority,
    }


def _seed(operator: Operator) -> str:
    """What tells one entry of the file from another."""
    entry = json.dumps(_columns(operator), sort_keys=True)
    return hashlib.sha256(entry.encode()).hexdigest()


def written(hours: Hours) -> str:
    """The hours as `Hours.parse` reads them."""
    spans = [
        f"{DAYS[day]} {_clock(span, 'opens')}-{_clock(span, 'closes')}"
        for span in hours.spans
        for day in sorted(span.days)
    ]
    return f"{', '.join(spans)} {hours.zone.key}"


def _clock(span: Span, edge: str) -> str:
    at = span.opens if edge == "opens" else span.closes
    # time.max is how Hours spells the end of a day.
    return "24:00" if at.microsecond else f"{at:%H:%M}"
