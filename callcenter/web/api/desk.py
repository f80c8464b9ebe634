"""What the API needs, in one place; made by callcenter.assembly."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from callcenter.domain.operators import Operator
from callcenter.domain.problems import Problem
from callcenter.domain.roster import Roster
from callcenter.floor.ports import Clock
from callcenter.storage.api_keys import ApiKeys
from callcenter.storage.audit import Audit
from callcenter.storage.deliveries import Deliveries
from callcenter.storage.directory import Directory
from callcenter.storage.engine import Database
from callcenter.storage.erasure import Erased, Persons
from callcenter.storage.history import History
from callcenter.storage.schedule import AppointmentBook
from callcenter.storage.tickets import TicketBook
from callcenter.storage.webhooks import WebhookBook
from callcenter.wire.bus import Bus


class Rosters(Protocol):
    """See callcenter.tools.rosters."""

    @property
    def problems(self) -> tuple[Problem, ...]: ...

    def current(self) -> Roster: ...


@dataclass(frozen=True, slots=True)
class ApiRules:
    """What the settings say, as far as the API needs it."""

    recordings_dir: Path
    a_minute: int = 600
    """Requests of one key."""
    proxies: int = 0
    """Of our own before us: so many entries of X-Forwarded-For are believed."""
    private_webhooks: bool = False
    """Whether webhooks may lead into our own networks."""


@dataclass(frozen=True, slots=True)
class ApiDesk:
    """Stores, bus and clock, and what must be asked before something is changed."""

    database: Database
    history: History
    directory: Directory
    tickets: TicketBook
    book: AppointmentBook
    keys: ApiKeys
    hooks: WebhookBook
    deliveries: Deliveries
    audit: Audit
    rosters: Rosters
    bus: Bus
    clock: Clock
    rules: ApiRules
    read_operator: Callable[[Mapping[str, Any]], Operator]
    """Raises ValueError or ConfigurationError for who must not be rung."""
    persons: Persons
    forget: Callable[[str, str], Awaitable[Erased]]
    """Erase a number, for somebody. Raises CarrierError: then nothing was erased."""
    ready: Callable[[], Awaitable[Sequence[str]]]
    """Why no calls should be sent here."""
    warnings: Callable[[], Sequence[str]]
