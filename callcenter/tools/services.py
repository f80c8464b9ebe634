"""Which service a caller means: "a check for my bike" is a bicycle service."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from callcenter.domain.schedule import Service
from callcenter.tools.definition import Sorry
from callcenter.tools.spoken import one_of

SAME: Final = {
    "bike": "bicycle",
    "bikes": "bicycle",
    "bicycles": "bicycle",
    "cycle": "bicycle",
    "ebike": "electric",
    "ebikes": "electric",
    "electrical": "electric",
    "battery": "electric",
    "checkup": "service",
    "check": "service",
    "tuneup": "service",
    "servicing": "service",
    "maintenance": "service",
    "overhaul": "service",
    "fix": "repair",
    "repairs": "repair",
    "repairing": "repair",
    "fixing": "repair",
    "mend": "repair",
    "broken": "repair",
    "flat": "puncture",
    "hire": "rental",
    "rent": "rental",
    "renting": "rental",
    "rentals": "rental",
    "tyres": "tyre",
    "tire": "tyre",
    "tires": "tyre",
    "wheels": "wheel",
    "brakes": "brake",
    "gears": "gear",
}
IGNORED: Final = frozenset(
    {"a", "an", "and", "appointment", "at", "book", "for", "get", "have", "i", "in"}
    | {
        "is",
        "it",
        "like",
        "me",
        "my",
        "need",
        "of",
        "on",
        "or",
        "our",
        "please",
        "some",
        "the",
        "to",
    }
    | {"want", "with", "would", "your"}
)


GENERIC: Final = frozenset({"bicycle", "repair"})
"""Words that say nothing in a bicycle workshop: "repair my bike" may be anything."""

GENERIC_WEIGHT: Final = 0.1
DESCRIPTION_WEIGHT: Final = 0.3
ENOUGH: Final = 0.25
"""One word of a description decides; generic words alone do not."""


def which_service(said: str, services: Sequence[Service]) -> Service:
    """The one that is meant; raises Sorry, which asks, when that is not clear."""
    wanted = _words(said)
    for service in services:
        if wanted and wanted == _words(service.name):
            return service
    best = _best(wanted, services) or _near(said, services)
    if len(best) == 1:
        return best[0]
    names = [service.name for service in best or services]
    raise Sorry(
        f"It is not clear which service {said!r} is. Ask the caller; the service must "
        "be one of those listed under 'services'.",
        say=f"Which of these would you like: {one_of(names)}?",
        services=names,
    )


def _best(wanted: frozenset[str], services: Sequence[Service]) -> list[Service]:
    """Those that share most with what was said; a word that few have counts more."""
    names = [_words(service.name) for service in services]
    stories = [_words(service.description) for service in services]
    scores = [
        sum(_weight(word, names) for word in wanted & name)
        + sum(DESCRIPTION_WEIGHT * _weight(word, stories) for word in wanted & story)
        for name, story in zip(names, stories, strict=True)
    ]
    top = max(scores, default=0.0)
    if top < ENOUGH:
        return []
    scored = zip(services, scores, strict=True)
    return [service for service, score in scored if top - score < GENERIC_WEIGHT / 2]


def _weight(word: str, texts: Sequence[frozenset[str]]) -> float:
    if word in GENERIC:
        return GENERIC_WEIGHT
    return 1 / sum(word in text for text in texts)


def _near(said: str, services: Sequence[Service]) -> list[Service]:
    """A name that was misheard by a letter or two."""
    names = [service.name for service in services]
    near = get_close_matches(said.casefold(), names, n=1)
    return [service for service in services if service.name in near]


def _words(text: str) -> frozenset[str]:
    plain = re.sub(r"\b(e|tune|check)[\s-]+(?=bikes?\b|up\b)", r"\1", text.casefold())
    words = (SAME.get(word, word) for word in re.findall(r"\w+", plain))
    return frozenset(word for word in words if word not in IGNORED)
