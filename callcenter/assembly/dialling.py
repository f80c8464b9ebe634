"""What may be rung at our cost, asked before each dial; a refusal raises an alarm."""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from callcenter.domain.destinations import (
    EXPLAINED,
    DialRules,
    Refusal,
    refusal,
    telephone_number,
)
from callcenter.domain.operators import Operator
from callcenter.errors import ConfigurationError
from callcenter.floor.ports import Clock
from callcenter.settings import Settings
from callcenter.telephony.numbering import facts_of, why_not

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

logger = structlog.get_logger()


def dial_rules(settings: Settings, of_file: Iterable[Operator]) -> DialRules:
    """The house's: its own number, and the countries that it may ring.

    Without DIAL_COUNTRIES these are the country of the house's number and those of the
    operators' file, which only whoever runs the server can write.
    """
    house = settings.twilio_phone_number
    countries = {one.strip().upper() for one in settings.dial_countries.split(",")}
    if not settings.dial_countries:
        known = [house, *(one.destination for one in of_file)]
        countries = {facts_of(one).country for one in known}
    return DialRules(frozenset({house} - {""}), frozenset(countries - {""}))


def check_destinations(operators: Iterable[Operator], rules: DialRules) -> None:
    """Raises ConfigurationError for operators whom nobody may ring."""
    found = [
        f"operator {one.name}: {one.destination} cannot be used: {EXPLAINED[why]}"
        for one in operators
        if (why := why_not(one.destination, rules)) is not None
    ]
    if found:
        raise ConfigurationError("\n".join(found))


@dataclass(slots=True)
class Limits:
    """How many dials there may be, and how many there were at all nodes, lately."""

    per_hour: int
    per_day: int
    hour: int = 0
    day: int = 0
    callbacks_hour: int = 0
    callbacks_day: int = 0
    """Calls back that were placed, counted apart by callcenter.assembly.spending."""
    minutes_per_day: float = float("inf")
    minutes: float = 0.0


@dataclass(slots=True)
class DialGuard:
    """One node's. `listed` is every destination of the directory."""

    rules: DialRules
    limits: Limits
    listed: Callable[[], Collection[str]]
    clock: Clock
    refused: Counter[Refusal] = field(default_factory=Counter)
    """Since the start; for metrics."""
    _rung: deque[datetime] = field(default_factory=deque)

    def __call__(self, operator: Operator, caller_number: str) -> Refusal | None:
        """Why this operator must not be rung now; None counts as a dial."""
        found = refusal(
            operator.destination,
            facts_of(operator.destination),
            self.rules,
            caller=caller_number,
            listed=operator.destination in self.listed(),
        )
        return self._judged(found, operator.name)

    def number(self, number: str) -> Refusal | None:
        """Why somebody who called must not be called back now; None counts as a dial.

        A SIP address is not called back: it may lead anywhere.
        """
        return self._judged(self.unfit(number), "a call back")

    def unfit(self, number: str) -> Refusal | None:
        """Why a number cannot be called back at any time; asking costs nothing."""
        if telephone_number(number) != number:
            return Refusal.NOT_A_DESTINATION
        return refusal(number, facts_of(number), self.rules)

    def _judged(self, found: Refusal | None, whom: str) -> Refusal | None:
        now = self.clock.now()
        if found is None and self._too_many(now):
            found = Refusal.TOO_MANY
        if found is None and self.limits.minutes >= self.limits.minutes_per_day:
            found = Refusal.TOO_LONG
        if found is None:
            self._rung.append(now)
            return None
        self.refused[found] += 1
        # Numbers stay in the database.
        logger.error(
            "alarm",
            alarm="dial_refused",
            operator=whom,
            refusal=str(found),
            reason=EXPLAINED[found],
            times=self.refused[found],
        )
        return found

    def _too_many(self, now: datetime) -> bool:
        """The database counts all nodes' dials, but late; memory only our own."""
        while self._rung and self._rung[0] <= now - DAY:
            self._rung.popleft()
        last_hour = sum(at > now - HOUR for at in self._rung)
        limits = self.limits
        return (
            max(limits.hour + limits.callbacks_hour, last_hour) >= limits.per_hour
            or max(limits.day + limits.callbacks_day, len(self._rung)) >= limits.per_day
        )
