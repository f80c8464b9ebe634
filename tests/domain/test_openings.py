"""Opening hours on the calendar: holidays, closures, nights, and changing clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from callcenter.domain.house import Closure, Days, SpecialHours, WeekTime
from callcenter.domain.openings import Calendar, is_certain, opening_time, starts
from callcenter.domain.schedule import OpeningTime, Service, Slot, Wish, later

OSLO, NEW_YORK = ZoneInfo("Europe/Oslo"), ZoneInfo("America/New_York")
MONDAY = date(2026, 3, 2)
WEEKDAYS = tuple(WeekTime(day, time(9), time(17)) for day in range(5))
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def calendar(**days: object) -> Calendar:
    return Calendar(OSLO, WEEKDAYS, Days(**days))  # type: ignore[arg-type]


def clocks(openings: list[OpeningTime]) -> list[str]:
    return [f"{o.opens_at:%a %H:%M}-{o.closes_at:%H:%M}" for o in openings]


def begins(
    day: date, opens: time, closes: time, minutes: int, zone: ZoneInfo
) -> list[str]:
    opening = opening_time(day, opens, closes, zone)
    assert opening is not None
    return [f"{start:%H:%M}" for start in starts(opening, minutes)]


def test_a_week_opens_as_it_says() -> None:
    assert clocks(calendar().openings(MONDAY, 7)) == [
        f"{day} 09:00-17:00" for day in ("Mon", "Tue", "Wed", "Thu", "Fri")
    ]


def test_nine_o_clock_is_nine_o_clock_in_summer_and_in_winter() -> None:
    winter, summer = (
        calendar().openings(day, 1)[0].opens_at
        for day in (date(2026, 3, 27), date(2026, 3, 30))
    )
    assert (winter.hour, summer.hour) == (9, 9)
    assert (winter.astimezone(UTC).hour, summer.astimezone(UTC).hour) == (8, 7)


def test_a_public_holiday_is_closed_and_has_a_name() -> None:
    kept = calendar(holidays={MONDAY: "Easter Monday"})
    assert kept.openings(MONDAY, 1) == []
    assert kept.closed_for(MONDAY) == "Easter Monday"
    assert kept.closed_for(MONDAY + timedelta(days=1)) is None


def test_a_closure_lasts_from_its_first_to_its_last_day() -> None:
    away = Closure(date(2026, 3, 3), date(2026, 3, 4), "stocktaking")
    kept = calendar(closures=(away,))
    assert [o.day.day for o in kept.openings(MONDAY, 5)] == [2, 5, 6]
    assert kept.closed_for(date(2026, 3, 4)) == "stocktaking"


def test_special_hours_win_over_week_closure_and_holiday() -> None:
    sunday = date(2026, 3, 8)
    kept = calendar(
        closures=(Closure(MONDAY, MONDAY),),
        holidays={MONDAY: "a holiday"},
        special_hours=(
            SpecialHours(sunday, time(12), time(16)),
            SpecialHours(MONDAY, time(15), time(18)),
            SpecialHours(MONDAY, time(9), time(13)),
        ),
    )
    assert clocks(kept.openings(MONDAY, 1)) == ["Mon 09:00-13:00", "Mon 15:00-18:00"]
    assert kept.closed_for(MONDAY) is None
    assert clocks(kept.openings(sunday, 1)) == ["Sun 12:00-16:00"]


def test_a_resource_works_when_it_and_the_house_are_open() -> None:
    kept = calendar(closures=(Closure(MONDAY, MONDAY, "", "Anna"),))
    house = kept.openings(MONDAY, 7)
    mornings = (
        WeekTime(0, time(7), time(12)),
        WeekTime(1, time(7), time(12)),
        WeekTime(2, time(16), time(20)),
        WeekTime(5, time(9), time(12)),
        WeekTime(3, time(18), time(20)),
    )
    assert clocks(kept.openings_of("Bo", mornings, house)) == [
        *("Mon 09:00-12:00", "Tue 09:00-12:00", "Wed 16:00-17:00")
    ]
    assert clocks(kept.openings_of("Anna", mornings, house))[0] == "Tue 09:00-12:00"
    assert kept.openings_of("Bo", (), house) == house


def test_a_house_may_be_open_past_midnight() -> None:
    night = Calendar(OSLO, (WeekTime(4, time(20), time(2)),))
    [opening] = night.openings(MONDAY, 7)
    assert opening.closes_at == datetime(2026, 3, 7, 2, tzinfo=OSLO)
    assert len(list(starts(opening, 60))) == 11
    own = (WeekTime(5, time(), time(1)),)
    [there] = night.openings_of("Bo", own, [opening])
    assert (there.opens_at.day, there.opens_at.hour, there.closes_at.hour) == (7, 0, 1)


def test_midnight_is_the_end_of_the_day() -> None:
    assert begins(MONDAY, time(22), time(), 60, OSLO) == ["22:00", "22:30", "23:00"]


@pytest.mark.parametrize(
    ("opens", "closes", "minutes", "expected"),
    [
        (time(9), time(11), 60, ["09:00", "09:30", "10:00"]),
        (time(9), time(10), 60, ["09:00"]),
        (time(9), time(10), 61, []),
        (time(9, 15), time(11), 30, ["09:30", "10:00", "10:30"]),
    ],
)
def test_nothing_begins_that_does_not_end_before_closing(
    opens: time, closes: time, minutes: int, expected: list[str]
) -> None:
    assert begins(MONDAY, opens, closes, minutes, OSLO) == expected


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        (SPRING, OSLO, ["01:00", "01:30", "03:00", "03:30"]),
        (AUTUMN, OSLO, ["01:00", "01:30", "03:00", "03:30"]),
        (date(2026, 3, 8), NEW_YORK, ["01:00", "01:30", "03:00", "03:30"]),
        (date(2026, 11, 1), NEW_YORK, ["02:00", "02:30", "03:00", "03:30"]),
    ],
)
def test_times_that_do_not_exist_or_exist_twice_are_never_offered(
    day: date, zone: ZoneInfo, expected: list[str]
) -> None:
    assert begins(day, time(1), time(4), 30, zone) == expected


@pytest.mark.parametrize(
    ("day", "hands"), [(SPRING, timedelta(hours=3)), (AUTUMN, timedelta(hours=1))]
)
def test_an_appointment_over_the_change_takes_its_whole_length(
    day: date, hands: timedelta
) -> None:
    """Two hours from half past one: until 04:30 in spring, and 02:30 in autumn."""
    start = datetime.combine(day, time(1, 30), tzinfo=OSLO)
    slot = Slot("night watch", "Bo", start, 120)
    assert slot.ends_at.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=2)
    shown = slot.ends_at.replace(tzinfo=None) - start.replace(tzinfo=None)
    assert shown == hands


def test_an_opening_that_the_clock_jumps_over_is_none() -> None:
    assert opening_time(SPRING, time(2), time(3), OSLO) is None
    week = Calendar(OSLO, (WeekTime(6, time(2), time(3)),))
    assert week.openings(SPRING, 1) == []
    house = [
        OpeningTime(SPRING, *(datetime(2026, 3, 29, h, tzinfo=OSLO) for h in (1, 5)))
    ]
    assert week.openings_of("Bo", week.week, house) == []


def test_in_doubt_an_opening_is_the_shorter_one() -> None:
    opening = opening_time(AUTUMN, time(2, 30), time(6), OSLO)
    assert opening is not None
    assert opening.opens_at.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    closing = opening_time(AUTUMN, time(1), time(2, 30), OSLO)
    assert closing is not None
    assert closing.closes_at.astimezone(UTC) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


@given(
    st.dates(date(2025, 1, 1), date(2030, 12, 31)),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.integers(1, 300),
    st.sampled_from([OSLO, NEW_YORK, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC")]),
)
def test_whatever_is_offered_is_certain_open_and_offered_once(
    day: date, opens: time, closes: time, minutes: int, zone: ZoneInfo
) -> None:
    opening = opening_time(day, opens, closes, zone)
    if opening is None:
        return
    found = list(starts(opening, minutes))
    for start in found:
        assert is_certain(start)
        assert start.minute in {0, 30}
        assert start.astimezone(UTC) >= opening.opens_at.astimezone(UTC)
        end = later(start, minutes).astimezone(UTC)
        assert end <= opening.closes_at.astimezone(UTC)
    assert len({start.replace(tzinfo=None) for start in found}) == len(found)
    assert found == sorted(found, key=lambda start: start.astimezone(UTC))


@pytest.mark.parametrize("lengths", [(0, 0, 0), (-5, 0, 0), (30, -1, 0), (30, 0, -1)])
def test_a_service_without_a_length_is_none(lengths: tuple[int, int, int]) -> None:
    minutes, before, after = lengths
    with pytest.raises(ValueError, match="is none"):
        Service("nothing", minutes, "", before, after)
    start = datetime(2026, 3, 2, 9, tzinfo=OSLO)
    with pytest.raises(ValueError, match="is none"):
        Slot("nothing", "Bo", start, *lengths)


def test_a_wish_suits_its_service_days_and_times() -> None:
    wish = Wish("service", MONDAY, MONDAY, time(9), time(12))

    def at(hour: int, day: int = 2, service: str = "service") -> bool:
        start = datetime(2026, 3, day, hour, tzinfo=OSLO)
        return wish.suits(Slot(service, "Bo", start, 60))

    assert [at(hour) for hour in (8, 9, 11, 12)] == [False, True, True, False]
    assert not at(9, day=3)
    assert not at(9, service="fitting")
    assert Wish("service", MONDAY, MONDAY).suits(
        Slot("service", "Bo", datetime(2026, 3, 2, 23, tzinfo=OSLO), 5)
    )
