"""The operators that the file names."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from callcenter.domain.hours import Hours
from callcenter.domain.operators import Operator
from callcenter.domain.presence import Attendance, Presence, put_away
from callcenter.storage.directory import Directory, written
from callcenter.storage.engine import Database

ADA = Operator(
    "Ada",
    "+15005550101",
    frozenset({"support", "billing"}),
    Hours.parse("Mon-Fri 08:00-18:00, Sat 22:00-24:00 Europe/Oslo"),
    priority=2,
)
assert ADA.hours is not None
ADA_AS_STORED = replace(ADA, hours=Hours.parse(written(ADA.hours)))
BOB = Operator("Bob", "sip:bob@example.com")


def moments(hours: Hours | None) -> set[tuple[int, str, str]]:
    assert hours is not None
    assert hours.zone == ZoneInfo("Europe/Oslo")
    return {
        (day, str(span.opens), str(span.closes))
        for span in hours.spans
        for day in span.days
    }


async def test_operators_come_back_as_the_file_has_them(database: Database) -> None:
    directory = Directory(database)
    assert await directory.operators() == []
    await directory.seed([BOB, ADA])
    bob, ada = await directory.operators()
    assert bob == BOB
    assert (ada.name, ada.destination, ada.skills, ada.priority) == (
        "Ada",
        "+15005550101",
        frozenset({"support", "billing"}),
        2,
    )
    assert moments(ada.hours) == moments(ADA.hours)


async def test_who_left_the_file_is_not_rung_any_more(database: Database) -> None:
    directory = Directory(database)
    await directory.seed([ADA, BOB])
    moved = Operator("Ada", "+15005550199")
    await directory.seed([moved])
    assert await directory.operators() == [moved]


async def test_what_people_change_holds_until_the_file_changes(
    database: Database,
) -> None:
    directory = Directory(database)
    await directory.seed([ADA, BOB])
    edited = replace(BOB, destination="+15005550177")
    assert await directory.put(edited)
    await directory.seed([ADA, BOB])
    assert await directory.operators() == [ADA_AS_STORED, edited]
    rewritten = replace(BOB, priority=7)
    await directory.seed([ADA, rewritten])
    assert await directory.operators() == [ADA_AS_STORED, rewritten]


async def test_who_was_removed_comes_back_only_by_a_new_entry(
    database: Database,
) -> None:
    directory = Directory(database)
    await directory.seed([BOB])
    assert await directory.remove("Bob")
    assert not await directory.remove("Bob")
    assert not await directory.put(BOB)
    await directory.seed([BOB])
    assert await directory.operators() == []
    await directory.seed([replace(BOB, priority=2)])
    assert await directory.operators() == [replace(BOB, priority=2)]


async def test_who_was_added_by_hand_stays_whatever_the_file_says(
    database: Database,
) -> None:
    directory = Directory(database)
    await directory.seed([BOB])
    eve = Operator("Eve", "client:eve")
    assert await directory.add(eve)
    assert not await directory.add(eve)
    await directory.seed([])
    assert await directory.operators() == [eve]
    assert await directory.remove("Eve")
    assert await directory.operators() == []


async def test_a_removed_entry_of_the_file_can_be_added_by_hand(
    database: Database,
) -> None:
    directory = Directory(database)
    await directory.seed([BOB])
    await directory.remove("Bob")
    other = replace(BOB, destination="client:bob")
    assert await directory.add(other)
    await directory.seed([BOB])
    assert await directory.operators() == [other]


async def test_presence_survives_a_restart_and_the_file(database: Database) -> None:
    directory = Directory(database)
    await directory.seed([BOB])
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert await directory.attend("Bob", lambda one: put_away(one, now, "lunch"))
    await directory.seed([replace(BOB, priority=3)])
    (bob,) = await Directory(database).everybody()
    assert bob.attendance == Attendance(Presence.AWAY, now, why="lunch")
    assert not await directory.attend("Nobody", lambda one: one)
