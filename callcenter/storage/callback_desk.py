"""Wishes to be called back, as the people of the house work on them, page by page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, insert, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.callbacks import AGAIN, CallbackState
from callcenter.domain.pseudonyms import either
from callcenter.domain.redaction import redacted_text
from callcenter.errors import StorageError
from callcenter.storage import tables as t
from callcenter.storage.callback_tables import callbacks, opt_outs
from callcenter.storage.engine import Database

PAGE: Final = 50

_ITS: Final = callbacks.c
_UNSETTLED: Final = (CallbackState.WAITING, CallbackState.DIALLING)

BY_HAND: Final = "called by "
"""… somebody, as the reason why it is done."""


class Group(StrEnum):
    """What people ask for: some states, or a part of one."""

    DUE = "due"
    """Their time has come, and nobody has been reached."""
    LATER = "later"
    """They wait for their time."""
    TRIED = "tried"
    """They were tried, in vain so far."""
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"
    """Cancelled, or replaced by a later wish."""


_STATES: Final = {
    Group.DONE: (CallbackState.DONE,),
    Group.FAILED: (
        CallbackState.UNREACHED,
        CallbackState.REFUSED,
        CallbackState.EXPIRED,
        CallbackState.OPTED_OUT,
    ),
    Group.DROPPED: (CallbackState.CANCELLED, CallbackState.REPLACED),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """One of them, with the number that would be dialled."""

    id: str
    call_id: str
    number: str
    asked_at: datetime
    wanted: str
    due_at: datetime
    promised_at: datetime
    reason: str
    topic: str
    queued_at: datetime | None
    state: CallbackState
    tries: int
    settled_at: datetime | None
    why: str

    @property
    def again(self) -> bool:
        """Whether it may be dialled now."""
        return self.state in AGAIN

    @property
    def open(self) -> bool:
        return self.state in _UNSETTLED


class CallbackDesk:
    """Reads wishes by group, and changes what `CallbackLists` does not."""

    def __init__(
        self, database: Database, *, hide: Callable[[str], str] = redacted_text
    ) -> None:
        self._database = database
        self._hide = hide
        """Takes out of a text what is not to be stored."""

    async def counts(self, now: datetime) -> dict[Group, int]:
        """How many are in each group."""
        columns = [
            func.count().filter(_in(group, now)).label(group.value) for group in Group
        ]
        async with self._database.read() as connection:
            asked = select(*columns).select_from(callbacks)
            row = (await connection.execute(asked)).mappings().one()
        return {group: row[group.value] for group in Group}

    async def page(
        self, group: Group, now: datetime, after: tuple[datetime, str] | None = None
    ) -> list[Wish]:
        """Open ones by their time, the longest due first; others the newest first."""
        asked = _asked().where(_in(group, now)).limit(PAGE)
        if group in _STATES:
            asked = asked.order_by(_ITS.asked_at.desc(), _ITS.id.desc())
            if after is not None:
                asked = asked.where(tuple_(_ITS.asked_at, _ITS.id) < after)
        else:
            asked = asked.order_by(_ITS.due_at, _ITS.id)
            if after is not None:
                asked = asked.where(tuple_(_ITS.due_at, _ITS.id) > after)
        async with self._database.read() as connection:
            return await _read(connection, asked)

    async def of_number(self, number: str, limit: int = PAGE) -> list[Wish]:
        """Made in calls of a number, the newest first."""
        asked = _asked().where(t.calls.c.caller_number == number)
        async with self._database.read() as connection:
            return await _read(
                connection, asked.order_by(_ITS.asked_at.desc()).limit(limit)
            )

    async def find(self, callback_id: str) -> Wish | None:
        async with self._database.read() as connection:
            return await _one(connection, callback_id)

    async def ask(self, call_id: str, reason: str, now: datetime) -> Wish:
        """A person wants the caller of a call to be called back, as soon as may be.

        The open wish of their number, if there is one: nobody is called twice. Raises
        StorageError for a withheld number, and for one that shall never be called.
        """
        try:
            async with self._database.write() as connection:
                call = await _call(connection, call_id)
                known = _asked().where(
                    t.calls.c.caller_number == call["caller_number"],
                    _ITS.state.in_(_UNSETTLED),
                )
                if found := await _read(connection, known.limit(1)):
                    return found[0]
                made = await _enter(connection, call, self._hide(reason), now)
        except IntegrityError as error:
            raise StorageError("Somebody was faster: look at the callbacks.") from error
        return made

    async def postpone(self, callback_id: str, until: datetime) -> bool:
        """Dial it then, and not before. False: it does not wait for anything."""
        return await self._change(
            callback_id,
            _ITS.state == CallbackState.WAITING,
            due_at=until,
            promised_at=until,
        )

    async def done(self, callback_id: str, who: str, now: datetime) -> bool:
        """Somebody has called them by hand. False: there was nothing left to do."""
        return await self._change(
            callback_id,
            _ITS.state.in_(AGAIN),
            state=CallbackState.DONE,
            settled_at=now,
            why=f"{BY_HAND}{who}",
        )

    async def reopen(self, callback_id: str, now: datetime) -> bool:
        """Undo a cancellation or a mark by hand: it waits again, for its old time."""
        async with self._database.write() as connection:
            known = await _one(connection, callback_id)
            if known is None:
                return False
            await _refuse_opted_out(connection, known.number)
        by_hand = (_ITS.state == CallbackState.DONE) & _ITS.why.startswith(BY_HAND)
        return await self._change(
            callback_id,
            or_(_ITS.state == CallbackState.CANCELLED, by_hand),
            state=CallbackState.WAITING,
            due_at=max(known.due_at, now),
            promised_at=max(known.promised_at, now),
            settled_at=None,
            why="",
        )

    async def _change(
        self,
        callback_id: str,
        only: ColumnElement[bool],
        **values: Any,  # noqa: ANN401
    ) -> bool:
        its = update(callbacks).where(_ITS.id == callback_id, only)
        async with self._database.write() as connection:
            return (await connection.execute(its.values(**values))).rowcount == 1


def _in(group: Group, now: datetime) -> ColumnElement[bool]:
    if group in _STATES:
        return _ITS.state.in_(_STATES[group])
    untried = (_ITS.state == CallbackState.WAITING) & (_ITS.tries == 0)
    match group:
        case Group.DUE:
            return untried & (_ITS.due_at <= now)
        case Group.LATER:
            return untried & (_ITS.due_at > now)
        case _:
            tried = (_ITS.state == CallbackState.WAITING) & (_ITS.tries > 0)
            return tried | (_ITS.state == CallbackState.DIALLING)


def _asked() -> Select[Any]:
    columns = [column for column in _ITS if column.name != "sequence"]
    number = t.calls.c.caller_number.label("number")
    return select(*columns, number).join(t.calls, t.calls.c.id == _ITS.call_id)


async def _read(connection: AsyncConnection, asked: Select[Any]) -> list[Wish]:
    rows = (await connection.execute(asked)).mappings()
    return [Wish(**{**row, "state": CallbackState(row["state"])}) for row in rows]


async def _one(connection: AsyncConnection, callback_id: str) -> Wish | None:
    found = await _read(connection, _asked().where(_ITS.id == callback_id))
    return found[0] if found else None


async def _call(connection: AsyncConnection, call_id: str) -> Any:  # noqa: ANN401
    its = t.calls.c
    asked = select(its.id, its.caller_number, its.last_sequence).where(
        its.id == call_id
    )
    call = (await connection.execute(asked)).mappings().one_or_none()
    if call is None:
        raise StorageError("There is no such call.")
    if not call["caller_number"].startswith("+"):
        raise StorageError("Their number was withheld: nobody can be called.")
    await _refuse_opted_out(connection, call["caller_number"])
    return call


async def _refuse_opted_out(connection: AsyncConnection, number: str) -> None:
    its = opt_outs.c.number
    if await connection.scalar(select(its).where(its.in_(either(number)))):
        raise StorageError(f"{number} shall never be called.")


async def _enter(
    connection: AsyncConnection,
    call: Any,  # noqa: ANN401
    reason: str,
    now: datetime,
) -> Wish:
    """Beside the wishes of the record, and after them: none of those replaces it."""
    earlier = select(func.count()).where(_ITS.call_id == call["id"])
    number = (await connection.scalar(earlier) or 0) + 1
    callback_id = f"cb_{call['id'].removeprefix('call_')}_hand{number}"
    await connection.execute(
        insert(callbacks).values(
            id=callback_id,
            call_id=call["id"],
            sequence=call["last_sequence"] + 1,
            asked_at=now,
            wanted="",
            due_at=now,
            promised_at=now,
            reason=reason,
            topic="",
            state=CallbackState.WAITING,
            tries=0,
            why="",
        )
    )
    made = await _one(connection, callback_id)
    if made is None:
        raise StorageError("The wish was not written down: try again.")
    return made
