"""What the console's pages about the house itself need, and what is kept for them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from callcenter.assembly.dialling import check_destinations, dial_rules
from callcenter.assembly.house_state import HouseState
from callcenter.assembly.keeping_watch import KeepingWatch
from callcenter.assembly.parts import Node
from callcenter.assembly.shown_settings import shown_settings
from callcenter.domain.operators import Operator
from callcenter.floor.ports import Clock
from callcenter.settings import Settings
from callcenter.storage.engine import Database
from callcenter.telephony.operators_file import load_operators, read_operator
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.house_desk import KEY, HouseDesk


@asynccontextmanager
async def house_desk(
    node: Node, database: Database, clock: Clock, desk: ConsoleDesk
) -> AsyncIterator[None]:
    """While inside, the house is watched, and its pages find what they need."""
    watch = KeepingWatch(node, database, clock, desk.rules.node)
    state = HouseState(node, database, clock, watch)
    desk.more[KEY] = HouseDesk(
        read_operator=lambda entry: read_new(entry, node.settings),
        cards=node.rosters,
        health=state.health,
        usage=state.usage,
        settings=shown_settings(node.settings),
        private_webhooks=node.settings.webhook_private_addresses,
    )
    watchers = node.floor.house.watchers
    watchers.append(watch.see)
    async with asyncio.TaskGroup() as tasks:
        working = tasks.create_task(watch.run())
        try:
            yield
        finally:
            watchers.remove(watch.see)
            working.cancel()


def read_new(entry: Mapping[str, Any], settings: Settings) -> Operator:
    """As `callcenter operators add` reads it: with the same checks and sentences.

    Raises ValueError or ConfigurationError for who must not be rung.
    """
    operator = read_operator(entry, 1)
    of_file = load_operators(settings.operators_file)
    check_destinations([operator], dial_rules(settings, of_file))
    return operator
