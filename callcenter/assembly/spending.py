"""The house's purse: when the agents have cost too much, new calls do without them."""

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

import structlog

from callcenter.assembly.dialling import DAY, HOUR, DialGuard
from callcenter.domain import events as e
from callcenter.errors import StorageError
from callcenter.floor.ports import Clock
from callcenter.settings import Settings
from callcenter.storage.engine import Database
from callcenter.storage.spending import Spent, spent

REFRESH_SECONDS: Final = 1.0
"""So late a node knows what the others spend, at most."""

MINUTE: Final = timedelta(minutes=1)
"""How finely a node remembers its own costs."""

logger = structlog.get_logger()


class Purse:
    """One node's. The database counts all nodes, a second late; memory only our own."""

    def __init__(
        self, settings: Settings, database: Database, guard: DialGuard, clock: Clock
    ) -> None:
        self._per_hour = settings.max_cost_per_hour_usd
        self._per_day = settings.max_cost_per_day_usd
        self._database = database
        self._guard = guard
        self._clock = clock
        self._ours: defaultdict[datetime, float] = defaultdict(float)
        self._known = Spent()
        self._alarmed = False

    def see(self, fact: e.Fact) -> None:
        """A watcher of facts: the model was paid."""
        if isinstance(fact.event, e.ModelUsed):
            minute = fact.at.replace(second=0, microsecond=0)
            self._ours[minute] += fact.event.cost_usd

    def empty(self) -> str:
        """Why no new call may cost anything; empty: it may. Raises the alarm."""
        hour, day = self._spent()
        found = ""
        if hour >= self._per_hour:
            found = f"the agents cost {hour:.2f} USD in an hour: MAX_COST_PER_HOUR_USD"
        elif day >= self._per_day:
            found = f"the agents cost {day:.2f} USD in a day: MAX_COST_PER_DAY_USD"
        if found and not self._alarmed:
            logger.error("alarm", alarm="cost_limit", reason=found)
        self._alarmed = bool(found)
        return found

    async def refresh(self) -> None:
        """Ask the database. Raises StorageError; then what was known stands."""
        self._known = await spent(self._database, self._clock.now())
        limits = self._guard.limits
        limits.callbacks_hour = self._known.callbacks_hour
        limits.callbacks_day = self._known.callbacks_day
        limits.minutes = self._known.dialled_minutes_day
        self.empty()  # the alarm does not wait for a caller

    async def run(self) -> None:
        """Refresh it every second, until cancelled."""
        failing = False
        while True:
            try:
                await self.refresh()
            except StorageError as error:
                if not failing:
                    logger.warning("spending_not_refreshed", reason=str(error))
                failing = True
            else:
                failing = False
            await asyncio.sleep(REFRESH_SECONDS)

    def _spent(self) -> tuple[float, float]:
        now = self._clock.now()
        for minute in [one for one in self._ours if one <= now - DAY - MINUTE]:
            del self._ours[minute]
        ours_hour = sum(usd for at, usd in self._ours.items() if at > now - HOUR)
        ours_day = sum(self._ours.values())
        return max(self._known.usd_hour, ours_hour), max(self._known.usd_day, ours_day)
