"""What callers said after the tone, for those who call back: reading only."""

from typing import Any

from sqlalchemy import select

from callcenter.storage import tables as t
from callcenter.storage.engine import Database
from callcenter.storage.history import plain
from callcenter.storage.projections import VOICEMAIL


async def voicemails(
    database: Database, limit: int | None = None, sid: str = ""
) -> list[dict[str, Any]]:
    """The newest first; only those whose recording's id begins with `sid`."""
    left = t.follow_ups.c
    asked = (
        select(
            left.recording_sid,
            left.at,
            left.seconds,
            left.text,
            left.call_id,
            t.calls.c.caller_number,
        )
        .join(t.calls, t.calls.c.id == left.call_id)
        .where(left.kind == VOICEMAIL)
        .where(left.recording_sid.startswith(sid, autoescape=True))
        .order_by(left.at.desc(), left.recording_sid)
        .limit(limit)
    )
    async with database.read() as connection:
        return [plain(row) for row in (await connection.execute(asked)).mappings()]
