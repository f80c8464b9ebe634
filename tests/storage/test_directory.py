"""The operators that the file names."""

from zoneinfo import ZoneInfo

from callcenter.domain.hours import Hours
from callcenter.domain.operators import Operator
from callcenter.storage.directory import Directory
from callcenter.storage.engine import Database

ADA = Operator(
    "Ada",
    "+15005550101",
    frozenset({"support", "billing"}),
    Hours.parse("Mon-Fri 08:00-18:00, Sat 22:00-24:00 Europe/Oslo"),
    priority=2,
)
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
