"""A node, as far as what it does for other programs needs to know it."""

from typing import Protocol

from quart import Quart

from callcenter.assembly.model_health import ModelHealth
from callcenter.floor.floor import Floor
from callcenter.settings import Settings
from callcenter.storage.ledger import Ledger
from callcenter.tools.rosters import Rosters
from callcenter.wire.bus import Bus


class Node(Protocol):
    """See callcenter.assembly.node."""

    app: Quart
    floor: Floor
    ledger: Ledger
    rosters: Rosters
    settings: Settings
    bus: Bus
    model: ModelHealth

    def not_ready(self) -> list[str]: ...

    def warnings(self) -> list[str]: ...
