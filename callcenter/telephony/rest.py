"""The door to Twilio's REST API: one session, always a time-out, never in the way.

Always with a time-out (the library's own default is none) and never blocking the loop.
A create is never repeated after an unknown outcome; an update of a live call may be,
because it says the same thing twice.
"""

import asyncio
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, Self

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client
from typing_extensions import override

from callcenter.errors import CallIsOver, CarrierError, OutcomeUnknown

TWILIO: Final = "https://api.twilio.com"
TIMEOUT_SECONDS: Final = 5.0

NOT_IN_PROGRESS: Final = 21220
NOT_FOUND: Final = 20404
OVER: Final = frozenset({NOT_IN_PROGRESS, NOT_FOUND})

SERVER_ERROR: Final = 500

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


class Rest:
    """An account's REST API. Use it as an asynchronous context manager."""

    def __init__(
        self, account_sid: str, auth_token: str, base_url: str = TWILIO
    ) -> None:
        self.errors: Counter[str] = Counter()
        """How often what came back was one, by Twilio's code."""
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
        # Imports a good part of the library: now, and not while callers are talking.
        self._client.calls("")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._http is not None and self._http.session is not None:
            await self._http.close()

    async def _ask(self, request: Any) -> Any:  # noqa: ANN401  # twilio is untyped
        """Raises CallIsOver, OutcomeUnknown, or CarrierError when it was refused."""
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return await request
        except TwilioRestException as error:
            if error.code in OVER:
                raise CallIsOver(f"Twilio: {error.msg}") from error
            self.errors[str(error.code)] += 1
            text = f"Twilio refused ({error.code}): {error.msg}"
            unknown = error.status >= SERVER_ERROR
            raise (OutcomeUnknown if unknown else CarrierError)(text) from error
        except NO_ANSWER as error:
            self.errors["no answer"] += 1
            raise OutcomeUnknown(f"Twilio did not answer: {error!r}") from error
