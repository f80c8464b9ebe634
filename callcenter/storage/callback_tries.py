"""What becomes of the tries to call somebody back, whoever tells of it, how often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.call import CallState, fold
from callcenter.domain.callbacks import (
    CallbackState,
    RetryRules,
    TryOutcome,
    after_try,
)
from callcenter.domain.calling_back import Told
from callcenter.domain.ids import CallbackId, CallbackTryId, CallId, CallSid
from callcenter.storage import record, tables as t
from callcenter.storage.callback_tables import callback_tries, callbacks
from callcenter.storage.caller_tables import customers
from callcenter.storage.customers import customer_of
from callcenter.storage.engine import Database
from callcenter.storage.opt_outs import forbid

_ITS: Final = callback_tries.c
_WISH: Final = callbacks.c


@dataclass(frozen=True, slots=True)
class OpenTry:
    """A try of which nobody has told that its leg is over."""

    try_id: CallbackTryId
    number: str
    call_sid: CallSid
    """Empty: nobody knows whether it was dialled."""
    started_at: datetime
    lease_until: datetime


class CallbackTries:
    """The tries in the database."""

    def __init__(self, database: Database, rules: RetryRules) -> None:
        self._database = database
        self._rules = rules

    async def told(self, try_id: CallbackTryId) -> Told | None:
        """All that is known of a try; None when there is no such one."""
        asked = (
            select(
                callbacks,
                t.calls.c.caller_number,
                _ITS.outcome,
                _ITS.call_sid.label("leg"),
            )
            .join(callbacks, _WISH.id == _ITS.callback_id)
            .join(t.calls, t.calls.c.id == _WISH.call_id)
            .where(_ITS.id == try_id)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(asked)).mappings().one_or_none()
            if row is None:
                return None
            sealed = await _can_prove(connection, row["caller_number"])
        return _told(try_id, row, sealed=sealed)

    async def earlier(self, told: Told) -> CallState:
        """The call in which it was wished, as it ended."""
        async with self._database.read() as connection:
            return fold(await record.facts_of(connection, told.earlier))

    async def dialled(self, try_id: CallbackTryId, call_sid: CallSid) -> None:
        """The carrier has taken it."""
        its = update(callback_tries).where(_ITS.id == try_id, _ITS.call_sid == "")
        async with self._database.write() as connection:
            await connection.execute(its.values(call_sid=call_sid))

    async def answered(
        self, try_id: CallbackTryId, call_sid: CallSid, now: datetime
    ) -> None:
        """Somebody or something picked up."""
        await self.dialled(try_id, call_sid)
        its = update(callback_tries).where(_ITS.id == try_id)
        async with self._database.write() as connection:
            await connection.execute(
                its.where(_ITS.answered_at.is_(None)).values(answered_at=now)
            )

    async def accept(
        self, try_id: CallbackTryId, call_id: CallId, now: datetime
    ) -> bool:
        """A person wants to talk. False: somebody has cancelled the call meanwhile."""
        async with self._database.write() as connection:
            told = await _outcome(connection, try_id, TryOutcome.ACCEPTED)
            if not told:
                return False
            done = (
                update(callbacks)
                .where(_WISH.id == told, _WISH.state == CallbackState.DIALLING)
                .values(state=CallbackState.DONE, settled_at=now, why="")
            )
            if (await connection.execute(done)).rowcount != 1:
                await _outcome(connection, try_id, None)
                return False
            its = update(callback_tries).where(_ITS.id == try_id)
            await connection.execute(its.values(call_id=call_id))
            return True

    async def machine(self, try_id: CallbackTryId) -> bool:
        """No person, as far as the carrier can tell. False: something else is known."""
        async with self._database.write() as connection:
            return bool(await _outcome(connection, try_id, TryOutcome.MACHINE))

    async def not_a_person(self, try_id: CallbackTryId) -> bool:
        """What spoke was a machine: the wish is not settled by it."""
        async with self._database.write() as connection:
            its = (
                update(callback_tries)
                .where(_ITS.id == try_id, _ITS.outcome == TryOutcome.ACCEPTED)
                .values(outcome=TryOutcome.MACHINE)
                .returning(_ITS.callback_id)
            )
            found = await connection.scalar(its)
            undone = (
                update(callbacks)
                .where(_WISH.id == found, _WISH.state == CallbackState.DONE)
                .values(state=CallbackState.DIALLING, settled_at=None)
            )
            await connection.execute(undone)
            return found is not None

    async def opt_out(self, told: Told, now: datetime) -> None:
        """They shall never be called again, for whatever wish of this number."""
        async with self._database.write() as connection:
            await _outcome(connection, told.try_id, TryOutcome.OPTED_OUT)
            await forbid(connection, told.number, now, told.try_id)

    async def decline(self, told: Told, now: datetime) -> None:
        """They do not want it any more."""
        async with self._database.write() as connection:
            await _outcome(connection, told.try_id, TryOutcome.DECLINED)
            its = update(callbacks).where(
                _WISH.id == told.callback_id, _WISH.state == CallbackState.DIALLING
            )
            why = "they said that they did not want it any more"
            await connection.execute(
                its.values(state=CallbackState.CANCELLED, settled_at=now, why=why)
            )

    async def ended(
        self,
        try_id: CallbackTryId,
        outcome: TryOutcome,
        now: datetime,
        *,
        seconds: int = 0,
        note: str = "",
    ) -> bool:
        """The leg is over; `outcome` counts if none is known. False: told twice.

        What it means for the wish is settled in the same transaction.
        """
        async with self._database.write() as connection:
            its = update(callback_tries).where(_ITS.id == try_id)
            await connection.execute(
                its.where(_ITS.outcome.is_(None)).values(outcome=outcome)
            )
            open_one = its.where(_ITS.open_number.is_not(None)).values(
                open_number=None, ended_at=now, seconds=seconds, note=note
            )
            found = await connection.execute(
                open_one.returning(_ITS.callback_id, _ITS.outcome)
            )
            row = found.one_or_none()
            if row is None:
                return False
            callback_id, known = row
            await self._settle(
                connection, CallbackId(callback_id), TryOutcome(known), now, note
            )
            return True

    async def overdue(self, now: datetime) -> Sequence[OpenTry]:
        """Tries of which nobody has told for so long that the carrier must be asked."""
        asked = (
            select(callback_tries)
            .where(_ITS.open_number.is_not(None), _ITS.lease_until <= now)
            .order_by(_ITS.lease_until)
            .limit(20)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(asked)).mappings()
            return [
                OpenTry(
                    CallbackTryId(row["id"]),
                    row["number"],
                    CallSid(row["call_sid"]),
                    row["started_at"],
                    row["lease_until"],
                )
                for row in rows
            ]

    async def renew(self, one: OpenTry, until: datetime) -> bool:
        """Take it over, or keep it. False: another node has."""
        its = (
            update(callback_tries)
            .where(_ITS.id == one.try_id, _ITS.lease_until == one.lease_until)
            .values(lease_until=until)
        )
        async with self._database.write() as connection:
            return (await connection.execute(its)).rowcount == 1

    async def known(self, call_sid: CallSid) -> bool:
        """Whether a leg belongs to some try."""
        asked = select(_ITS.id).where(_ITS.call_sid == call_sid)
        async with self._database.read() as connection:
            return await connection.scalar(asked) is not None

    async def _settle(
        self,
        connection: AsyncConnection,
        callback_id: CallbackId,
        outcome: TryOutcome,
        now: datetime,
        note: str,
    ) -> None:
        mine = (_WISH.id == callback_id) & (_WISH.state == CallbackState.DIALLING)
        tries = await connection.scalar(select(_WISH.tries).where(mine))
        if tries is None:
            return
        state, pause = after_try(outcome, tries, self._rules)
        changes: dict[str, Any] = {"state": state, "why": note}
        changes |= {"due_at": now + pause} if pause else {"settled_at": now}
        await connection.execute(update(callbacks).where(mine).values(**changes))


async def _outcome(
    connection: AsyncConnection, try_id: CallbackTryId, outcome: TryOutcome | None
) -> str | None:
    """Say what came of a try, unless that is known; its wish. None takes it back."""
    its = update(callback_tries).where(_ITS.id == try_id)
    if outcome is not None:
        its = its.where(_ITS.outcome.is_(None), _ITS.open_number.is_not(None))
    found = its.values(outcome=outcome).returning(_ITS.callback_id)
    whose: str | None = await connection.scalar(found)
    return whose


async def _can_prove(connection: AsyncConnection, number: str) -> bool:
    asked = select(customers).where(customers.c.number == number)
    row = (await connection.execute(asked)).mappings().one_or_none()
    return row is not None and bool(customer_of(row).methods)


def _told(try_id: CallbackTryId, row: RowMapping, *, sealed: bool) -> Told:
    return Told(
        try_id=try_id,
        callback_id=CallbackId(row["id"]),
        number=row["caller_number"],
        earlier=CallId(row["call_id"]),
        asked_at=row["asked_at"],
        reason=row["reason"],
        topic=row["topic"],
        queued_at=row["queued_at"],
        state=CallbackState(row["state"]),
        outcome=None if row["outcome"] is None else TryOutcome(row["outcome"]),
        call_sid=CallSid(row["leg"]),
        sealed=sealed,
    )
