"""Calendars over HTTP: the address is the key."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from quart import Quart
from quart.typing import TestClientProtocol as Client

from callcenter.domain.schedule import Appointment, Slot
from callcenter.errors import StorageError
from callcenter.storage.house import FJORD_CYCLES
from callcenter.web.calendar import calendar
from callcenter.wire.links import Links

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BASE = "https://calls.example.com"
LINKS = Links("secret", BASE)
STAND = "workshop stand 1"
START = datetime(2026, 3, 6, 10, tzinfo=FJORD_CYCLES.zone)
BOOKED = Appointment("K7M4X", Slot("service", STAND, START, 60), "Ada Lie", "+47555")


@dataclass
class Book:
    appointments: list[Appointment] = field(default_factory=lambda: [BOOKED])
    broken: bool = False

    async def find(self, code: str) -> Appointment | None:
        if self.broken:
            raise StorageError("The database is down.")
        return next((one for one in self.appointments if one.code == code), None)

    async def resources(self) -> Sequence[str]:
        return [STAND]

    async def of_resource(
        self, resource: str, since: datetime
    ) -> Sequence[Appointment]:
        return [
            one
            for one in self.appointments
            if one.slot.resource == resource and one.slot.starts_at >= since
        ]


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def client(book: Book) -> Client:
    app = Quart(__name__)
    app.register_blueprint(calendar(book, FJORD_CYCLES, LINKS, lambda: NOW))
    return app.test_client()


def path(address: str) -> str:
    return address.removeprefix(BASE)


async def test_the_link_in_a_text_opens_the_appointment(
    client: Client,
) -> None:
    answer = await client.get(path(LINKS.invitation("K7M4X")))
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-store"
    body = await answer.get_data(as_text=True)
    assert "SUMMARY:Fjord Cycles: service" in body
    assert "+47555" not in body


@pytest.mark.parametrize(
    "address",
    [
        "/a/K7M4X.ics",
        "/a/K7M4X-AAAAAAAAAAAAAAAAAAAAAA.ics",
        path(LINKS.invitation("OTHER")),
        path(LINKS.invitation("K7M4X")).removesuffix(".ics"),
        "/a/.ics",
    ],
)
async def test_a_guessed_address_is_nothing(client: Client, address: str) -> None:
    answer = await client.get(address)
    assert answer.status_code == 404
    assert await answer.get_data(as_text=True) == "There is nothing here.\n"


async def test_what_is_only_kept_or_long_past_is_not_shown(
    client: Client, book: Book
) -> None:
    address = path(LINKS.invitation("K7M4X"))
    book.appointments = [replace(BOOKED, held_until=NOW)]
    assert (await client.get(address)).status_code == 404
    before = replace(BOOKED.slot, starts_at=START - timedelta(days=40))
    book.appointments = [replace(BOOKED, slot=before)]
    assert (await client.get(address)).status_code == 404


async def test_a_resource_s_feed_opens_with_its_own_key_alone(
    client: Client,
) -> None:
    address = path(LINKS.feed(STAND))
    answer = await client.get(address)
    assert answer.status_code == 200
    assert "SUMMARY:service: Ada Lie" in await answer.get_data(as_text=True)
    bare = address.partition("?")[0]
    other_key = LINKS.feed("workshop stand 2").partition("?")[2]
    for wrong in (bare, f"{bare}?key=", f"{bare}?key=guess", f"{bare}?{other_key}"):
        assert (await client.get(wrong)).status_code == 404


async def test_a_database_that_is_down_says_later(client: Client, book: Book) -> None:
    book.broken = True
    assert (await client.get(path(LINKS.invitation("K7M4X")))).status_code == 503
