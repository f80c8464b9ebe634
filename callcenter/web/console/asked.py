"""What an address asks of a page: read with care, and never an error for a person."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final, TypeVar

from quart import request

Choice = TypeVar("Choice", bound=StrEnum)

MOST_TEXT: Final = 2_000


def choice(name: str, of: type[Choice]) -> Choice | None:
    """One of a few words; anything else is as good as none."""
    value = request.args.get(name, "")
    return of(value) if value in set(of) else None


def day(name: str) -> date | None:
    """A day such as 2026-11-22; anything else is as good as none."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def moment(name: str) -> tuple[datetime, str] | None:
    """Where a page ended, such as 2026-11-22T09:00:00+00:00~cb_1; else none."""
    at, _, key = request.args.get(name, "").partition("~")
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (found, key) if found.tzinfo else None


async def field(name: str, most: int = MOST_TEXT) -> str:
    """What somebody typed, without space around it, and not without end."""
    return str((await request.form).get(name, "")).strip()[:most]
