"""The appointment book of a node: the house it belongs to, its texts and its links."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final

import structlog
from quart import Blueprint, Quart

from callcenter.assembly.errands import Errands
from callcenter.assembly.redaction import hiding
from callcenter.domain.house import House
from callcenter.domain.texting import TextRules
from callcenter.errors import ConfigurationError
from callcenter.floor.ports import Clock
from callcenter.settings import Settings
from callcenter.storage import house as tables
from callcenter.storage.engine import Database
from callcenter.storage.house_file import load_house
from callcenter.storage.schedule import AppointmentBook
from callcenter.storage.sessions import kept_key
from callcenter.storage.texts import TextBook
from callcenter.telephony.texts import TwilioTexts
from callcenter.web.calendar import calendar
from callcenter.wire.letters import Letters
from callcenter.wire.links import Links

NO_TEXTS: Final = "TWILIO_PHONE_NUMBER is not set: nobody can be texted."

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Appointments:
    """What a node needs to keep appointments."""

    book: AppointmentBook
    routes: Blueprint
    house: House
    written: bool
    """Whether the house comes from a file, which then decides."""
    database: Database
    links: Links

    async def prepare(self) -> None:
        """Make the database know the house. Raises StorageError."""
        if not self.links.secret:
            self.links.secret = await kept_key(self.database)
        if self.written:
            await tables.apply(self.database, self.house)
        else:
            await tables.seed(self.database, self.house)


def links_of(settings: Settings) -> Links:
    """Links that begin with PUBLIC_URL; without SECRET_KEY, their secret is to come."""
    known = "secret_key" in settings.model_fields_set
    secret = settings.secret_key.get_secret_value() if known else ""
    return Links(secret, settings.public_base)


def appointments(settings: Settings, database: Database, clock: Clock) -> Appointments:
    """The book, before anything is in it. Raises ConfigurationError."""
    written = load_house(settings.house_file)
    if written is None and "house_file" in settings.model_fields_set:
        raise ConfigurationError(f"There is no {settings.house_file} (HOUSE_FILE).")
    house = written or tables.FJORD_CYCLES
    rules = TextRules(
        time(settings.reminder_hour),
        timedelta(minutes=settings.waiting_hold_minutes),
        possible=bool(settings.twilio_phone_number),
    )
    hide = hiding(settings)
    book = AppointmentBook(database, house, rules=rules, now=clock.now, hide=hide)
    links = links_of(settings)
    return Appointments(
        book,
        calendar(book, house, links, clock.now),
        house,
        written is not None,
        database,
        links,
    )


@asynccontextmanager
async def running_errands(
    settings: Settings, kept: Appointments, clock: Clock, app: Quart
) -> AsyncIterator[None]:
    """Have calendars shown, texts sent and free times offered while the block lasts."""
    app.register_blueprint(kept.routes)
    if not settings.twilio_phone_number:
        logger.info("no_texts", reason=NO_TEXTS)
        yield
        return
    async with AsyncExitStack() as doors, asyncio.TaskGroup() as tasks:
        post = await doors.enter_async_context(_twilio(settings))
        letters = Letters(
            kept.house.name,
            kept.house.zone,
            settings.twilio_phone_number,
            kept.links,
        )
        errands = Errands(
            kept.book,
            TextBook(kept.database, kept.house.zone),
            letters=letters,
            post=post,
            clock=clock,
        )
        working = tasks.create_task(errands.run())
        try:
            yield
        finally:
            working.cancel()


def _twilio(settings: Settings) -> TwilioTexts:
    return TwilioTexts(
        settings.twilio_account_sid,
        settings.twilio_auth_token.get_secret_value(),
        settings.twilio_phone_number,
        settings.twilio_api_url,
    )
