"""What the console's pages about people need: who is forgotten, dialled, and shown."""

from callcenter.assembly.forgetting import forgetting
from callcenter.assembly.redaction import hiding
from callcenter.floor.ports import Clock
from callcenter.settings import Settings
from callcenter.storage.engine import Database
from callcenter.storage.erasure import Persons
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
        forget=forgetting(settings, database, clock),
        hide=hiding(settings),
        dials=bool(settings.dial_callbacks and possible),
        feed=lambda resource: links.feed(resource) if links.base else "",
    )
