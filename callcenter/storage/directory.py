"""The operators, as the file named by OPERATORS_FILE or the console left them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.hours import DAYS, Hours, Span
from callcenter.domain.operators import Operator
from callcenter.storage import tables as t
from callcenter.storage.engine import Database

_its = t.operators.c


class Directory:
    """Operators in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seed(self, operators: Sequence[Operator]) -> None:
        """Make these the whole list: whoever left it can no longer be rung."""
        async with self._database.write() as connection:
            names = [operator.name for operator in operators]
            await connection.execute(delete(t.operators).where(_its.name.not_in(names)))
            known = set(await connection.scalars(select(_its.name)))
            for position, operator in enumerate(operators):
                columns = _columns(operator) | {"position": position}
                if operator.name in known:
                    changed = update(t.operators).where(_its.name == operator.name)
                    await connection.execute(changed.values(**columns))
                else:
                    await connection.execute(insert(t.operators).values(**columns))

    async def operators(self) -> list[Operator]:
        """All of them, in the order of the file; equals are rung in this order."""
        async with self._database.read() as connection:
            return await _operators(connection)


async def _operators(connection: AsyncConnection) -> list[Operator]:
    order = (_its.position, _its.name)
    rows = await connection.execute(select(t.operators).order_by(*order))
    return [_operator(row) for row in rows.mappings()]


def _operator(row: RowMapping) -> Operator:
    return Operator(
        name=row["name"],
        destination=row["destination"],
        skills=frozenset(row["skills"]),
        hours=None if row["hours"] is None else Hours.parse(row["hours"]),
        priority=row["priority"],
    )


def _columns(operator: Operator) -> dict[str, Any]:
    return {
        "name": operator.name,
        "destination": operator.destination,
        "skills": sorted(operator.skills),
        "hours": None if operator.hours is None else _written(operator.hours),
        "priority": operator.priority,
    }


def _written(hours: Hours) -> str:
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
