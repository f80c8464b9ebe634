"""Arguments for a tool, found in what the caller said and in what tools answered.

The tool's schema decides what is looked for; a parameter is known by its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Final, TypeAlias

from callcenter.simulator.model import intents
from callcenter.simulator.model.schema import Json

_DAYS: Final = (
    *("today", "tomorrow", "monday", "tuesday", "wednesday", "thursday", "friday"),
    *("saturday", "sunday"),
)
_DAY: Final = re.compile(rf"\b({'|'.join(_DAYS)}|\d{{4}}-\d\d-\d\d)\b")
_PLACE: Final = re.compile(
    r"(?<!\bone )\b(?:in|for) (?P<place>(?!the\b)[^\d,.?!]+?)"
    rf"(?=,|\.|\?|!|$| (?:on|this|next|at|please|{'|'.join(_DAYS)})\b)"
)
_CITIES: Final = (
    *("bergen", "paris", "springfield", "tokyo", "oslo", "london", "berlin"),
    *("madrid", "rome", "new york"),
)
_SERVICE: Final = re.compile(
    r"\b(?:book|want|like|need) (?:a |an |the )?(?P<service>(?!to\b)[a-z -]+?)"
    rf"(?=$| (?:on|for|at|please|{'|'.join(_DAYS)})\b)"
)
SERVICES: Final = (
    *("bicycle service", "brake adjustment", "puncture repair", "winter check"),
    *("full service", "basic service", "repair", "service"),
)
_REGION: Final = re.compile(r"\bone in (?P<region>[a-z ]+)")
_TIME_OF_DAY: Final = re.compile(
    rf"\b(?:(?:after|before|around|at) {intents.HOUR}(?: in the \w+| am| pm)?"
    r"|in the (?:morning|afternoon|evening)|at night|tonight|right now)\b"
)
_NAME: Final = re.compile(r"\b(?:name is|this is|i am|i'm) (?P<name>[a-zæøå' -]+)")
_SPELLING: Final = re.compile(r"\bname is [a-zæøå' -]*?(?P<letters>(?: \w\b){2,})")
_SPELT_CODE: Final = re.compile(
    r"\bcode(?: is)? (?P<code>(?=\w*\d)\w{4,}|(?:\w ){3,}\w)"
)
_DIGITS: Final = (
    *("zero", "one", "two", "three", "four"),
    *("five", "six", "seven", "eight", "nine"),
)
_ORDINALS: Final = {"first": 0, "second": 1, "third": 2, "last": -1}
_TOPICS: Final = {
    "scheduling": "appointment book booking cancel move service repair time slot",
    "support": "refund broken complaint order invoice ticket wrong problem bike",
    "billing": "refund invoice bill pay money charge",
    "weather": "weather rain forecast",
}
"""Words that speak for a topic, should a tool's schema offer it."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the arguments may be found in."""

    utterance: str
    """What the caller wants, in lower case; answers to questions are added to it."""
    said: str = ""
    """Everything that the caller has said since a tool last answered."""
    results: Sequence[Json] = ()
    """What tools answered, the latest first."""

    def result(self, key: str) -> object:
        """The latest value of that name, however deep inside; None if there is none."""
        return next(
            (found for result in self.results for found in _deep(result, key)), None
        )


def arguments(tool: Json, known: Known) -> tuple[Json, list[str]]:
    """The arguments that could be found, and the required ones that could not."""
    schema = tool.get("parameters") or {}
    properties: Json = schema.get("properties") or {}
    found = {name: _value(name, about, known) for name, about in properties.items()}
    given = {name: value for name, value in found.items() if value is not None}
    if "region" in properties and ", " in (place := str(given.get("place", ""))):
        given["place"], given["region"], *_ = place.split(", ")
    return given, [name for name in schema.get("required", []) if name not in given]


def slots(known: Known) -> list[str]:
    """The free times that were found last, as ISO local times."""
    listed = known.result("slots")
    if not isinstance(listed, list):
        return []
    starts = (s.get("start") if isinstance(s, dict) else s for s in listed)
    return [start for start in starts if isinstance(start, str)]


def _value(name: str, about: Json, known: Known) -> object:
    if choices := about.get("enum"):
        usual = "default" in about
        return _choice([str(choice) for choice in choices], known, usual=usual)
    if about.get("type") in ("integer", "number", "boolean", "array", "object"):
        return None
    finder = _FINDERS.get(name)
    value = finder(known) if finder else None
    return value[: about.get("maxLength")] if isinstance(value, str) else None


def _choice(choices: list[str], known: Known, *, usual: bool) -> str | None:
    """The choice that the caller named, or whose topic was spoken of, or the first.

    None when nothing was said of it, and there is a usual one.
    """
    words = set(intents.words_of(f"{known.utterance} {known.said}"))

    def score(choice: str) -> int:
        signs = f"{choice} {_TOPICS.get(choice, '')}".lower()
        return len(words & set(re.split(r"[\s_-]+", signs)))

    best = max(choices, key=score)
    fallbacks = [c for c in choices if c in ("general", "other")]
    if not score(best):
        return None if usual else (*fallbacks, choices[0])[0]
    return best


def _place(known: Known) -> str | None:
    if (place := _among_places(known)) is not None:
        return place
    if match := _PLACE.search(known.utterance):
        return match["place"].title()
    named = [city for city in _CITIES if f" {city} " in f" {known.utterance} "]
    return named[0].title() if named else None


def _among_places(known: Known) -> str | None:
    """One of the places that the tool asked the caller to choose from."""
    latest = known.results[0] if known.results else {}
    places = [str(place) for place in latest.get("places") or []]
    if len(places) < 2:
        return None
    answer = set(intents.words_of(known.said))
    ordinal = next((_ORDINALS[word] for word in _ORDINALS if word in answer), None)
    if ordinal is not None:
        return places[min(ordinal, len(places) - 1)]
    shared = set.intersection(*(set(intents.words_of(place)) for place in places))

    def score(place: str) -> int:
        return len(answer & (set(intents.words_of(place)) - shared))

    best = max(places, key=score)
    return best if score(best) else None


def _day(known: Known) -> str | None:
    days = _DAY.findall(known.utterance)
    return str(days[-1]) if days else None


def _region(known: Known) -> str | None:
    named = _REGION.search(known.utterance)
    return named["region"].strip().title() if named else None


def _time_of_day(known: Known) -> str | None:
    named = [found[0] for found in _TIME_OF_DAY.finditer(known.utterance)]
    return named[-1].removeprefix("right ") if named else None


def spelling(known: Known) -> list[str]:
    """The letters in which the caller spelled their name."""
    spelled = _SPELLING.search(known.said)
    return spelled["letters"].split() if spelled else []


def _when(known: Known) -> str:
    return _day(known) or "as soon as possible"


def _service(known: Known) -> str | None:
    if match := _SERVICE.search(known.utterance):
        return match["service"].strip()
    named = [service for service in SERVICES if service in known.utterance]
    before = known.result("service")
    return named[0] if named else before if isinstance(before, str) else None


def _start(known: Known) -> str | None:
    free = [slot for slot in slots(known) if _on_named_day(slot, known)]
    words = intents.words_of(known.said)
    for ordinal, position in _ORDINALS.items():
        if free and ordinal in words and "one" in words:
            return free[min(position, len(free) - 1)]
    wanted = intents.clock(known.said)
    return next((slot for slot in free if wanted and _is_at(slot, *wanted)), None)


def _on_named_day(slot: str, known: Known) -> bool:
    named = set(intents.words_of(known.said)) & set(_DAYS[2:])
    return not named or datetime.fromisoformat(slot).strftime("%A").lower() in named


def _is_at(slot: str, hour: int, minute: int) -> bool:
    """Whether it is that time; without am or pm, nine may be 21:00."""
    start = datetime.fromisoformat(slot)
    return start.minute == minute and (start.hour - hour) % 12 == 0


def _name(known: Known) -> str | None:
    found = _NAME.search(known.said or known.utterance)
    if found is None:
        return None
    words = found["name"].removesuffix(" please").split()
    return " ".join(takewhile(lambda word: len(word) > 1, words)).title()


def _code(known: Known) -> str | None:
    words = known.said.split()
    digits = "".join(
        word if word.isdigit() else str(_DIGITS.index(word))
        for word in words
        if word.isdigit() or word in _DIGITS
    )
    if len(digits) >= 4:
        return digits
    if spelt := _SPELT_CODE.search(known.said):
        return spelt["code"].replace(" ", "").upper()
    before = known.result("code")
    return before if isinstance(before, str) else None


def _utterance(known: Known) -> str:
    text = known.utterance or known.said
    return text[:1].upper() + text[1:]


def _deep(value: object, key: str) -> Iterator[object]:
    """Every value of that name inside."""
    if isinstance(value, dict):
        if key in value:
            yield value[key]
        for inner in value.values():
            yield from _deep(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _deep(inner, key)


Finder: TypeAlias = Callable[[Known], str | None]

_FINDERS: Final[dict[str, Finder]] = {
    **dict.fromkeys(("place", "city", "location"), _place),
    "region": _region,
    **dict.fromkeys(("day", "date"), _day),
    "time_of_day": _time_of_day,
    "when": _when,
    "service": _service,
    **dict.fromkeys(("start", "time", "slot"), _start),
    **dict.fromkeys(("name", "caller_name"), _name),
    **dict.fromkeys(("code", "ticket", "appointment"), _code),
    **dict.fromkeys(
        ("question", "query", "summary", "details", "reason", "message", "text"),
        _utterance,
    ),
}
