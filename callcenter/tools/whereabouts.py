"""Which place a caller means: found, or asked about."""

from typing import Final

from callcenter.tools.definition import Answer
from callcenter.tools.desk import Desk
from callcenter.tools.places import (
    candidates,
    full_label,
    lies_in,
    told_apart,
    ways_to_read,
)
from callcenter.tools.sky import Place
from callcenter.tools.spoken import one_of

MOST_CHOICES: Final = 4
"""More than four of anything cannot be kept in mind by ear."""

MOST_READINGS: Final = 4
"""Ways to read a name that are tried: each may be a request."""


async def find(desk: Desk, said: str) -> list[Place]:
    """The places that may be meant, by the first way of reading that finds any."""
    for name, qualifier in list(ways_to_read(said))[:MOST_READINGS]:
        found = await desk.weather.places(name)
        if qualifier:
            found = [place for place in found if lies_in(place, qualifier)]
        if found:
            return candidates(found, name)
    return []


def which(said: str, found: list[Place]) -> Answer:
    if not found:
        return Answer(
            f"I could not find a place called {said}. Could you spell it for me?",
            facts={"places": [], "note": "Ask the caller; do not guess the place."},
        )
    name = found[0].name
    some = found[:MOST_CHOICES]
    return Answer(
        f"There is more than one {name}: in {one_of(told_apart(some))}. "
        "Which one do you mean?",
        facts={"places": [full_label(place) for place in some]},
    )
