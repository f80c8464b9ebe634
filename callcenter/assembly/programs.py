"""What a node does for other programs: the API, and telling them of calls."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from callcenter.assembly.appointments import Appointments
from callcenter.assembly.dialling import check_destinations, dial_rules
from callcenter.assembly.forgetting import forgetting
from callcenter.assembly.measuring import measuring
from callcenter.assembly.parts import Node
from callcenter.assembly.readiness import Readiness
from callcenter.assembly.redaction import hiding
from callcenter.assembly.webhooks import Post, Postman
from callcenter.domain.operators import Operator
from callcenter.floor.ports import Clock
from callcenter.settings import Settings
from callcenter.storage.api_keys import ApiKeys
from callcenter.storage.audit import Audit
from callcenter.storage.deliveries import Deliveries
from callcenter.storage.directory import Directory
from callcenter.storage.engine import Database
from callcenter.storage.erasure import Persons
from callcenter.storage.history import History
from callcenter.storage.tickets import TicketBook
from callcenter.storage.webhooks import WebhookBook
from callcenter.telephony.operators_file import load_operators, read_operator
from callcenter.web.api.app import install
from callcenter.web.api.desk import ApiDesk, ApiRules


@asynccontextmanager
async def programs(
    node: Node, database: Database, clock: Clock, kept: Appointments
) -> AsyncIterator[None]:
    """Serve programs while the block lasts."""
    desk = _desk(node, database, clock, kept)
    install(node.app, desk)
    watchers = node.floor.house.watchers
    async with (
        measuring(node, desk, watchers),
        httpx.AsyncClient(trust_env=False) as http,
        asyncio.TaskGroup() as tasks,
    ):
        post = Post(http, clock, private=desk.rules.private_webhooks)
        postman = Postman(desk.hooks, desk.deliveries, post, clock)
        working = tasks.create_task(postman.run())
        try:
            yield
        finally:
            working.cancel()


def _desk(node: Node, database: Database, clock: Clock, kept: Appointments) -> ApiDesk:
    settings = node.settings
    return ApiDesk(
        database=database,
        history=History(database),
        directory=Directory(database),
        tickets=TicketBook(database, now=clock.now, hide=hiding(settings)),
        book=kept.book,
        keys=ApiKeys(database, clock.now),
        hooks=WebhookBook(database, clock.now),
        deliveries=Deliveries(database, clock.now),
        audit=Audit(database, clock.now),
        rosters=node.rosters,
        bus=node.bus,
        clock=clock,
        rules=ApiRules(
            recordings_dir=settings.recordings_dir,
            a_minute=settings.api_requests_per_minute,
            proxies=settings.proxies,
            private_webhooks=settings.webhook_private_addresses,
        ),
        read_operator=lambda entry: _operator(entry, settings),
        persons=Persons(database, settings.recordings_dir),
        forget=forgetting(settings, database, clock),
        ready=Readiness(node.not_ready, database.check, clock),
        warnings=node.warnings,
    )


def _operator(entry: Mapping[str, Any], settings: Settings) -> Operator:
    """Raises ValueError or ConfigurationError for who must not be rung."""
    operator = read_operator(entry, 1)
    of_file = load_operators(settings.operators_file)
    check_destinations([operator], dial_rules(settings, of_file))
    return operator
