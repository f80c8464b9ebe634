"""What a node finds again of calls that it, or another node, has begun."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from callcenter.domain.events import Fact
from callcenter.domain.ids import CallSid
from callcenter.errors import StorageError
from callcenter.settings import Settings
from callcenter.storage.history import History

RECALL_SECONDS: Final = 3.0
"""Twilio waits 15 s for an answer; the caller in silence."""


async def recall(history: History, call_sid: CallSid) -> Sequence[Fact]:
    """A caller waits for it: a database that is slow or down knows nobody."""
    with suppress(StorageError, TimeoutError):
        async with asyncio.timeout(RECALL_SECONDS):
            if call_id := await history.call_id_of(call_sid):
                return await history.facts_of(call_id)
    return ()


def journal(settings: Settings) -> Path:
    """Beside the database when that is a file; in the working directory otherwise."""
    scheme, _, path = settings.database_url.partition("///")
    name = Path(path) if scheme.startswith("sqlite") and path else Path("callcenter")
    return name.with_suffix(".journal")
