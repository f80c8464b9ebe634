"""house.toml: what it means, and what is said when it means nothing."""

from datetime import date, time
from pathlib import Path

import pytest

from callcenter.domain.house import Closure, Resource, SpecialHours, WeekTime
from callcenter.domain.schedule import Service
from callcenter.errors import ConfigurationError
from callcenter.storage.house import FJORD_CYCLES
from callcenter.storage.house_file import load_house

ROOT = Path(__file__).parent.parent.parent

SALON = """
[house]
name = "Salon"
zone = "America/New_York"
country = "us"
region = "NY"
hours = "Mon-Tue 09:00-12:00, Mon 13:00-24:00"

[[resources]]
name = "Anna"
kind = "staff"
hours = "Mon 10:00-12:00"

[[resources]]
name = "chair"

[[services]]
name = "cut"
minutes = 30
before = 5
after = 10
resources = ["Anna"]

[[closures]]
from = 2026-07-06
until = 2026-07-10
name = "the summer holiday"

[[closures]]
from = 2026-08-01
resource = "Anna"

[[special_hours]]
day = 2026-12-23
hours = "09:00-12:00, 14:00-16:00"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "house.toml"


def problems(path: Path, written: str) -> list[str]:
    path.write_text(written, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_house(path)
    return [line.removeprefix(f"{path}: ") for line in str(caught.value).splitlines()]


def test_without_a_file_there_is_no_house(path: Path) -> None:
    assert load_house(path) is None


def test_the_example_is_the_house_that_we_bring() -> None:
    assert load_house(ROOT / "house.example.toml") == FJORD_CYCLES


def test_everything_that_can_be_written_is_understood(path: Path) -> None:
    path.write_text(SALON)
    house = load_house(path)
    assert house is not None
    assert (house.name, house.zone.key) == ("Salon", "America/New_York")
    assert (house.country, house.region) == ("US", "NY")
    assert house.week == (
        WeekTime(0, time(9), time(12)),
        WeekTime(0, time(13), time()),
        WeekTime(1, time(9), time(12)),
    )
    own = (WeekTime(0, time(10), time(12)),)
    assert house.resources == (Resource("Anna", "staff", own), Resource("chair"))
    assert house.services == (Service("cut", 30, "", 5, 10, ("Anna",)),)
    assert house.closures == (
        Closure(date(2026, 7, 6), date(2026, 7, 10), "the summer holiday"),
        Closure(date(2026, 8, 1), date(2026, 8, 1), "", "Anna"),
    )
    day = date(2026, 12, 23)
    assert house.special_hours == (
        SpecialHours(day, time(9), time(12)),
        SpecialHours(day, time(14), time(16)),
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('name = "Salon"', "", "house: name is missing"),
        ('name = "Salon"', "name = 7", "house: name: write it in quotes"),
        ('"America/New_York"', '"York"', "house: zone: 'York' is not a time zone"),
        ('"us"', '"ZZ"', "house: country: Country ZZ not available"),
        (
            '"NY"',
            '"Kent"',
            "house: country: Entity `US` does not have subdivision Kent",
        ),
        ("Mon-Tue 09", "Moon-Tue 09", "house: hours: 'Moon-Tue 09:00-12:00' are not"),
        ("Mon-Tue 09", "Mon-Tue 13", "house: hours: a day opens twice"),
        ("minutes = 30", "", "services cut: minutes is missing"),
        ("minutes = 30", "minutes = 0", "services cut: minutes: write a number from 1"),
        ("minutes = 30", "minutes = true", "services cut: minutes: write a number of"),
        ("minutes", "minuts", "services cut: unknown key 'minuts'; did you mean"),
        ("after = 10", "after = -1", "services cut: after: write a number from 0"),
        (
            '["Anna"]',
            '["Ana"]',
            "services cut: resources: there is no resource 'Ana'; ",
        ),
        ('["Anna"]', '"Anna"', "services cut: resources: write a list"),
        ('"staff"', '"person"', "resources Anna: kind: 'person' is neither"),
        ('name = "chair"', 'name = "Anna"', "resources Anna: there are two"),
        (
            "until = 2026-07-10",
            "until = 2026-07-01",
            "closures the summer holiday: until",
        ),
        ("from = 2026-08-01", 'from = "soon"', "closures 2: from: write a day without"),
        ('resource = "Anna"', 'resource = "Bo"', "closures 2: resource: there is no"),
        ('"09:00-12:00, 14', '"9 to 12, 14', "special_hours 1: hours: "),
        (
            "[[special_hours]]",
            "[[special_hour]]",
            "unknown section 'special_hour'; did",
        ),
        ("[house]", "[shop]", "house: write it as [house]"),
        ("[[services]]", "[services]", "write each as [[services]]"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    path: Path, old: str, new: str, problem: str
) -> None:
    assert old in SALON
    found = problems(path, SALON.replace(old, new, 1))
    assert any(line.startswith(problem) for line in found), found


def test_everything_that_is_wrong_is_told_at_once(path: Path) -> None:
    written = SALON.replace('"Salon"', "1").replace("minutes = 30", "minutes = 0")
    assert len(problems(path, written)) == 2


def test_a_house_without_services_or_resources_is_none(path: Path) -> None:
    found = problems(path, SALON.partition("[[resources]]")[0])
    assert found == [
        "write at least one [[services]]",
        "write at least one [[resources]]",
    ]


def test_a_file_that_is_no_toml_is_told(path: Path) -> None:
    assert (
        "Expected" in problems(path, "[house")[0]
        or "line 1" in problems(path, "[house")[0]
    )
    path.write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match="utf-8"):
        load_house(path)
