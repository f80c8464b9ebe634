"""Facts as plain data and back: what is written down can be read again.

A kind this version does not know is an error, because a call must not be resumed from
half of its story. A field it does not know is skipped: an older version may read what
a newer one wrote, during a deploy.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import msgspec

from callcenter.domain.events import EVENTS, Event, Fact
from callcenter.domain.ids import CallId

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
"""PostgreSQL's text has no NUL, and half a surrogate pair is not UTF-8: a model that
escapes badly can send either, and one bad character must not cost the whole fact."""


class UnknownFact(ValueError):
    """Something was written down that this version cannot read."""


def name_of(event: Event) -> str:
    """What kind of event it is: a key of EVENTS."""
    return type(event).__name__


def dump(event: Event) -> dict[str, Any]:
    """The event's fields as JSON can hold them; its kind is `name_of(event)`.

    Characters that no database takes become U+FFFD.
    """
    return {
        name: _UNSTORABLE.sub("\ufffd", value) if isinstance(value, str) else value
        for name, value in msgspec.to_builtins(event).items()
    }


def load(name: str, data: Mapping[str, Any]) -> Event:
    """The event again. Raises UnknownFact."""
    kind = EVENTS.get(name)
    if kind is None:
        raise UnknownFact(
            f"{name!r} is not a kind of fact that this version knows; was it written "
            "by a newer one?"
        )
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise UnknownFact(f"this {name} cannot be read: {error}") from error


class _Line(msgspec.Struct):
    call_id: str
    sequence: int
    at: datetime
    kind: str
    data: dict[str, Any]


def dump_line(fact: Fact) -> bytes:
    """The whole fact as one line of JSON, with the line's end."""
    line = _Line(
        fact.call_id, fact.sequence, fact.at, name_of(fact.event), dump(fact.event)
    )
    return msgspec.json.encode(line) + b"\n"


def load_line(text: bytes) -> Fact:
    """The fact again. Raises UnknownFact, also for half a line."""
    try:
        line = msgspec.json.decode(text, type=_Line)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise UnknownFact(f"a line of the journal cannot be read: {error}") from error
    event = load(line.kind, line.data)
    return Fact(CallId(line.call_id), line.sequence, line.at, event)


def load_lines(text: bytes) -> list[Fact]:
    """Several facts, as the bus brings them; a kind that is not known is left out.

    Who watches calls can do without it, and whoever resumes one reads the record.
    """
    facts = []
    for line in text.splitlines():
        with suppress(UnknownFact):
            facts.append(load_line(line))
    return facts
