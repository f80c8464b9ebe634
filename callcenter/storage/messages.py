"""What callers left for the people of the house, and what has been dealt with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, and_, delete, insert, select
from sqlalchemy.exc import IntegrityError

from callcenter.storage import tables as t
from callcenter.storage.engine import Database
from callcenter.storage.message_tables import follow_up_marks
from callcenter.storage.projections import MESSAGE, VOICEMAIL

MOST_MESSAGES: Final = 50
"""On one page."""

_LEFT: Final = t.follow_ups.c
_MARK: Final = follow_up_marks.c


@dataclass(frozen=True, slots=True)
class Message:
    """Something a caller left: dictated to an agent, or spoken after the tone."""

    call_id: str
    sequence: int
    at: datetime
    kind: str
    text: str
    caller_number: str
    recording_sid: str | None
    seconds: int | None
    done_at: datetime | None
    done_by: str | None


class Messages:
    """Reads messages, and marks them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def latest(
        self,
        *,
        done: bool | None = None,
        voicemails: bool | None = None,
        before: datetime | None = None,
        limit: int = MOST_MESSAGES,
    ) -> list[Message]:
        """The newest first; open ones, done ones, or all of them."""
        kinds = {None: (MESSAGE, VOICEMAIL), True: (VOICEMAIL,), False: (MESSAGE,)}
        asked = _asked().where(_LEFT.kind.in_(kinds[voicemails])).limit(limit)
        if done is not None:
            marked = _MARK.done_at.is_not(None) if done else _MARK.done_at.is_(None)
            asked = asked.where(marked)
        if before is not None:
            asked = asked.where(_LEFT.at < before)
        async with self._database.read() as connection:
            rows = await connection.execute(asked)
            return [Message(**row) for row in rows.mappings()]

    async def of_number(self, number: str) -> list[Message]:
        """All of one caller's, the newest first."""
        asked = _asked().where(
            _LEFT.kind.in_((MESSAGE, VOICEMAIL)), t.calls.c.caller_number == number
        )
        async with self._database.read() as connection:
            rows = await connection.execute(asked.limit(MOST_MESSAGES))
            return [Message(**row) for row in rows.mappings()]

    async def find(self, call_id: str, sequence: int) -> Message | None:
        asked = _asked().where(_LEFT.call_id == call_id, _LEFT.sequence == sequence)
        async with self._database.read() as connection:
            row = (await connection.execute(asked)).mappings().one_or_none()
        return None if row is None else Message(**row)

    async def knows(self, recording_sid: str) -> bool:
        """Whether a recording is a message that somebody left here."""
        asked = select(_LEFT.sequence).where(
            _LEFT.kind == VOICEMAIL, _LEFT.recording_sid == recording_sid
        )
        async with self._database.read() as connection:
            return await connection.scalar(asked.limit(1)) is not None

    async def settle(self, call_id: str, sequence: int, who: str, at: datetime) -> None:
        """Somebody has dealt with it. The first one stays written down."""
        row = {"call_id": call_id, "sequence": sequence, "done_at": at, "done_by": who}
        try:
            async with self._database.write() as connection:
                await connection.execute(insert(follow_up_marks).values(**row))
        except IntegrityError:
            return  # done already, or the call is gone

    async def reopen(self, call_id: str, sequence: int) -> None:
        """It was not; harmless when nobody said it was."""
        its_own = and_(_MARK.call_id == call_id, _MARK.sequence == sequence)
        async with self._database.write() as connection:
            await connection.execute(delete(follow_up_marks).where(its_own))


def _asked() -> Select[Any]:
    marked = and_(_MARK.call_id == _LEFT.call_id, _MARK.sequence == _LEFT.sequence)
    return (
        select(
            _LEFT.call_id,
            _LEFT.sequence,
            _LEFT.at,
            _LEFT.kind,
            _LEFT.text,
            t.calls.c.caller_number,
            _LEFT.recording_sid,
            _LEFT.seconds,
            _MARK.done_at,
            _MARK.done_by,
        )
        .join(t.calls, t.calls.c.id == _LEFT.call_id)
        .outerjoin(follow_up_marks, marked)
        .order_by(_LEFT.at.desc(), _LEFT.call_id, _LEFT.sequence)
    )
