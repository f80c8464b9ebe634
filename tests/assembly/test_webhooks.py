"""Other programs are told at least once, by a sign of ours, and nobody of our own."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address

import httpx
import pytest
from aiohttp import web

from callcenter.assembly import webhooks
from callcenter.assembly.webhooks import Address, NotSent, Post, Postman
from callcenter.storage import record
from callcenter.storage.deliveries import Deliveries, DeliveryState
from callcenter.storage.engine import Database
from callcenter.storage.webhooks import Webhook, WebhookBook
from callcenter.wire.deliveries import check_url, is_public
from tests.storage.conftest import database, migrated, url
from tests.storage.story import NOON, call

__all__ = ["database", "migrated", "url"]


@dataclass
class Receiver:
    """Another program, on a socket."""

    url: str = ""
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.read()))
        return web.Response(status=self.status, headers=self.headers)


class Clock:
    at = NOON + timedelta(hours=1)

    def now(self) -> datetime:
        return self.at

    def steady_ms(self) -> int:
        return 0


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    here = Receiver()
    app = web.Application()
    app.router.add_post("/calls", here.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    here.url = f"http://127.0.0.1:{runner.addresses[0][1]}/calls"
    yield here
    await runner.cleanup()


@dataclass
class Office:
    """Book, deliveries and postman, on one database."""

    book: WebhookBook
    due: Deliveries
    postman: Postman
    clock: Clock

    async def round(self) -> int:
        mine = await self.postman.claimed()
        for one in mine:
            await self.postman.carry(one)
        return len(mine)

    async def log(self, hook: Webhook) -> list[tuple[str, int | None, int]]:
        return [(d.state, d.status, d.tries) for d in await self.due.log(hook.id, 9)]


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    clock = Clock()
    book, due = WebhookBook(database, clock.now), Deliveries(database, clock.now)
    async with httpx.AsyncClient(trust_env=False) as http:
        post = Post(http, clock, private=True)
        yield Office(book, due, Postman(book, due, post, clock), clock)


async def ended(database: Database, name: str = "A") -> None:
    async with database.write() as connection:
        await record.write(connection, call(name))


async def test_an_event_is_posted_once_and_its_signature_can_be_checked(
    database: Database, office: Office, receiver: Receiver
) -> None:
    hook = await office.book.add(receiver.url, ["CallEnded"])
    await ended(database)
    assert await office.round() == 1
    assert await office.round() == 0
    ((headers, body),) = receiver.requests
    told = json.loads(body)
    assert (told["kind"], told["call_id"]) == ("CallEnded", "A")
    assert told["data"]["disposition"] == "escalated"
    assert headers["Callcenter-Event-Id"] == told["id"]
    parts = dict(one.split("=") for one in headers["Callcenter-Signature"].split(","))
    signed = f"{parts['t']}.".encode() + body
    seal = hmac.new(hook.secret.encode(), signed, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(seal, parts["v1"])
    assert await office.log(hook) == [("delivered", 204, 1)]


async def test_what_is_refused_is_sent_again_after_growing_pauses(
    database: Database, office: Office, receiver: Receiver
) -> None:
    hook = await office.book.add(receiver.url, ["CallEnded"])
    await ended(database)
    receiver.status = 500
    for pause in webhooks.PAUSES[:3]:
        assert await office.round() == 1
        assert await office.round() == 0
        office.clock.at += pause
    receiver.status = 200
    assert await office.round() == 1
    assert await office.log(hook) == [("delivered", 200, 4)]
    assert (
        len({headers["Callcenter-Event-Id"] for headers, _ in receiver.requests}) == 1
    )


async def test_after_a_day_without_success_it_is_told_nothing_more(
    database: Database, office: Office, receiver: Receiver
) -> None:
    hook = await office.book.add(receiver.url, ["CallEnded"])
    await ended(database)
    receiver.status = 410
    began = office.clock.at
    while (found := await office.book.find(hook.id)) and found.disabled_at is None:
        await office.round()
        office.clock.at += timedelta(hours=2)
        assert office.clock.at - began < timedelta(hours=40)
    assert found is not None
    assert found.why == webhooks.FAILED_FOR_A_DAY
    assert found.disabled_at is not None
    assert found.disabled_at - began >= timedelta(days=1)
    assert (await office.log(hook))[0][0] != "delivered"


async def test_a_redirect_is_not_followed(
    database: Database, office: Office, receiver: Receiver
) -> None:
    hook = await office.book.add(receiver.url, ["CallEnded"])
    receiver.status, receiver.headers = 307, {"Location": receiver.url}
    await ended(database)
    await office.round()
    assert len(receiver.requests) == 1
    assert await office.log(hook) == [("due", 307, 1)]


async def test_a_crash_while_sending_sends_it_again(
    database: Database, office: Office, receiver: Receiver
) -> None:
    hook = await office.book.add(receiver.url, ["CallEnded"])
    await ended(database)
    assert len(await office.postman.claimed()) == 1  # and then the power fails
    office.postman._sending.clear()
    assert await office.round() == 0
    office.clock.at += webhooks.LEASE
    assert await office.round() == 1
    assert (await office.due.log(hook.id, 1))[0].state is DeliveryState.DELIVERED


async def test_a_slow_address_leaves_room_for_the_others(
    database: Database, office: Office, receiver: Receiver
) -> None:
    slow = await office.book.add(receiver.url, ["*"])
    await ended(database)
    quick = await office.book.add(receiver.url, ["CallEnded"])
    first = await office.postman.claimed()
    assert [one.webhook.id for one in first] == [slow.id] * webhooks.MOST_OF_ONE
    await ended(database, "B")
    second = await office.postman.claimed()
    assert [one.webhook.id for one in second] == [quick.id]


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "0.0.0.0", "::1",
     "fe80::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::",
     "100.64.0.1", "224.0.0.1"],
)  # fmt: skip
async def test_a_name_that_leads_into_our_own_network_is_not_sent_to(
    database: Database, office: Office, address: str
) -> None:
    async def resolve(host: str, port: int) -> Sequence[Address]:
        return [ip_address("93.184.216.34"), ip_address(address)]

    assert not is_public(ip_address(address))
    await office.book.add("https://crm.example.com/", ["CallEnded"])
    await ended(database)
    (one,) = await office.due.due(1)
    async with httpx.AsyncClient() as http:
        post = Post(http, office.clock, private=False, resolve=resolve)
        with pytest.raises(NotSent, match="not public"):
            await post.send(one)


async def test_it_is_sent_to_the_very_address_that_was_looked_at(
    database: Database, office: Office
) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204)

    async def resolve(host: str, port: int) -> Sequence[Address]:
        assert (host, port) == ("crm.example.com", 8443)
        return [ip_address("2606:2800::1")]

    await office.book.add("https://crm.example.com:8443/in?a=1", ["CallEnded"])
    await ended(database)
    (one,) = await office.due.due(1)
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        post = Post(http, office.clock, private=False, resolve=resolve)
        assert await post.send(one) == 204
    assert str(seen[0].url) == "https://[2606:2800::1]:8443/in?a=1"
    assert seen[0].headers["Host"] == "crm.example.com:8443"
    assert seen[0].extensions["sni_hostname"] == "crm.example.com"


async def test_nobody_waits_longer_than_the_time_out(
    database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolve(host: str, port: int) -> Sequence[Address]:
        await asyncio.sleep(60)
        return []

    monkeypatch.setattr(webhooks, "TIMEOUT_SECONDS", 0.05)
    await office.book.add("https://crm.example.com/", ["CallEnded"])
    await ended(database)
    (one,) = await office.due.due(1)
    async with httpx.AsyncClient() as http:
        post = Post(http, office.clock, private=False, resolve=resolve)
        with pytest.raises(NotSent, match="no answer within"):
            await post.send(one)


@pytest.mark.parametrize(
    "text",
    ["http://crm.example.com", "https://", "https://a:b@example.com", "ftp://a.b",
     "https://10.0.0.1/", "https://[::1]/", "https://example.com/#x", "nonsense",
     "https://example.com:99999/", "https://exa mple.com", "https://ex\x00ample.com"],
)  # fmt: skip
def test_an_address_that_may_not_be_kept(text: str) -> None:
    with pytest.raises(ValueError, match="address"):
        check_url(text, private=False)
