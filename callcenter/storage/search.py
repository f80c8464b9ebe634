"""Finding calls: a page of those that fit, the newest first, and where it was said.

A page begins where the one before it ended: calls that come meanwhile move nothing,
and the thousandth page costs what the first does.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.search_words import Term, excerpt, marked
from callcenter.storage import tables as t
from callcenter.storage.engine import Database
from callcenter.storage.filters import (
    POSTGRES_WORDS,
    SQLITE_WORDS,
    BadFilter,
    Which,
    joined,
    matches,
)
from callcenter.storage.history import CALL_COLUMNS, plain
from callcenter.storage.record_tables import call_figures

PAGE: Final = 50
MOST_CALLS: Final = 500
"""In one page, however many are asked for."""

FIGURES: Final = (
    "seconds",
    "cost_usd",
    "agents",
    "operator",
    "recorded",
    "voicemail",
    "escalated",
    "tool_failed",
)
"""What a listed call has besides its own row."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some calls, and how to go on."""

    calls: list[dict[str, Any]]
    """As `History.list_calls` has them, with FIGURES; with `found` where words were
    looked for: the turn (`item_id`, `began_ms`, `speaker`) and its `excerpt`, pieces of
    `text` of which some are a `hit`. It is None when the turn is gone."""
    next: str | None
    """What to give as `after`; None: these are the last."""


class CallSearch:
    """Looks for calls. Reading only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, which: Which, *, limit: int = PAGE, after: str | None = None
    ) -> Page:
        """Raises BadFilter for an `after` that no page has given."""
        limit = max(1, min(limit, MOST_CALLS))
        asked = _asked(which, self._database.dialect)
        if after is not None:
            asked = asked.where(call_figures.c.moment < _moment(after))
        async with self._database.read() as connection:
            rows = (await connection.execute(asked.limit(limit + 1))).mappings().all()
            calls = [_call(plain(row)) for row in rows[:limit]]
            if which.terms:
                await _add_found(connection, calls, which.terms)
        more = len(rows) > limit
        return Page(calls, f"{rows[limit - 1]['moment']:x}" if more else None)


def _asked(which: Which, dialect: str) -> Select[Any]:
    its = call_figures.c
    columns = [column for column in call_figures.columns if column.name in FIGURES]
    asked = select(its.moment, *CALL_COLUMNS, *columns)
    asked = asked.where(t.calls.c.id == its.call_id, *which.conditions)
    if not which.terms:
        return asked.order_by(its.moment.desc())
    asked = asked.where(joined(dialect), matches(which.terms, dialect))
    if dialect == "sqlite":  # by the index's own order, which it has anyway
        return asked.order_by(SQLITE_WORDS.c.rowid.desc())
    return asked.order_by(POSTGRES_WORDS.c.moment.desc())


def _moment(after: str) -> int:
    try:
        return int(after, 16)
    except ValueError as error:
        raise BadFilter("This is not where a page ended.") from error


def _call(row: dict[str, Any]) -> dict[str, Any]:
    del row["moment"]
    return {**row, "agents": row["agents"].split()}


async def _add_found(
    connection: AsyncConnection,
    calls: Sequence[dict[str, Any]],
    terms: tuple[Term, ...],
) -> None:
    its = t.turns.c
    asked = (
        select(its.call_id, its.item_id, its.began_ms, its.speaker, its.heard)
        .where(its.call_id.in_([call["id"] for call in calls]))
        .order_by(its.call_id, its.began_ms)
    )
    turns = defaultdict(list)
    for turn in (await connection.execute(asked)).mappings():
        turns[turn["call_id"]].append(turn)
    for call in calls:
        call["found"] = _best(turns[call["id"]], terms)


def _best(turns: Sequence[Any], terms: tuple[Term, ...]) -> dict[str, Any] | None:
    """The turn in which most of the terms were said; the first of several."""
    best, most = None, 0
    for turn in turns:
        said = turn["heard"] or ""
        terms_said = sum(
            any(one.hit for one in marked(said, (term,)))
            for term in terms
            if not term.without
        )
        if terms_said > most:
            best, most = turn, terms_said
    if best is None:
        return None
    return {
        "item_id": best["item_id"],
        "began_ms": best["began_ms"],
        "speaker": best["speaker"],
        "excerpt": [asdict(one) for one in excerpt(marked(best["heard"], terms))],
    }
