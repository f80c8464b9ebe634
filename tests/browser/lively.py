"""A busy hour, made up: what the pictures of the documentation are taken of."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from callcenter.domain.events import (
    CallEscalated,
    Fact,
    OperatorAnswered,
    OperatorCalled,
)
from callcenter.domain.ids import CallId
from callcenter.domain.phases import Phase
from callcenter.domain.presence import Attendance, Presence
from callcenter.domain.wall import Wall
from callcenter.storage.bulk import fill
from callcenter.storage.directory import Directory
from callcenter.storage.engine import Database
from callcenter.storage.made_up import PER_DAY, made_up_calls
from callcenter.wire.bus import Bus
from callcenter.wire.facts import dump_line

SEED: Final = 4
DAYS: Final = 9
"""Today's figures stand beside those of a week ago."""

CALLS_NOW: Final = 26
STORIES: Final = 100
"""Of which some are still going on when they are cut short."""

PEOPLE: Final = {
    "Ada": Presence.AVAILABLE,
    "Bea": Presence.AVAILABLE,
    "Cai": Presence.AVAILABLE,
    "Dag": Presence.AVAILABLE,
    "Eli": Presence.WRAP_UP,
    "Finn": Presence.AVAILABLE,
    "Gro": Presence.AWAY,
}
"""When no call keeps them."""

OPERATORS: Final = "\n".join(
    f'[[operators]]\nname = "{name}"\nnumber = "+1500555010{place}"\n'
    f'skills = ["general", "support"]'
    for place, name in enumerate(PEOPLE, 1)
)


async def past(database: Database, now: datetime) -> None:
    """Days full of calls, up to now."""
    calls = made_up_calls(DAYS * PER_DAY, seed=SEED, until=now + timedelta(days=1))
    await fill(database, (one for one in calls if one[-1].at < now), lambda _: None)


async def happens(database: Database, bus: Bus, now: datetime) -> int:
    """Tell of calls that go on now, as another node would; returns how many."""
    wall = Wall()
    for facts in _going_on(now):
        if not _fits(wall, facts):
            continue
        wall.learn(facts)
        for fact in facts:
            bus.publish("facts", dump_line(fact))
    await _at_work(database, wall, now)
    return len(wall.calls)


def _fits(wall: Wall, facts: list[Fact]) -> bool:
    """Not over yet, and nobody is rung by two callers."""
    alone = Wall()
    alone.learn(facts)
    busy = {one.operator for one in wall.calls.values()} - {""}
    mine = {one.operator for one in alone.calls.values()}
    return bool(mine) and not mine & busy and len(wall.calls) < CALLS_NOW


async def _at_work(database: Database, wall: Wall, now: datetime) -> None:
    """The operators, as these calls keep them."""
    chance = Random(SEED)
    rung = {one.operator: one.phase for one in wall.calls.values()}
    for name, otherwise in PEOPLE.items():
        since = now - timedelta(seconds=chance.randrange(10, 60))
        presence = otherwise
        if name in rung:
            talks = rung[name] is Phase.BRIDGED
            presence = Presence.BUSY if talks else Presence.RINGING
        there = Attendance(presence, since)
        await Directory(database).attend(name, lambda _, is_=there: is_)  # type: ignore[misc]


def _going_on(now: datetime) -> Iterator[list[Fact]]:
    """Stories cut short; of those with an escalation, in the midst of it."""
    chance = Random(SEED)
    for facts in made_up_calls(STORIES, seed=SEED + 1, until=now):
        telling = [
            at
            for at, one in enumerate(facts, 1)
            if isinstance(one.event, CallEscalated | OperatorCalled | OperatorAnswered)
        ]
        cut = facts[: chance.choice(telling or range(5, len(facts) + 1))]
        late = now - timedelta(seconds=chance.uniform(0.5, 14)) - cut[-1].at
        name = CallId(f"call_{chance.getrandbits(64):016x}")
        yield [replace(one, call_id=name, at=one.at + late) for one in cut]
