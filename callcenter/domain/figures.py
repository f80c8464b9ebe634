"""The figures of a day, and what each of them means.

A call counts on the day on which it began, in the house's zone. Calls that the house
knows to be spam are left out everywhere but in the number of calls.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from callcenter.domain.outcomes import Disposition

WEEK: Final = timedelta(days=7)

NOT_HANDLED: Final = frozenset({Disposition.ABANDONED, Disposition.SPAM})
"""Nobody did anything for these callers."""


@dataclass(frozen=True, slots=True)
class Group:
    """Calls that are alike."""

    disposition: Disposition | None
    """None: they still go on."""
    escalated: bool
    calls: int
    seconds: int = 0
    cost_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Waits:
    """Callers who needed a person, and how long they waited for one."""

    needed: int = 0
    answered: int = 0
    answered_in_time: int = 0
    answered_wait_s: float = 0.0
    """All their waits together."""
    pending: int = 0
    """Neither answered nor given up, and still within the goal: nobody knows yet."""
    outcomes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Day:
    """One day, up to some moment of it."""

    groups: tuple[Group, ...] = ()
    waits: Waits = Waits()

    @property
    def calls(self) -> int:
        """Calls that began."""
        return sum(one.calls for one in self.groups)

    @property
    def ended(self) -> int:
        """Calls that are over, without spam."""
        return sum(one.calls for one in self._over())

    @property
    def abandonment(self) -> float | None:
        """Share of ended calls whose callers hung up before anything was done."""
        return _share(self._with(Disposition.ABANDONED), self.ended)

    @property
    def containment(self) -> float | None:
        """Share of ended calls that were resolved without asking for an operator."""
        contained = sum(
            one.calls
            for one in self._over()
            if one.disposition is Disposition.RESOLVED and not one.escalated
        )
        return _share(contained, self.ended)

    @property
    def handle_time_s(self) -> float | None:
        """Mean length of handled calls, from the first ring's answer to the end."""
        handled = [one for one in self._over() if one.disposition not in NOT_HANDLED]
        calls = sum(one.calls for one in handled)
        return _share(sum(one.seconds for one in handled), calls)

    @property
    def service_level(self) -> float | None:
        """Share of callers in need of a person who reached one within the goal."""
        waits = self.waits
        return _share(waits.answered_in_time, waits.needed - waits.pending)

    @property
    def speed_of_answer_s(self) -> float | None:
        """Mean wait of those who reached a person, from the decision to the person."""
        return _share(self.waits.answered_wait_s, self.waits.answered)

    @property
    def cost_usd(self) -> float:
        """What the model cost."""
        return sum(one.cost_usd for one in self.groups)

    @property
    def escalated(self) -> int:
        """Calls in which an operator was asked for."""
        return sum(one.calls for one in self.groups if one.escalated)

    def _over(self) -> list[Group]:
        spam = {None, Disposition.SPAM}
        return [one for one in self.groups if one.disposition not in spam]

    def _with(self, disposition: Disposition) -> int:
        return sum(one.calls for one in self.groups if one.disposition is disposition)


NO_DAY: Final = Day()


@dataclass(frozen=True, slots=True)
class Span:
    """From and to, the end excluded."""

    begins: datetime
    ends: datetime


def today(now: datetime, zone: ZoneInfo) -> Span:
    """From midnight in the zone until now."""
    local = now.astimezone(zone)
    return Span(datetime.combine(local.date(), time(), zone), local)


def week_before(now: datetime, zone: ZoneInfo) -> Span:
    """The same weekday last week, up to the same time of day by the clock."""
    local = now.astimezone(zone)
    day = local.date() - WEEK
    return Span(
        datetime.combine(day, time(), zone), datetime.combine(day, local.time(), zone)
    )


def _share(part: float, whole: float) -> float | None:
    """None: there is nothing to have a share of."""
    return part / whole if whole else None
