"""The proof of who calls: the customer's seals, the caller's keys, the call's tries."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from callcenter.domain.verification import (
    LONGEST_PIN,
    Detail,
    Method,
    Verdict,
    fits,
    proves,
)
from callcenter.floor.ports import CallControl, Clock
from callcenter.storage.customers import Customers

KEY_SECONDS: Final = 12.0
"""For the first digit and between two; `#` ends it sooner."""


@dataclass(frozen=True, slots=True)
class CallIdentity:
    """One call's; callcenter.tools.identity says what it promises."""

    number: str
    control: CallControl
    customers: Customers
    clock: Clock

    @property
    def verified(self) -> bool:
        return self.control.standing.verified

    @property
    def tries_left(self) -> int:
        return self.control.standing.tries_left

    async def methods(self) -> Sequence[Method]:
        customer = await self.customers.find(self.number)
        return customer.methods if customer else ()

    async def by_pin(self) -> Verdict:
        customer = await self.customers.find(self.number)
        if customer is None or Method.PIN not in customer.methods:
            return Verdict.UNKNOWN
        if not self.tries_left:
            return Verdict.LOCKED
        digits = await self.control.collect_digits(LONGEST_PIN, KEY_SECONDS)
        if not digits:
            return Verdict.NOTHING
        return await self._judged(Method.PIN, partial(fits, customer.pin, digits))

    async def by_facts(self, told: Mapping[Detail, str]) -> Verdict:
        customer = await self.customers.find(self.number)
        if customer is None or Method.FACTS not in customer.methods:
            return Verdict.UNKNOWN
        return await self._judged(Method.FACTS, partial(proves, customer, told))

    async def _judged(self, method: Method, right: Callable[[], bool]) -> Verdict:
        """The try is taken before it is judged, so that none is free."""
        standing = self.control.standing
        if not standing.begin_try(method):
            return Verdict.LOCKED
        today = self.clock.now().date()
        mine = await self.customers.begin_try(self.number, today)
        if mine is None:
            return Verdict.LOCKED
        if not await asyncio.to_thread(right):
            return Verdict.WRONG
        await self.customers.succeeded(mine)
        standing.proved(method)
        return Verdict.PROVED
