"""What callers, and models, say of a time of day: "after five", "in the morning"."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from callcenter.tools.definition import Unfit
from callcenter.tools.spoken import HOURS, spoken_time_of_day

HOW_TO_SAY_A_TIME: Final = (
    "give it as morning, afternoon, evening, 'after 17:00', 'before 10:00', "
    "'between 10:00 and 12:00' or 'around 14:00'"
)

LAST_GUESS: Final = 7
"""From one to seven, people mean the afternoon, unless they say otherwise."""

_ANY_DAY: Final = date(2000, 1, 2)
"""To reckon with times of day."""

_TENS: Final = {"ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30} | {
    "forty": 40,
    "forty five": 45,
    "fifty": 50,
}
_WORDS: Final = {word: hour or 12 for hour, word in enumerate(HOURS)}
_DIGITS: Final = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?\s*(am|pm)?")
_SPOKEN: Final = re.compile(
    r"(?:(half|quarter|ten|twenty) (past|to) )?([a-z]+)(?: ([a-z ]+?))??(?: (am|pm))?"
)
_PART_OF_DAY: Final = {
    "in the morning": "am",
    "in the afternoon": "pm",
    "in the evening": "pm",
    "at night": "pm",
}


@dataclass(frozen=True, slots=True)
class Window:
    """When an appointment may begin, as far as the caller minds."""

    not_before: time | None = None
    begins_before: time | None = None
    near: time | None = None
    """As close to this as can be; then the other two are not set."""

    def includes(self, start: datetime) -> bool:
        clock = start.time()
        return (self.not_before is None or clock >= self.not_before) and (
            self.begins_before is None or clock < self.begins_before
        )

    def bounds(self) -> tuple[time | None, time | None]:
        """Not before, and before: an hour around a time that was named alone."""
        if self.near is None:
            return self.not_before, self.begins_before
        middle = datetime.combine(_ANY_DAY, self.near)
        hour = timedelta(hours=1)
        return (middle - hour).time(), (middle + hour).time()

    def spoken(self) -> str:
        """`after five o'clock in the afternoon`; empty when any time will do."""
        first, last, near = (
            one and spoken_time_of_day(one)
            for one in (self.not_before, self.begins_before, self.near)
        )
        if first and last:
            return f"between {first} and {last}"
        if near:
            return f"around {near}"
        return f"after {first}" if first else f"before {last}" if last else ""


_NAMED: Final = {
    "": Window(),
    "any": Window(),
    "anytime": Window(),
    "any time": Window(),
    "whenever": Window(),
    "morning": Window(begins_before=time(12)),
    "early morning": Window(begins_before=time(10)),
    "late morning": Window(time(10), time(12)),
    "noon": Window(near=time(12)),
    "lunchtime": Window(time(11, 30), time(13, 30)),
    "afternoon": Window(time(12), time(18)),
    "early afternoon": Window(time(12), time(15)),
    "late afternoon": Window(time(15), time(18)),
    "evening": Window(time(17)),
    "tonight": Window(time(17)),
    "after work": Window(time(16, 30)),
    "after lunch": Window(time(13)),
    "before lunch": Window(begins_before=time(12)),
}
_AFTER: Final = re.compile(
    r"(?:after|from|not before|no earlier than|later than|past) (.+)"
    r"|(.+) (?:or later|onwards?|and later)"
)
_BEFORE: Final = re.compile(
    r"(?:before|until|till|by|not after|no later than|earlier than) (.+)"
    r"|(.+) (?:or earlier|at the latest)"
)
_BETWEEN: Final = re.compile(
    r"(?:between |from )?(.+?)(?: and | to | until |\s*-\s*)(.+)"
)
_AROUND: Final = re.compile(r"(?:around|about|at|near|ca) (.+)")


def parse_window(text: str) -> Window:
    """The times that are meant. Raises Unfit with what to write instead."""
    said = " ".join(re.sub(r"[,.!?](?!\d)|\bo'?clock\b", " ", text.lower()).split())
    said = said.removeprefix("in the ").removeprefix("at ").removeprefix("the ")
    if (named := _NAMED.get(said)) is not None:
        return named
    window = _window(said)
    if window is None:
        raise Unfit(f"I do not understand the time {text!r}: {HOW_TO_SAY_A_TIME}.")
    return window


def parse_clock(text: str) -> time | None:
    """A time of day as it is said or written; None when it is none."""
    said = text.replace("a.m.", "am").replace("p.m.", "pm").strip()
    half = ""
    for words, meant in _PART_OF_DAY.items():
        if said.endswith(words):
            said, half = said.removesuffix(words).strip(), meant
    if said in {"noon", "midday"}:
        return time(12)
    if match := _DIGITS.fullmatch(said):
        hour, minute, given = match.groups()
        sure = len(hour) == 2 and minute is not None
        return _at(int(hour), int(minute or 0), given or half, sure=sure)
    return _in_words(said, half)


def split_day(text: str) -> tuple[str, str]:
    """The day, and the time of day that was said with it: "friday morning"."""
    match = re.fullmatch(
        r"(.+?)[\s,]+((?:in the |late |early )?(?:morning|afternoon|evening)"
        r"|(?:after|before|around|between|at) (?:.*\d.*|.+))",
        text.strip(),
        re.IGNORECASE,
    )
    if match is None or re.search(r"\bday$|^the$", match[1], re.IGNORECASE):
        return text, ""  # "the day | after tomorrow"
    return match[1], match[2]


def _window(said: str) -> Window | None:
    if (match := _AFTER.fullmatch(said)) and (
        first := parse_clock(match[1] or match[2])
    ):
        return Window(not_before=first)
    if (match := _BEFORE.fullmatch(said)) and (
        last := parse_clock(match[1] or match[2])
    ):
        return Window(begins_before=last)
    if match := _BETWEEN.fullmatch(said):
        first, last = parse_clock(match[1]), parse_clock(match[2])
        if first and last and first < last:
            return Window(first, last)
    if match := _AROUND.fullmatch(said):
        said = match[1]
    near = parse_clock(said)
    return None if near is None else Window(near=near)


def _in_words(said: str, half: str) -> time | None:
    """`half past four`, `five thirty`, `quarter to three pm`."""
    match = _SPOKEN.fullmatch(said)
    if match is None or match[3] not in _WORDS:
        return None
    part, way, word, minutes, given = match.groups()
    minute = _TENS.get(minutes, -1) if minutes else 0
    if part:
        minute = {"half": 30, "quarter": 15, "ten": 10, "twenty": 20}[part]
    if minute < 0:
        return None
    clock = _at(_WORDS[word], 0, given or half, sure=False)
    if clock is None:
        return None
    moment = datetime.combine(_ANY_DAY, clock)
    ahead = timedelta(minutes=minute)
    return (moment - ahead if way == "to" else moment + ahead).time()


def _at(hour: int, minute: int, half: str, *, sure: bool) -> time | None:
    if hour > 23 or minute > 59:
        return None
    if half == "am":
        hour = 0 if hour == 12 else hour
    elif hour < 12 and (half == "pm" or (not sure and 1 <= hour <= LAST_GUESS)):
        hour += 12
    return time(hour, minute)
