"""Retention at work: what has had its time is purged, all the while a node runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog

from callcenter.assembly.recordings import recordings
from callcenter.domain.retention import Retention
from callcenter.errors import StorageError
from callcenter.floor.ports import Clock
from callcenter.settings import Settings
from callcenter.storage.engine import Database
from callcenter.storage.recordings import Recordings
from callcenter.storage.retention import Purge
from callcenter.telephony.recordings import TwilioRecordings

ROUND_S: Final = 60 * 60.0
"""Between looks; a day is the smallest unit of the settings."""

BREATH_S: Final = 1.0
"""Between batches of twenty calls."""

FIRST_S: Final = 60.0
"""After the start: a node that has just come has calls to take up."""

logger = structlog.get_logger()


def retention(settings: Settings) -> Retention:
    """How long what is kept."""
    return Retention(
        transcripts=settings.retention_transcript_days,
        tools=settings.retention_tool_days,
        numbers=settings.retention_number_days,
        voicemails=settings.retention_voicemail_days,
        calls=settings.retention_call_days,
    )


def carrier_recordings(settings: Settings) -> TwilioRecordings:
    """Where spoken messages are kept."""
    return TwilioRecordings(
        settings.twilio_account_sid,
        settings.twilio_auth_token.get_secret_value(),
        settings.twilio_api_url,
    )


@asynccontextmanager
async def purge(settings: Settings, database: Database) -> AsyncIterator[Purge]:
    """Purges as the settings say."""
    async with carrier_recordings(settings) as audio:
        yield Purge(
            database, retention(settings), audio.delete, settings.recordings_dir
        )


@asynccontextmanager
async def retaining(
    settings: Settings, database: Database, clock: Clock
) -> AsyncIterator[None]:
    """Purge in the background, if there is anything that has a time."""
    if retention(settings) == Retention():
        yield
        return
    async with purge(settings, database) as purging, asyncio.TaskGroup() as tasks:
        working = tasks.create_task(_purge(purging, clock))
        try:
            yield
        finally:
            working.cancel()


@asynccontextmanager
async def records(
    settings: Settings, database: Database, clock: Clock
) -> AsyncIterator[Recordings]:
    """The folder of recordings; and all that is kept goes when its time is up."""
    async with (
        retaining(settings, database, clock),
        recordings(settings, clock) as recorded,
    ):
        yield recorded


async def _purge(purging: Purge, clock: Clock) -> None:
    await asyncio.sleep(FIRST_S)
    while True:
        try:
            await purging.run(clock.now(), breath_s=BREATH_S)
        except StorageError as error:
            logger.warning("not_purged", reason=str(error))
        await asyncio.sleep(ROUND_S)
