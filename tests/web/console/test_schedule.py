"""The schedule: rows of whom and what, cancelling undone, and the waiting list."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from callcenter.domain.ids import CallId
from callcenter.domain.people import Role
from callcenter.domain.schedule import Appointment, Slot, Wish
from callcenter.storage.schedule import AppointmentBook
from tests.web.console.door import Door, Visitor, open_door

CALL = CallId("call_0001")
KARI = "+4755512345"
HERE = "/console/schedule"


@pytest.fixture
async def at_the_door(tmp_path) -> AsyncIterator[Door]:
    async with open_door(tmp_path) as one:
        yield one


async def read(visitor: Visitor, path: str) -> str:
    answer = await visitor.get(path)
    assert answer.status_code == 200
    return str(await answer.get_data(as_text=True))


async def booked(book: AppointmentBook) -> Appointment:
    now = datetime.now(UTC)
    service = (await book.services())[0].name
    free: list[Slot] = list(await book.free_slots(service, now.date(), 8, now))
    return await book.book(free[-1], "Kari", KARI, CALL, most=5)


async def test_an_appointment_stands_in_the_row_of_its_resource(
    at_the_door: Door,
) -> None:
    book = AppointmentBook(at_the_door.database)
    kept = await booked(book)
    other = next(one for one in await book.resources() if one != kept.slot.resource)
    ada = await at_the_door.signed_in(Role.OPERATOR)
    week = f"{HERE}?day={kept.slot.starts_at.date()}"

    grid = (await read(ada, week)).split("</table>")[0]
    rows = grid.split("<tr>")

    of = {row.split("</th>")[0].split(">")[-1]: row for row in rows}
    assert kept.code in of[kept.slot.resource]
    assert kept.code not in of[other]
    alone = await read(ada, f"{week}&resource={other}")
    assert kept.code not in alone


async def test_a_cancelled_appointment_is_booked_again_if_it_is_free(
    at_the_door: Door,
) -> None:
    book = AppointmentBook(at_the_door.database)
    kept = await booked(book)
    ada = await at_the_door.signed_in(Role.OPERATOR, "ada")
    page = f"{HERE}/{kept.code}"
    await ada.post(f"{page}/cancel", {"sure": "yes"})
    assert "Book it again" in await read(ada, page)

    again = await ada.post(f"{page}/again")
    assert "with a new code" in await read(ada, str(again.location))
    (coming,) = await book.coming(KARI, datetime.now(UTC))
    assert (coming.slot, coming.name) == (kept.slot, "Kari")
    assert coming.code != kept.code
    assert ("ada", "appointment.book", coming.code) in await at_the_door.audit()

    await book.cancel(coming.code)
    await book.book(kept.slot, "Ola", "+4799900011", CallId("call_0002"), most=5)
    late = await ada.post(f"{page}/again")
    assert "somebody else" in await read(ada, str(late.location))


async def test_somebody_is_taken_off_the_waiting_list(at_the_door: Door) -> None:
    book = AppointmentBook(at_the_door.database)
    today = datetime.now(UTC).date()
    service = (await book.services())[0].name
    wish = Wish(service, today, today + timedelta(2), None, None)
    await book.waiting.join(wish, "Kari", KARI, CALL)
    ada = await at_the_door.signed_in(Role.OPERATOR)
    assert (await read(ada, HERE)).count('data-testid="waiting"') == 1

    gone = await ada.post(f"{HERE}/waiting/leave", {"phone": KARI})

    assert "They wait no more" in await read(ada, str(gone.location))
    assert await book.waiting.length() == 0


async def test_calendars_have_addresses_when_they_last(tmp_path) -> None:
    lasting = {"secret_key": SecretStr("k" * 40), "public_url": "https://calls.example"}
    async with open_door(tmp_path, **lasting) as at:
        ada = await at.signed_in(Role.OPERATOR)
        page = await read(ada, HERE)

    assert "https://calls.example/calendar/" in page
