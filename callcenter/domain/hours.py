"""When somebody is at work: "Mon-Fri 08:00-18:00 Europe/Oslo"."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SPAN: Final = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+"
    r"(?P<opens>\d{1,2}:\d{2})-(?P<closes>\d{1,2}:\d{2})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Span:
    """The same opening time on some days of the week (Monday is 0)."""

    days: frozenset[int]
    opens: time
    closes: time

    def includes(self, local: datetime) -> bool:
        """Whether a local time lies in the span; one past midnight is the night's."""
        clock, today = local.time(), local.weekday()
        if self.opens <= self.closes:
            return today in self.days and self.opens <= clock < self.closes
        yesterday = (today - 1) % 7
        return (today in self.days and clock >= self.opens) or (
            yesterday in self.days and clock < self.closes
        )


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours: one or more spans in one time zone."""

    spans: tuple[Span, ...]
    zone: ZoneInfo

    def include(self, at: datetime) -> bool:
        """Whether a moment (aware) lies within them."""
        local = at.astimezone(self.zone)
        return any(span.includes(local) for span in self.spans)

    def next_opening(self, at: datetime) -> datetime | None:
        """When they next begin, after a moment; None: not within a week."""
        local = at.astimezone(self.zone)
        begins = (
            datetime.combine(local.date() + timedelta(days=n), span.opens, self.zone)
            for n in range(len(DAYS) + 1)
            for span in self.spans
            if (local.weekday() + n) % len(DAYS) in span.days
        )
        return min((one for one in begins if one > at), default=None)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "Mon-Fri 08:00-18:00, Sat 10:00-14:00 Europe/Oslo".

        Raises ValueError with a sentence that says what is wrong.
        """
        spans_text, _, zone_name = text.strip().rpartition(" ")
        try:
            zone = ZoneInfo(zone_name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(
                f"{zone_name!r} is not a time zone; write hours like "
                "'Mon-Fri 08:00-18:00 Europe/Oslo'"
            ) from error
        return cls(parse_spans(spans_text), zone)


def parse_spans(text: str) -> tuple[Span, ...]:
    """Read "Mon-Fri 08:00-18:00, Sat 10:00-14:00".

    Raises ValueError with a sentence that says what is wrong.
    """
    return tuple(_span(part.strip()) for part in text.split(","))


def _span(text: str) -> Span:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(
            f"{text!r} are not hours; write them like 'Mon-Fri 08:00-18:00'"
        )
    first = _day(match["first"])
    last = _day(match["last"] or match["first"])
    days = frozenset((first + n) % 7 for n in range((last - first) % 7 + 1))
    return Span(days, _clock(match["opens"]), _clock(match["closes"]))


def _day(name: str) -> int:
    if name.lower() not in DAYS:
        raise ValueError(
            f"{name!r} is not a day; use Mon, Tue, Wed, Thu, Fri, Sat, Sun"
        )
    return DAYS.index(name.lower())


def _clock(text: str) -> time:
    hour, minute = (int(part) for part in text.split(":"))
    if hour == 24 and minute == 0:
        return time.max
    if hour > 23 or minute > 59:
        raise ValueError(f"{text!r} is not a time of day")
    return time(hour, minute)
