"""Operators: the human beings who take escalated calls, and who of them fits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from callcenter.domain.hours import Hours

GENERAL: Final = "general"
"""The skill of somebody who takes any topic."""


@dataclass(frozen=True, slots=True)
class Operator:
    """A person, and the one way to ring them: E.164, `sip:…` or `client:…`."""

    name: str
    destination: str
    skills: frozenset[str] = frozenset({GENERAL})
    hours: Hours | None = None
    """None: always at work."""
    priority: int = 1

    def fits(self, topic: str) -> bool:
        return topic in self.skills or GENERAL in self.skills

    def at_work(self, at: datetime) -> bool:
        return self.hours is None or self.hours.include(at)


def choose(operators: Iterable[Operator], topic: str, at: datetime) -> list[Operator]:
    """Those to ring, in order: who knows the topic first, then by priority.

    Whoever has the very skill goes before whoever takes anything; equals keep the
    order of the list.
    """
    fitting = [one for one in operators if one.fits(topic) and one.at_work(at)]
    return sorted(fitting, key=lambda one: (topic not in one.skills, one.priority))
