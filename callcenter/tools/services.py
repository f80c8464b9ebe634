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
    | {"like", "me", "my", "need", "of", "on", "our", "please", "some", "the", "to"}
    | {"want", "with", "would", "your"}
)


def which_service(said: str, services: Sequence[Service]) -> Service:
    """The one that is meant; raises Sorry, which asks, when that is not clear."""
    for service in services:
        if service.name.casefold() == said.casefold():
            return service
    best = _best(said, services)
    if len(best) == 1:
        return best[0]
    names = [service.name for service in best or services]
    raise Sorry(
        f"It is not clear which service {said!r} is. Ask the caller; the service must "
        f"be one of those listed under 'services'.",
        say=f"Which of these would you like: {one_of(names)}?",
        services=names,
    )


def _best(said: str, services: Sequence[Service]) -> list[Service]:
    """Those that share most words with what was said; if none does, a near spelling."""
    wanted = _words(said)
    scores = [_likeness(wanted, _words(service.name)) for service in services]
    top = max(scores, default=0.0)
    if top:
        scored = zip(services, scores, strict=True)
        return [service for service, score in scored if score == top]
    names = [service.name for service in services]
    near = get_close_matches(said.casefold(), names, n=1)
    return [service for service in services if service.name in near]


def _likeness(wanted: frozenset[str], has: frozenset[str]) -> float:
    """The share of common words: 1 when they are the same."""
    return 2 * len(wanted & has) / ((len(wanted) + len(has)) or 1)


def _words(text: str) -> frozenset[str]:
    plain = re.sub(r"\b(e|tune|check)[\s-]+(?=bikes?\b|up\b)", r"\1", text.casefold())
    words = (SAME.get(word, word) for word in re.findall(r"\w+", plain))
    return frozenset(word for word in words if word not in IGNORED)
