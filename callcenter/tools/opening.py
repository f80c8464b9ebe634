"""A week's opening times, as one or two sentences."""

from collections.abc import Sequence
from itertools import groupby

from callcenter.domain.schedule import OpeningTime
from callcenter.tools.spoken import WEEKDAYS, all_of, spoken_time_of_day


def spoken_week(opening: Sequence[OpeningTime]) -> str:
    """`We are open Monday to Friday from ten … to six …, and Saturday from …`.

    The days are said in the order of the week, not from today on.
    """
    if not opening:
        return "We are closed all week."
    ordered = sorted(opening, key=lambda each: each.day.weekday())
    spans = [
        f"{_days([each.day.weekday() for each in days])} {hours}"
        for hours, days in groupby(ordered, key=_hours)
    ]
    return f"We are open {all_of(spans)}."


def spoken_hours(of_a_day: Sequence[OpeningTime]) -> str:
    """`from ten o'clock in the morning to six o'clock in the evening`."""
    return all_of([_hours(each) for each in of_a_day])


def _hours(each: OpeningTime) -> str:
    opens = spoken_time_of_day(each.opens_at)
    return f"from {opens} to {spoken_time_of_day(each.closes_at)}"


def _days(weekdays: Sequence[int]) -> str:
    """`Monday to Friday` where they follow on one another."""
    names = [WEEKDAYS[number] for number in weekdays]
    if len(names) > 2 and weekdays[-1] - weekdays[0] == len(names) - 1:
        return f"{names[0]} to {names[-1]}"
    return all_of(names)
