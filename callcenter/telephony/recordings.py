"""Spoken messages at Twilio: deleted when their time is up."""

import re
from typing import Final

from callcenter.domain.ids import RecordingSid
from callcenter.errors import CallIsOver, CarrierError
from callcenter.telephony.rest import Rest

_SID: Final = re.compile(r"RE[0-9a-f]{32}")
"""Nothing else may become part of an address that something is deleted at."""


class TwilioRecordings(Rest):
    """Recordings, by REST. Use it as an asynchronous context manager."""

    async def delete(self, sid: RecordingSid) -> None:
        """Harmless when it is gone. Raises CarrierError."""
        if not _SID.fullmatch(sid):
            raise CarrierError("This is no recording's id: nothing was deleted.")
        try:
            await self._ask(self._client.recordings(sid).delete_async())
        except CallIsOver:  # Twilio's word for: there is none
            return
