"""What the pages about the house itself need: operators, agents, and the system.

Made by callcenter.assembly.house_desk; pages find it with `house_of(desk)`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

from callcenter.domain.operators import Operator
from callcenter.domain.problems import Problem
from callcenter.domain.roster import Roster
from callcenter.web.console.desk import ConsoleDesk

KEY: Final = "house"


class Cards(Protocol):
    """See callcenter.tools.rosters."""

    @property
    def problems(self) -> Sequence[Problem]: ...

    def current(self) -> Roster: ...

    def descriptions(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must work, how it does, and what to do if it does not."""

    name: str
    level: str
    """ok, warn or bad."""
    says: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of something is used."""

    name: str
    used: float
    most: float
    """0: there is no limit."""
    unit: str
    """calls, usd, bytes … for people."""
    setting: str = ""
    """Where the limit is set."""

    @property
    def share(self) -> float:
        """Of the limit; 0 when there is none."""
        return min(1.0, self.used / self.most) if self.most else 0.0


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """A setting, fit to be seen: of a secret, only whether it is set."""

    name: str
    value: str
    changed: bool
    """Whether it is not as it comes."""
    secret: bool


@dataclass(frozen=True, slots=True)
class HouseDesk:
    """How the house is, and who may be rung."""

    read_operator: Callable[[Mapping[str, Any]], Operator]
    """An entry as operators.toml has it. Raises ValueError or ConfigurationError for
    who must not be rung, with a sentence."""
    cards: Cards
    health: Callable[[], Awaitable[Sequence[Check]]]
    usage: Callable[[], Awaitable[Sequence[Usage]]]
    settings: Sequence[ShownSetting]
    private_webhooks: bool


def house_of(desk: ConsoleDesk) -> HouseDesk:
    """What callcenter.assembly put there."""
    return cast("HouseDesk", desk.more[KEY])
