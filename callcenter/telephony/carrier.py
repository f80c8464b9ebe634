"""Twilio's REST API, as far as a live call needs it.

Always with a time-out (the library's own default is none) and never blocking the loop.
A create is never repeated after an unknown outcome; an update of a live call may be,
because it says the same thing twice.
"""

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final, Self

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client
from typing_extensions import override

from callcenter.domain.ids import CallSid
from callcenter.errors import CallIsOver, CarrierError
from callcenter.wire.webhooks import FINAL_STATUSES

TWILIO: Final = "https://api.twilio.com"
TIMEOUT_SECONDS: Final = 5.0

NOT_IN_PROGRESS: Final = 21220
NOT_FOUND: Final = 20404
OVER: Final = frozenset({NOT_IN_PROGRESS, NOT_FOUND})


NO_ANSWER: Final = (
    TwilioException,
    aiohttp.ClientError,
    OSError,  # a TimeoutError is one
    # What the library raises for an answer that is not what it should be:
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
)


class _HttpClient(AsyncTwilioHttpClient):  # type: ignore[misc]  # twilio is untyped
    """The library's own client, at another address when one is set."""

    def __init__(self, base_url: str) -> None:
        super().__init__(timeout=TIMEOUT_SECONDS)
        self._base_url = base_url.rstrip("/")

    @override
    async def request(
        self,
        method: str,
        url: str,
        *args: Any,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        **kwargs: Any,
    ) -> Any:
        headers = dict(headers or {})
        if auth is not None:  # the library's own way is deprecated by aiohttp
            credentials = b64encode(":".join(auth).encode()).decode()
            headers["Authorization"] = f"Basic {credentials}"
        return await super().request(
            method,
            url.replace(TWILIO, self._base_url, 1),
            *args,
            headers=headers,
            **kwargs,
        )


class TwilioCarrier:
    """Live calls, by REST. Use it as an asynchronous context manager."""

    def __init__(
        self, account_sid: str, auth_token: str, base_url: str = TWILIO
    ) -> None:
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._base_url = base_url
        self._http: _HttpClient | None = None
        self._client: Any = None

    async def __aenter__(self) -> Self:
        self._http = _HttpClient(self._base_url)
        # The library insists on credentials; without any, every request is refused.
        self._client = Client(
            self._account_sid or "AC" + "0" * 32,
            self._auth_token or "none",
            http_client=self._http,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._http is not None and self._http.session is not None:
            await self._http.close()

    async def redirect(self, call_sid: CallSid, document: str) -> None:
        """Replace what a live call hears. Raises CallIsOver or CarrierError."""
        await self._ask(self._client.calls(call_sid).update_async(twiml=document))

    async def hang_up(self, call_sid: CallSid) -> None:
        """End a call; harmless when it is over. Raises CarrierError."""
        try:
            await self._ask(
                self._client.calls(call_sid).update_async(status="completed")
            )
        except CallIsOver:
            return

    async def is_over(self, call_sid: CallSid) -> bool:
        """Whether the call has ended. Raises CarrierError."""
        try:
            call = await self._ask(self._client.calls(call_sid).fetch_async())
        except CallIsOver:
            return True
        return call.status in FINAL_STATUSES

    @staticmethod
    async def _ask(request: Any) -> Any:  # noqa: ANN401  # twilio is untyped
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return await request
        except TwilioRestException as error:
            if error.code in OVER:
                raise CallIsOver(f"Twilio: {error.msg}") from error
            raise CarrierError(f"Twilio refused ({error.code}): {error.msg}") from error
        except NO_ANSWER as error:
            raise CarrierError(f"Twilio did not answer: {error!r}") from error
