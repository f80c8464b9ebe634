"""Tell other programs of calls: whatever is due, signed, until it is taken.

What is due stands in the database since the moment of its cause. Whichever node claims
it sends it; a node that dies in between gives it back after a while. So everything is
told at least once, and now and then twice: the event's id says so.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final
from urllib.parse import urlsplit

import httpx
import structlog

from callcenter import __version__
from callcenter.errors import StorageError
from callcenter.floor.ports import Clock
from callcenter.storage.deliveries import Deliveries, Delivery
from callcenter.storage.webhooks import WebhookBook
from callcenter.wire.deliveries import (
    EVENT_ID,
    EVENT_KIND,
    SIGNATURE,
    body_of,
    check_url,
    is_public,
    signature,
)

LOOK_SECONDS: Final = 1.0
WAIT_SECONDS: Final = 10.0
"""While the database is down."""

TIMEOUT_SECONDS: Final = 10.0
"""For one try, whatever it is spent on."""

MOST_AT_ONCE: Final = 16
MOST_OF_ONE: Final = 4
"""An address that is slow leaves room for the others."""

LEASE: Final = timedelta(seconds=60)
"""As long as a claim holds: well over the time of a try."""

PAUSES: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1_800, 3_600, 7_200)
)
"""After the first failure, the second, …; from then on the last one again."""

GIVE_UP: Final = timedelta(days=1)
MOST_TRIES: Final = (
    1 + len(PAUSES) + -((sum(PAUSES, timedelta()) - GIVE_UP) // PAUSES[-1])
)
"""A day of them."""

KEEP: Final = timedelta(days=7)
"""So long the log says what was told."""

FORGET_ROUNDS: Final = 3_600
"""Between two looks at what is too old."""

FAILED_FOR_A_DAY: Final = "nothing could be delivered for a day"

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]

logger = structlog.get_logger()


class NotSent(Exception):
    """It was not taken: why, and what was answered."""

    def __init__(self, problem: str, status: int | None = None) -> None:
        super().__init__(problem)
        self.status = status


async def resolved(host: str, port: int) -> Sequence[Address]:
    """Where a name leads now. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(place[4][0]) for place in found]


class Post:
    """Sends one delivery. Redirects are not followed, and no proxy is used."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        clock: Clock,
        *,
        private: bool,
        resolve: Resolve = resolved,
    ) -> None:
        self._http = http
        self._clock = clock
        self._private = private
        self._resolve = resolve

    async def send(self, delivery: Delivery) -> int:
        """The status with which it was taken. Raises NotSent."""
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return await self._send(delivery)
        except TimeoutError as error:
            raise NotSent(f"no answer within {TIMEOUT_SECONDS:.0f} s") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise NotSent(f"{type(error).__name__}: {error}") from error

    async def _send(self, delivery: Delivery) -> int:
        hook = delivery.webhook
        url = httpx.URL(check_url(hook.url, private=self._private))
        port = url.port or (443 if url.scheme == "https" else 80)
        address = await self._address(urlsplit(hook.url).hostname or "", port)
        body = body_of(
            event_id=delivery.event_id,
            kind=delivery.kind,
            call_id=delivery.call_id,
            at=delivery.at,
            data=delivery.data or {},
        )
        headers = {
            "Content-Type": "application/json",
            "Host": url.netloc.decode("ascii"),
            "User-Agent": f"callcenter/{__version__}",
            EVENT_ID: delivery.event_id,
            EVENT_KIND: delivery.kind,
            SIGNATURE: signature(hook.secret, int(self._clock.now().timestamp()), body),
        }
        # To the very address that was looked at: a name may lead elsewhere next time.
        request = self._http.build_request(
            "POST",
            url.copy_with(host=str(address)),
            content=body,
            headers=headers,
            extensions={"sni_hostname": url.host},
        )
        answer = await self._http.send(request, stream=True, follow_redirects=False)
        await answer.aclose()  # what it says is nobody's business
        if not answer.is_success:
            raise NotSent(f"it answered {answer.status_code}", answer.status_code)
        return answer.status_code

    async def _address(self, host: str, port: int) -> Address:
        found = await self._resolve(host, port)
        if not self._private and not all(is_public(one) for one in found):
            raise NotSent("the name leads into a network that is not public")
        if not found:
            raise NotSent("the name leads nowhere")
        return found[0]


class Postman:
    """Sends what is due. Run `run()` as a task for as long as the node lives."""

    def __init__(
        self, book: WebhookBook, deliveries: Deliveries, post: Post, clock: Clock
    ) -> None:
        self._book = book
        self._deliveries = deliveries
        self._post = post
        self._clock = clock
        self._sending: Counter[str] = Counter()
        self._rounds = 0

    async def run(self) -> None:
        """Until cancelled; a database that is down is asked again."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                pause_s = LOOK_SECONDS
                try:
                    for delivery in await self.claimed():
                        tasks.create_task(self.carry(delivery))
                    await self._forget()
                except StorageError as error:
                    logger.warning("webhooks_wait", problem=str(error))
                    pause_s = WAIT_SECONDS
                await asyncio.sleep(pause_s)

    async def claimed(self) -> list[Delivery]:
        """What is due, has room, and is ours to send. Raises StorageError."""
        room = MOST_AT_ONCE - self._sending.total()
        full = [one for one, count in self._sending.items() if count >= MOST_OF_ONE]
        mine: list[Delivery] = []
        for delivery in await self._deliveries.due(room, full) if room > 0 else ():
            hook = delivery.webhook.id
            if self._sending[hook] >= MOST_OF_ONE:
                continue
            if await self._deliveries.claim(delivery, LEASE):
                self._sending[hook] += 1
                mine.append(delivery)
        return mine

    async def carry(self, delivery: Delivery) -> None:
        """Send one that was claimed, and write down what came of it."""
        try:
            await self._carry(delivery)
        except StorageError as error:  # the claim runs out, and it is sent again
            logger.warning("delivery_not_noted", problem=str(error))
        finally:
            self._sending[delivery.webhook.id] -= 1
            self._sending += Counter()  # which drops those with nothing under way

    async def _carry(self, delivery: Delivery) -> None:
        try:
            status = await self._post.send(delivery)
        except NotSent as error:
            await self._failed(delivery, error)
        else:
            await self._deliveries.delivered(delivery, status)

    async def _failed(self, delivery: Delivery, error: NotSent) -> None:
        now, hook = self._clock.now(), delivery.webhook
        tries = delivery.tries + 1  # as it was claimed, without this one
        pause = PAUSES[min(tries, len(PAUSES)) - 1]
        again_at = now + pause if tries < MOST_TRIES else None
        logger.info("delivery_failed", webhook=hook.id, problem=str(error))
        await self._deliveries.failed(delivery, str(error), error.status, again_at)
        since = hook.failing_since
        if since is not None and now - since >= GIVE_UP and hook.disabled_at is None:
            await self._book.disable(hook.id, FAILED_FOR_A_DAY)
            logger.error("webhook_disabled", webhook=hook.id, reason=FAILED_FOR_A_DAY)

    async def _forget(self) -> None:
        if self._rounds % FORGET_ROUNDS == 0:
            await self._deliveries.forget(self._clock.now() - KEEP)
        self._rounds += 1
