"""How often operators were rung, and what came of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from callcenter.storage import tables as t
from callcenter.storage.engine import Database

MOST: Final = 50
"""Attempts in a list."""

UNDER_WAY: Final = "under way"
_its: Final = t.escalation_attempts.c


@dataclass(frozen=True, slots=True)
class Rung:
    """One operator, since some moment."""

    outcomes: Mapping[str, int] = field(default_factory=dict)
    talked_s: int = 0

    @property
    def attempts(self) -> int:
        """All of them."""
        return sum(self.outcomes.values())


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to reach one operator."""

    call_id: str
    started_at: datetime
    answered_at: datetime | None
    outcome: str
    talked_s: int | None


async def rung_since(database: Database, at: datetime) -> dict[str, Rung]:
    """By operator, over all nodes. Raises StorageError."""
    asked = (
        select(_its.operator, _its.outcome, func.count(), func.sum(_its.talked_s))
        .where(_its.started_at >= at)
        .group_by(_its.operator, _its.outcome)
    )
    outcomes: dict[str, Counter[str]] = {}
    talked: Counter[str] = Counter()
    async with database.read() as connection:
        for name, outcome, times, talked_s in await connection.execute(asked):
            outcomes.setdefault(name, Counter())[outcome or UNDER_WAY] += times
            talked[name] += int(talked_s or 0)
    return {name: Rung(found, talked[name]) for name, found in outcomes.items()}


async def attempts_of(database: Database, name: str, at: datetime) -> list[Attempt]:
    """The newest first. Raises StorageError."""
    names = ("call_id", "started_at", "answered_at", "outcome", "talked_s")
    asked = (
        select(*(_its[one] for one in names))
        .where(_its.operator == name, _its.started_at >= at)
        .order_by(_its.started_at.desc())
        .limit(MOST)
    )
    async with database.read() as connection:
        rows = (await connection.execute(asked)).mappings()
        return [
            Attempt(**{**row, "outcome": row["outcome"] or UNDER_WAY}) for row in rows
        ]
