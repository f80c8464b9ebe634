"""Taking something out of a call's record, and building the rest again from it.

What people see is a projection of the record: taking it out there takes it out
everywhere, the index of words included.
"""

from collections.abc import Iterable
from pathlib import Path

import structlog
from sqlalchemy import delete, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain import voicemail as v
from callcenter.domain.ids import CallId, RecordingSid
from callcenter.domain.retention import Kind, without
from callcenter.storage import tables as t
from callcenter.storage.api_tables import webhook_deliveries
from callcenter.storage.callback_tables import callbacks
from callcenter.storage.record import facts_of, rebuild
from callcenter.storage.record_tables import call_figures
from callcenter.storage.wrap_up_tables import wrap_ups
from callcenter.wire.facts import UnknownFact, dump

_log = structlog.get_logger(__name__)


async def scrub(
    connection: AsyncConnection, call_id: CallId, kinds: Iterable[Kind]
) -> bool:
    """Take these kinds of content out of one call. Harmless when it is done already.

    False: the record cannot be read by this version, and nothing was changed.
    """
    kinds = tuple(kinds)
    try:
        facts = await facts_of(connection, call_id)
    except UnknownFact as error:
        _log.warning("call_not_scrubbed", call_id=call_id, reason=str(error))
        return False
    its = t.call_events.c
    changed = False
    for fact in facts:
        left = without(fact.event, kinds)
        if left != fact.event:
            changed = True
            await connection.execute(
                update(t.call_events)
                .where(its.call_id == call_id, its.sequence == fact.sequence)
                .values(data=dump(left))
            )
    if changed:
        await rebuild(connection, call_id)
    if Kind.TRANSCRIPTS in kinds:
        await _without_words(connection, call_id)
    for kind in kinds:
        await _note(connection, call_id, kind)
    return True


async def _without_words(connection: AsyncConnection, call_id: CallId) -> None:
    """What others have made of the words, beside the record."""
    told = webhook_deliveries.c
    for statement in (
        update(callbacks)
        .where(callbacks.c.call_id == call_id)
        .values(reason="", wanted=""),
        update(wrap_ups)
        .where(wrap_ups.c.call_id == call_id)
        .values(summary="", doubt="", follow_ups=[]),
        delete(webhook_deliveries).where(
            told.call_id == call_id, told.sequence.is_(None)
        ),
    ):
        await connection.execute(statement)


async def audio_of(connection: AsyncConnection, call_id: CallId) -> list[RecordingSid]:
    """The caller's spoken messages in a call, at the carrier."""
    facts = await facts_of(connection, call_id)
    left = [one.event for one in facts if isinstance(one.event, v.VoicemailLeft)]
    return [one.recording_sid for one in left if one.recording_sid]


async def paths_of(connection: AsyncConnection, call_id: CallId) -> list[str]:
    """The files in which a call was recorded; they may be gone."""
    its = t.call_events.c
    asked = select(its.data).where(
        its.call_id == call_id, its.kind == "RecordingStarted"
    )
    return [data["path"] for data in await connection.scalars(asked)]


def delete_files(folder: Path, paths: Iterable[str]) -> int:
    """Delete recordings, in our own folder and nowhere else; returns how many.

    It waits for the disk. Files that are gone, or cannot be deleted, are not counted.
    """
    deleted = 0
    for path in paths:
        file = folder / Path(path).name
        try:
            file.unlink()
            deleted += 1
        except FileNotFoundError:
            continue
        except OSError as error:
            _log.warning("recording_not_deleted", path=str(file), reason=str(error))
    return deleted


async def _note(connection: AsyncConnection, call_id: CallId, kind: Kind) -> None:
    its = call_figures.c
    await connection.execute(
        update(call_figures)
        .where(its.call_id == call_id, its.purged.not_like(f"% {kind} %"))
        .values(purged=its.purged + literal(f"{kind} "))
    )
