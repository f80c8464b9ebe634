"""Erasing a person at the order of somebody: at the carrier first, then here."""

from collections.abc import Awaitable, Callable
from typing import Final

from callcenter.assembly.retention import carrier_recordings
from callcenter.domain.pseudonyms import sealed
from callcenter.floor.ports import Clock
from callcenter.settings import Settings
from callcenter.storage.audit import Audit
from callcenter.storage.engine import Database
from callcenter.storage.erasure import Erased, Persons

ACT: Final = "person.erase"


def forgetting(
    settings: Settings, database: Database, clock: Clock
) -> Callable[[str, str], Awaitable[Erased]]:
    """Erases a number, for somebody; the audit then has who did, and a hash of whom.

    Raises CarrierError, and then nothing was erased; and StorageError.
    """
    persons = Persons(database, settings.recordings_dir)
    audit = Audit(database, clock.now)

    async def forget(number: str, by: str) -> Erased:
        known = await persons.known(number)
        if known.audio:  # first: afterwards nobody would know where it is
            async with carrier_recordings(settings) as audio:
                for sid in known.audio:
                    await audio.delete(sid)
        erased = await persons.erase(number, by=by, now=clock.now())
        counts = ", ".join(f"{name} {some}" for name, some in erased.counts.items())
        await audit.note(by, ACT, sealed(number), counts or "nothing was known")
        return erased

    return forget
