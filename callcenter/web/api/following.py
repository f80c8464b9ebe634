"""Follow a call: its facts from the record first, then as they happen.

No gap and no double: the bus says that something happened, and the sequence says
whether something is missing; what is missing is read from the record.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any, Final

from callcenter.domain.events import CallEnded, Fact
from callcenter.domain.ids import CallId
from callcenter.storage.engine import Database
from callcenter.storage.summaries import facts_after
from callcenter.wire.bus import Bus
from callcenter.wire.facts import dump, load_lines, name_of

Plain = dict[str, Any]

ALL_CALLS: Final = "facts"
"""See callcenter.assembly.broadcast."""

END: Final = CallEnded.__name__

STORED_SECONDS: Final = 2.0
"""A fact is stored 50 ms after it happened; if not within this, the database is down
and what is known is told."""

LOOK_SECONDS: Final = 0.1
FIRST_LOOK_SECONDS: Final = 1.0
BEAT_SECONDS: Final = 15.0
"""Proxies cut what is silent for a minute; and the record is looked at as well."""


async def follow(
    database: Database, bus: Bus, call_id: CallId, after: int
) -> AsyncIterator[Plain | None]:
    """Facts of one call, until it has ended; None for each beat without any.

    Raises StorageError when the record cannot be read.
    """
    async with bus.subscribe(f"{ALL_CALLS}:{call_id}") as told:
        told_now = aiter(told)
        last, wait_s = after, FIRST_LOOK_SECONDS
        missed: Sequence[Plain] = await facts_after(database, call_id, last)
        while True:
            for fact in missed:
                last = fact["sequence"]
                yield fact
            if any(fact["kind"] == END for fact in missed):
                return
            news = await _next(told_now, wait_s)
            if news is None:
                missed = await facts_after(database, call_id, last)
                if not missed:
                    yield None
                wait_s = BEAT_SECONDS
            else:
                fresh = [plain_of(one) for one in load_lines(news)]
                fresh = [one for one in fresh if one["sequence"] > last]
                missed = await _without_gap(database, call_id, last, fresh)


async def follow_all(bus: Bus) -> AsyncIterator[Plain | None]:
    """Facts of all calls from now on; None for each beat without any."""
    async with bus.subscribe(ALL_CALLS) as told:
        told_now = aiter(told)
        while True:
            news = await _next(told_now, BEAT_SECONDS)
            if news is None:
                yield None
            else:
                for fact in load_lines(news):
                    yield plain_of(fact)


def plain_of(fact: Fact) -> Plain:
    """As the record would give it."""
    return {
        "call_id": fact.call_id,
        "sequence": fact.sequence,
        "at": fact.at.isoformat(),
        "kind": name_of(fact.event),
        "data": dump(fact.event),
    }


async def _next(told: AsyncIterator[bytes], wait_s: float) -> bytes | None:
    with suppress(TimeoutError):
        async with asyncio.timeout(wait_s):
            return await anext(told)
    return None


async def _without_gap(
    database: Database, call_id: CallId, last: int, fresh: Sequence[Plain]
) -> Sequence[Plain]:
    """What was told, and what must have happened before it."""
    expected = range(last + 1, last + 1 + len(fresh))
    if [one["sequence"] for one in fresh] == list(expected):
        return fresh
    newest = max(one["sequence"] for one in fresh) if fresh else last
    with suppress(TimeoutError):
        async with asyncio.timeout(STORED_SECONDS):
            while True:
                stored = await facts_after(database, call_id, last)
                if not fresh or any(one["sequence"] >= newest for one in stored):
                    return stored
                await asyncio.sleep(LOOK_SECONDS)
    return sorted(fresh, key=lambda one: one["sequence"])
