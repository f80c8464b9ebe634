"""What the console's pages about people need: who is forgotten, dialled, and shown."""

from collections.abc import Awaitable, Callable

from callcenter.assembly.retention import carrier_recordings
from callcenter.floor.ports import Clock
from callcenter.settings import Settings
from callcenter.storage.engine import Database
from callcenter.storage.erasure import Erased, Persons
from callcenter.web.console.office import Office
from callcenter.wire.links import Links


def office(
    settings: Settings, database: Database, clock: Clock, links: Links
) -> Office:
    """Of a node with these settings."""
    persons = Persons(database, settings.recordings_dir)
    possible = settings.public_base and settings.twilio_phone_number
    return Office(
        persons=persons,
        forget=_forget(settings, persons, clock),
        dials=bool(settings.dial_callbacks and possible),
        feed=lambda resource: links.feed(resource) if links.base else "",
    )


def _forget(
    settings: Settings, persons: Persons, clock: Clock
) -> Callable[[str, str], Awaitable[Erased]]:
    async def forget(number: str, by: str) -> Erased:
        known = await persons.known(number)
        if known.audio:  # first: afterwards nobody would know where it is
            async with carrier_recordings(settings) as audio:
                for sid in known.audio:
                    await audio.delete(sid)
        return await persons.erase(number, by=by, now=clock.now())

    return forget
