"""The console of a node: what its pages need, and what runs for them."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from os import getpid
from typing import Final

from quart import Quart

from callcenter.assembly.appointments import Appointments
from callcenter.assembly.broadcast import broadcasting
from callcenter.assembly.clock import SystemClock
from callcenter.assembly.doors import company
from callcenter.assembly.house_desk import house_desk
from callcenter.assembly.office import office
from callcenter.assembly.parts import Node
from callcenter.assembly.readiness import Readiness
from callcenter.assembly.supervision import supervising
from callcenter.errors import StorageError
from callcenter.floor.ports import Clock
from callcenter.settings import Settings
from callcenter.storage.audit import Audit
from callcenter.storage.engine import Database
from callcenter.storage.people import FIRST_NAME, People
from callcenter.storage.sessions import Limits, Sessions
from callcenter.telephony.sounds import TwilioSounds
from callcenter.web.console.app import install
from callcenter.web.console.desk import ConsoleDesk, ConsoleRules
from callcenter.web.console.live import Live
from callcenter.web.console.office import OFFICE

RETRY_SECONDS: Final = 5.0
"""Between tries to read the key from a database that is down."""


@asynccontextmanager
async def console(
    node: Node, database: Database, clock: Clock, kept: Appointments
) -> AsyncIterator[None]:
    """Put the console into the node's application, and run what it needs."""
    desk = _desk(node, database, clock, kept)
    install(node.app, desk)
    keys = Keys(node.settings, node.app, desk)
    async with (
        broadcasting(node.bus, node.floor.house.watchers),
        house_desk(node, database, clock, desk),
        supervising(node.app, node.floor, node.bus, node.settings),
        asyncio.TaskGroup() as tasks,
    ):
        working = [tasks.create_task(desk.live.run())]
        if not await keys.turned():
            working.append(tasks.create_task(keys.turn()))
        try:
            yield
        finally:
            for task in working:
                task.cancel()


def _desk(
    node: Node, database: Database, clock: Clock, kept: Appointments
) -> ConsoleDesk:
    settings, zone = node.settings, kept.house.zone
    limits = Limits(
        idle=timedelta(minutes=settings.console_idle_minutes),
        longest=timedelta(hours=settings.console_session_hours),
    )
    return ConsoleDesk(
        database=database,
        people=People(database, clock.now),
        sessions=Sessions(database, clock.now, limits),
        audit=Audit(database, clock.now),
        floor=node.floor,
        bus=node.bus,
        clock=clock,
        live=Live(database, node.bus, clock, zone, settings.answer_goal_seconds),
        rules=ConsoleRules(
            public_base=settings.public_base,
            proxies=settings.proxies,
            node=f"{socket.gethostname()}:{getpid()}",
            house_zone=zone.key,
            answer_goal_s=settings.answer_goal_seconds,
            spend_limit_usd=settings.max_cost_per_day_usd,
            trouble=lambda: node.model.trouble,
        ),
        schedule=kept.book,
        house=kept.house,
        sound=TwilioSounds(
            settings.twilio_account_sid,
            settings.twilio_auth_token.get_secret_value(),
            settings.twilio_api_url,
        ).fetch,
        company=company(settings, clock),
        ready=Readiness(node.not_ready, database.check, clock),
        warnings=node.warnings,
        more={OFFICE: office(settings, database, clock, kept.links)},
    )


class Keys:
    """What the console's doors need of the database, as soon as it is there."""

    def __init__(self, settings: Settings, app: Quart, desk: ConsoleDesk) -> None:
        self._settings = settings
        self._app = app
        self._desk = desk
        self._hash = settings.console_password_hash.get_secret_value()
        app.secret_key = settings.secret_key.get_secret_value()

    async def turned(self) -> bool:
        """Whether the database could be asked."""
        try:
            if "secret_key" not in self._settings.model_fields_set:
                self._app.secret_key = await self._desk.sessions.kept_key()
            if self._hash:
                await self._desk.people.seed(self._hash)
        except StorageError:
            return False
        return True

    async def turn(self) -> None:
        """Try until it could."""
        while True:
            await asyncio.sleep(RETRY_SECONDS)
            if await self.turned():
                return


async def first_words(settings: Settings, address: str) -> list[str]:
    """Where the console is; and the first person's password, once and never again."""
    said = [f"The console: {address}/console"]
    database = Database.open(settings.database_url)
    try:
        password = await People(database, SystemClock().now).first_password()
    except StorageError as error:
        return [*said, f"Nobody can sign in yet: {error}"]
    finally:
        await database.close()
    if password:
        said.append(f"Sign in as {FIRST_NAME!r} with the password {password!r}.")
        said.append("It is not shown again: callcenter users set-password admin")
    return said
