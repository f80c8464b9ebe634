"""What the pages of the console need, in one place; made by callcenter.assembly."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from callcenter.domain.house import House
from callcenter.floor.floor import Floor
from callcenter.floor.ports import Clock
from callcenter.storage.audit import Audit
from callcenter.storage.engine import Database
from callcenter.storage.people import People
from callcenter.storage.schedule import AppointmentBook
from callcenter.storage.sessions import Sessions
from callcenter.web.console.live import Live
from callcenter.web.oidc import Company
from callcenter.wire.bus import Bus


@dataclass(frozen=True, slots=True)
class ConsoleRules:
    """What the settings say, as far as pages need it."""

    public_base: str = ""
    """Where Twilio and people reach us; empty: this machine only."""
    proxies: int = 0
    """How many proxies of our own stand before us."""
    node: str = ""
    """This process, for people."""
    house_zone: str = "UTC"
    """Where a day begins."""
    answer_goal_s: int = 20
    """Service level: answered within so many seconds."""
    spend_limit_usd: float = 0.0
    """Of a day; 0: there is none."""

    trouble: Callable[[], str] = str
    """Why the model cannot be used; empty when it can."""

    @property
    def https(self) -> bool:
        return self.public_base.startswith("https://")


@dataclass(frozen=True, slots=True)
class ConsoleDesk:
    """Stores, floor, bus and clock. A page makes the stores of its own of `database`.

    `more` is for what a page needs beyond this: put it there in callcenter.assembly.
    """

    database: Database
    people: People
    sessions: Sessions
    audit: Audit
    floor: Floor
    bus: Bus
    clock: Clock
    live: Live
    rules: ConsoleRules
    schedule: AppointmentBook
    house: House
    sound: Callable[[str], Awaitable[bytes]]
    """A recording that the carrier keeps, as WAV. Raises CarrierError."""
    company: Company | None
    """Who vouches for people; None: they have passwords here."""
    ready: Callable[[], Awaitable[Sequence[str]]]
    warnings: Callable[[], Sequence[str]]
    more: dict[str, Any] = field(default_factory=dict)
