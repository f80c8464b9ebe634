"""Requests from the carrier to the server: signed, logged, timed."""

import asyncio
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

import aiohttp
from twilio.request_validator import RequestValidator

from callcenter.simulator.carrier.records import Exchanged

HTTP_FAILURE: Final = 11200
CONNECTION_FAILURE: Final = 11205
TOO_MANY_REDIRECTS: Final = 11215
MAX_REDIRECTS: Final = 10
TRIES: Final = 2
"""Twilio's default `rc=1`, `rp=ct`: one more try, only if no connection was made."""


class WebhookFailed(Exception):
    """The server did not answer with a document."""

    def __init__(self, code: int, url: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.url = url


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered, and the URL it finally came from."""

    url: str
    status: int
    body: str
    content_type: str


class Webhooks:
    """The carrier's HTTP client.

    `reroute` maps the beginning of a public URL to where it is really reached: what is
    signed is always the URL as the server wrote it.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        auth_token: str,
        log: list[Exchanged],
        *,
        reroute: Mapping[str, str],
        timeout_s: float,
        deliver_twice: bool = False,
        on_exchange: Callable[[Exchanged], None] | None = None,
    ) -> None:
        self._session = session
        self._validator = RequestValidator(auth_token)
        self._log = log
        self._reroute = reroute
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._deliveries = 2 if deliver_twice else 1
        self.on_exchange = on_exchange

    def signature(self, url: str, fields: Mapping[str, str] | None = None) -> str:
        return str(self._validator.compute_signature(url, dict(fields or {})))

    def reached_at(self, url: str) -> str:
        """Where this URL is found on this machine."""
        for public, local in self._reroute.items():
            if url.startswith(public):
                return local + url.removeprefix(public)
        return url

    async def send(self, method: str, url: str, fields: Mapping[str, str]) -> Reply:
        """Make one request, follow redirects. Raises `WebhookFailed`."""
        url = urldefrag(url).url
        if urlsplit(url).scheme not in {"http", "https"}:
            raise WebhookFailed(HTTP_FAILURE, url, f"Not an absolute URL: {url!r}")
        for _ in range(MAX_REDIRECTS + 1):
            reply, location = await self._once(method, url, fields)
            if location is None:
                return reply
            method, url = "GET", urljoin(url, location)
        raise WebhookFailed(TOO_MANY_REDIRECTS, url, "Too many HTTP redirects")

    async def _once(
        self, method: str, url: str, fields: Mapping[str, str]
    ) -> tuple[Reply, str | None]:
        if method == "GET" and fields:
            url += ("&" if urlsplit(url).query else "?") + urlencode(fields)
            fields = {}
        headers = {
            "X-Twilio-Signature": self.signature(url, fields),
            "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
        }
        started_s = asyncio.get_running_loop().time()
        status, body, content_type, location = 0, "", "", None
        try:
            for _ in range(self._deliveries):  # the last answer is the one that arrived
                status, body, content_type, location = await self._fetch(
                    method, url, fields, headers
                )
        except aiohttp.ClientConnectorError as error:
            raise WebhookFailed(CONNECTION_FAILURE, url, str(error)) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            text = f"Got no HTTP response: {type(error).__name__}"
            raise WebhookFailed(HTTP_FAILURE, url, text) from error
        finally:
            now_s = asyncio.get_running_loop().time()
            self._note(
                Exchanged(
                    "webhook", method, url, fields, status, body,
                    started_s, now_s, headers,
                )
            )  # fmt: skip
        return Reply(url, status, body, content_type), location

    async def _fetch(
        self,
        method: str,
        url: str,
        fields: Mapping[str, str],
        headers: Mapping[str, str],
    ) -> tuple[int, str, str, str | None]:
        for tries_left in reversed(range(TRIES)):
            try:
                async with self._session.request(
                    method,
                    self.reached_at(url),
                    data=dict(fields) if method == "POST" else None,
                    headers=headers,
                    allow_redirects=False,
                    timeout=self._timeout,
                ) as response:
                    is_redirect = response.status in {301, 302, 303, 307, 308}
                    location = response.headers.get("Location")
                    return (
                        response.status,
                        await response.text(errors="replace"),
                        response.content_type,
                        location if is_redirect else None,
                    )
            except aiohttp.ClientConnectorError:
                if not tries_left:
                    raise
        raise AssertionError("unreachable: the last try returns or raises")

    def _note(self, exchanged: Exchanged) -> None:
        self._log.append(exchanged)
        if self.on_exchange is not None:
            self.on_exchange(exchanged)
