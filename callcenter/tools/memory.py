"""What was asked for a moment ago need not be asked for again."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from callcenter.errors import ToolFailed

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Kept(Generic[Value]):
    """An answer, and when it was given."""

    value: Value
    at_s: float


@dataclass(slots=True)
class _Flight(Generic[Value]):
    """A question on its way; whoever has the same one waits for its answer."""

    landed: asyncio.Event = field(default_factory=asyncio.Event)
    kept: Kept[Value] | None = None
    error: ToolFailed | None = None


class Memory(Generic[Key, Value]):
    """The latest answers, `most` of them; the one that was used longest ago goes first.

    One question is asked once at a time. Failures are shared by those who wait for
    them, and not kept.
    """

    def __init__(self, most: int, seconds: Callable[[], float]) -> None:
        self._most = most
        self._seconds = seconds
        self._kept: OrderedDict[Key, Kept[Value]] = OrderedDict()
        self._flights: dict[Key, _Flight[Value]] = {}

    async def get(
        self,
        key: Key,
        ask: Callable[[], Awaitable[Value]],
        *,
        fresh_s: float,
        stale_s: float = 0.0,
    ) -> tuple[Value, float]:
        """An answer and its age in seconds.

        One that is older than `fresh_s` is asked for anew; when that fails, it must
        do if it is not older than `stale_s`. Raises the ToolFailed of `ask`.
        """
        while True:
            kept = self._kept.get(key)
            if kept is not None and self._age_s(kept) <= fresh_s:
                break
            flight = self._flights.get(key)
            if flight is None:
                flight = await self._fly(key, ask)
            else:
                await flight.landed.wait()
            if flight.error is not None:
                if kept is None or self._age_s(kept) > stale_s:
                    raise flight.error
                break
            if flight.kept is not None:
                kept = flight.kept
                break
            # Whoever asked has gone before the answer: now it is our question.
        if key in self._kept:
            self._kept.move_to_end(key)
        return kept.value, self._age_s(kept)

    async def _fly(
        self, key: Key, ask: Callable[[], Awaitable[Value]]
    ) -> _Flight[Value]:
        flight: _Flight[Value] = _Flight()
        self._flights[key] = flight
        try:
            flight.kept = Kept(await ask(), self._seconds())
            self._keep(key, flight.kept)
        except ToolFailed as error:
            flight.error = error
        finally:
            del self._flights[key]
            flight.landed.set()
        return flight

    def _keep(self, key: Key, kept: Kept[Value]) -> None:
        self._kept[key] = kept
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def _age_s(self, kept: Kept[Value]) -> float:
        return self._seconds() - kept.at_s
