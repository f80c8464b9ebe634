"""A busy hour, made up: what the pictures of the documentation are taken of."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from callcenter.domain.events import Fact
from callcenter.domain.ids import CallId
from callcenter.domain.presence import Attendance, Presence
from callcenter.domain.wall import Wall
from callcenter.storage.bulk import fill
from callcenter.storage.directory import Directory
from callcenter.storage.engine import Database
from callcenter.storage.made_up import PER_DAY, made_up_calls
from callcenter.wire.bus import Bus
from callcenter.wire.facts import dump_line

SEED: Final = 7
DAYS: Final = 9
"""Today's figures stand beside those of a week ago."""

CALLS_NOW: Final = 26
STORIES: Final = 80
"""Of which some are still going on when they are cut short."""

PEOPLE: Final = {
    "Ada": Presence.AVAILABLE,
    "Bea": Presence.BUSY,
    "Cai": Presence.AVAILABLE,
    "Dag": Presence.RINGING,
    "Eli": Presence.WRAP_UP,
    "Finn": Presence.BUSY,
    "Gro": Presence.AWAY,
}
OPERATORS: Final = "\n".join(
    f'[[operators]]\nname = "{name}"\nnumber = "+1500555010{place}"\n'
    f'skills = ["general", "support"]'
    for place, name in enumerate(PEOPLE, 1)
)


async def past(database: Database, now: datetime) -> None:
    """Days full of calls, up to now."""
    calls = made_up_calls(DAYS * PER_DAY, seed=SEED, until=now + timedelta(days=1))
    await fill(database, (one for one in calls if one[-1].at < now), lambda _: None)


async def at_work(database: Database, now: datetime) -> None:
    """What the operators do just now."""
    chance = Random(SEED)
    for name, presence in PEOPLE.items():
        since = now - timedelta(seconds=chance.randrange(20, 400))
        there = Attendance(presence, since)
        await Directory(database).attend(name, lambda _, is_=there: is_)  # type: ignore[misc]


def happens(bus: Bus, now: datetime) -> int:
    """Tell of calls that go on now, as another node would; returns how many."""
    going_on = list(_going_on(now))
    for facts in going_on:
        for fact in facts:
            bus.publish("facts", dump_line(fact))
    return len(going_on)


def _going_on(now: datetime) -> Iterator[list[Fact]]:
    chance, found = Random(SEED), 0
    for facts in made_up_calls(STORIES, seed=SEED + 1, until=now):
        cut = facts[: chance.randrange(6, max(7, len(facts)))]
        late = now - timedelta(seconds=chance.uniform(0.5, 14)) - cut[-1].at
        name = CallId(f"call_{chance.getrandbits(64):016x}")
        moved = [replace(one, call_id=name, at=one.at + late) for one in cut]
        wall = Wall()
        wall.learn(moved)
        if wall.calls and found < CALLS_NOW:
            found += 1
            yield moved
