"""Which calls are meant: the filters of lists, searches, exports and saved views."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, Self

import msgspec
from sqlalchemy import (
    ColumnElement,
    Integer,
    column,
    func,
    literal_column,
    select,
    table,
)

from callcenter.domain.outcomes import Disposition
from callcenter.domain.search_words import Term, terms_of
from callcenter.errors import StorageError
from callcenter.storage import tables as t
from callcenter.storage.record_tables import call_figures

_its: Final = call_figures.c

SQLITE_WORDS: Final = table(
    "call_words", column("rowid", Integer), column("call_words")
)
POSTGRES_WORDS: Final = table("call_words", column("moment"), column("words"))
"""The same name; each database's own kind of index."""


class BadFilter(StorageError):
    """These filters are not ones that we know."""


@dataclass(frozen=True, slots=True)
class Which:
    """Calls of which all of this is true; all calls, when nothing is asked."""

    since: datetime | None = None
    """They began then or later (aware)."""
    until: datetime | None = None
    """… and before that."""
    disposition: Disposition | None = None
    agent: str = ""
    """Whom they met, however briefly."""
    operator: str = ""
    """Who talked to the caller last."""
    caller_number: str = ""
    min_seconds: int | None = None
    max_seconds: int | None = None
    min_cost_usd: float | None = None
    max_cost_usd: float | None = None
    recorded: bool | None = None
    voicemail: bool | None = None
    escalated: bool | None = None
    tool_failed: bool | None = None
    text: str = ""
    """Words that were said: see callcenter.domain.search_words."""

    @classmethod
    def of(cls, filters: Mapping[str, Any]) -> Self:
        """From plain data, as `plain` gives it. Raises BadFilter."""
        known = {one.name for one in fields(cls)}
        if unknown := sorted(set(filters) - known):
            raise BadFilter(f"There is no filter {unknown[0]!r}.")
        try:
            which = msgspec.convert(dict(filters), cls, strict=False)
        except msgspec.ValidationError as error:
            raise BadFilter(f"This is no filter: {error}.") from error
        if any(one and one.tzinfo is None for one in (which.since, which.until)):
            raise BadFilter("A moment needs its zone, as in 2026-05-01T12:00:00Z.")
        return which

    def plain(self) -> dict[str, Any]:
        """As JSON holds it; only what is asked."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in _asked(self)
        }

    @property
    def terms(self) -> tuple[Term, ...]:
        """What is looked for in what was said; empty when nothing is."""
        terms = terms_of(self.text)
        return terms if any(not one.without for one in terms) else ()

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """In SQL, on `calls` and `call_figures`; without the text."""
        asked = {name: value for name, value in _asked(self) if name in CONDITIONS}
        return [CONDITIONS[name](value) for name, value in asked.items()]

    def said(self, dialect: str) -> list[ColumnElement[bool]]:
        """That the words were said, for a query that begins elsewhere."""
        if not self.terms:
            return []
        if dialect == "sqlite":
            found = select(SQLITE_WORDS.c.rowid).where(matches(self.terms, dialect))
        else:
            found = select(POSTGRES_WORDS.c.moment).where(matches(self.terms, dialect))
        return [_its.moment.in_(found)]


def _asked(which: Which) -> Iterator[tuple[str, Any]]:
    for one in fields(which):
        value = getattr(which, one.name)
        if value is not None and value != "":
            yield one.name, value


CONDITIONS: Final[Mapping[str, Callable[[Any], ColumnElement[bool]]]] = {
    "since": lambda moment: t.calls.c.started_at >= moment,
    "until": lambda moment: t.calls.c.started_at < moment,
    "disposition": lambda one: _its.disposition == one.value,
    "agent": lambda name: _its.agents.contains(f" {name} ", autoescape=True),
    "operator": lambda name: _its.operator == name,
    "caller_number": lambda number: _its.caller_number == number,
    "min_seconds": lambda seconds: _its.seconds >= seconds,
    "max_seconds": lambda seconds: _its.seconds <= seconds,
    "min_cost_usd": lambda cost: _its.cost_usd >= cost,
    "max_cost_usd": lambda cost: _its.cost_usd <= cost,
    "recorded": _its.recorded.is_,
    "voicemail": _its.voicemail.is_,
    "escalated": _its.escalated.is_,
    "tool_failed": _its.tool_failed.is_,
}
"""What each filter asks; the text is another matter."""


def matches(terms: tuple[Term, ...], dialect: str) -> ColumnElement[bool]:
    """In the index of words: all of the terms, and none that must not be."""
    if dialect == "sqlite":
        return SQLITE_WORDS.c.call_words.op("MATCH", is_comparison=True)(_fts5(terms))
    asked = func.to_tsquery(literal_column("'simple'"), _tsquery(terms))
    return POSTGRES_WORDS.c.words.op("@@", is_comparison=True)(asked)


def joined(dialect: str) -> ColumnElement[bool]:
    """The index's rows to the figures', so that the index is read first."""
    if dialect == "sqlite":
        # The sum keeps SQLite from asking the index once for each call.
        return SQLITE_WORDS.c.rowid + 0 == _its.moment
    return POSTGRES_WORDS.c.moment == _its.moment


def _fts5(terms: tuple[Term, ...]) -> str:
    """Each word is quoted: nothing that people write is an operator."""

    def phrase(term: Term) -> str:
        return f'"{" ".join(term.words)}"' + ("*" if term.begins else "")

    wanted = " AND ".join(phrase(one) for one in terms if not one.without)
    unwanted = "".join(f" NOT {phrase(one)}" for one in terms if one.without)
    return f"({wanted}){unwanted}"


def _tsquery(terms: tuple[Term, ...]) -> str:
    """Words have letters and digits only: there is nothing to escape."""

    def phrase(term: Term) -> str:
        row = " <-> ".join(f"'{word}'" for word in term.words)
        return f"({row}{':*' if term.begins else ''})"

    return " & ".join(f"{'!' if one.without else ''}{phrase(one)}" for one in terms)
