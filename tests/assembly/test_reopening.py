"""When we open again, as callers are told: never while somebody should be there."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from callcenter.assembly.house_hours import HouseHours
from callcenter.assembly.line import Line
from callcenter.assembly.on_duty import OnDuty, on_duty
from callcenter.domain.presence import put_away
from callcenter.storage.engine import Database
from callcenter.storage.queue import QueueBook
from tests.assembly.test_house_hours import SHOP
from tests.assembly.test_on_duty import NOON, Clock, settings_of

ADA = '[[operators]]\nname = "Ada"\nnumber = "+15005550101"\n'
NOW, LATER = "Mon-Fri 08:00-18:00 UTC", "Mon-Fri 14:00-18:00 UTC"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database.open(f"sqlite+aiosqlite:///{tmp_path / 'never.db'}")
    yield database
    await database.close()


def line(folder: Path, database: Database, hours: str = "") -> tuple[Line, OnDuty]:
    operators = f'{ADA}hours = "{hours}"\n' if hours else ADA
    duty = on_duty(settings_of(folder, operators), database, Clock())
    return Line(QueueBook(database), duty, Clock()), duty


def all_away(duty: OnDuty) -> None:
    duty._listed = [
        replace(one, attendance=put_away(one.attendance, NOON, "lunch"))
        for one in duty._listed
    ]


async def test_before_the_hours_of_the_operators(
    tmp_path: Path, database: Database
) -> None:
    here, _ = line(tmp_path, database, LATER)
    assert here.opens_again() == "We open again at two in the afternoon today."


@pytest.mark.parametrize("hours", [NOW, ""])
async def test_everybody_being_away_is_not_being_closed(
    tmp_path: Path, database: Database, hours: str
) -> None:
    here, duty = line(tmp_path, database, hours)
    all_away(duty)
    assert not here.staffed("general")
    assert here.opens_again() == ""


async def test_the_hours_of_the_house_are_nobodys_who_have_their_own(
    tmp_path: Path, database: Database
) -> None:
    here, duty = line(tmp_path, database, LATER)
    duty.hours = HouseHours(SHOP)
    assert here.opens_again() == "We open again at two in the afternoon today."
