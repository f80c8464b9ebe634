"""Recordings that Twilio keeps, fetched with the account's own key.

The address is made here, of an id that looks like one: never taken from a form
(reliability: a form's RecordingUrl would have us fetch whatever somebody likes).
"""

import re
from typing import Final

import aiohttp

from callcenter.errors import CarrierError
from callcenter.telephony.rest import TWILIO

TIMEOUT_SECONDS: Final = 10.0
MOST_BYTES: Final = 16 * 1024 * 1024
"""Two minutes of a telephone are two megabytes."""

_SID: Final = re.compile(r"RE[0-9a-f]{32}")


class TwilioSounds:
    """The sounds of one account."""

    def __init__(
        self, account_sid: str, auth_token: str, base_url: str = TWILIO
    ) -> None:
        self._account = account_sid
        self._token = auth_token
        self._base = base_url.rstrip("/")

    async def fetch(self, recording_sid: str) -> bytes:
        """A recording as WAV. Raises CarrierError with what to tell a person."""
        if not _SID.fullmatch(recording_sid):
            raise CarrierError("That is not the id of a recording.")
        if not (self._account and self._token):
            raise CarrierError("Without TWILIO_AUTH_TOKEN no recording can be fetched.")
        accounts = f"{self._base}/2010-04-01/Accounts/{self._account}"
        address = f"{accounts}/Recordings/{recording_sid}.wav"
        key = aiohttp.BasicAuth(self._account, self._token)
        limit = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit, auth=key) as session,
                session.get(address, allow_redirects=False) as answer,
            ):
                if answer.status != 200:
                    raise CarrierError(
                        f"Twilio does not give this recording ({answer.status}). It "
                        "may have been deleted, or its time is up."
                    )
                return await _read(answer)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise CarrierError(f"Twilio did not answer: {error!r}") from error


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    sound = bytearray()
    async for piece in answer.content.iter_chunked(64 * 1024):
        sound += piece
        if len(sound) > MOST_BYTES:
            raise CarrierError("That recording is longer than any message may be.")
    return bytes(sound)
