"""`callcenter simulate`: place scripted calls, and write down what became of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from callcenter.assembly.logs import set_up_logs
from callcenter.demo.people import QUIET_MS, operators, write_operators
from callcenter.demo.rehearsal import Rehearsal, rehearsal
from callcenter.demo.scripts import Script
from callcenter.demo.verdict import Check, was_understood
from callcenter.simulator.carrier.phone import Phone
from callcenter.simulator.carrier.records import Happening
from callcenter.simulator.speech.clips import clip
from callcenter.storage.engine import Database
from callcenter.storage.history import History

LONGEST_SECONDS: Final = 180.0
"""A call that is not over by then has gone wrong."""

PATIENCE_S: Final = 40.0
"""For an answer: a briefing or a long list of times may take half a minute."""

SETTLES_S: Final = 5.0
"""For the last facts to be written."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A call that was placed: the script, and the call as the database has it."""

    script: Script
    call: Mapping[str, Any]

    def checks(self) -> list[Check]:
        """What had to happen, and whether it did."""
        done = [
            one["tool"] for one in self.call["tool_calls"] if one["outcome"] == "ok"
        ]
        return [
            Check(
                "every word was understood", was_understood(self.call, self.script.says)
            ),
            Check("that was done, and nothing else", done == list(self.script.tools)),
            Check("it ended so", self.call["disposition"] == self.script.disposition),
        ]

    @property
    def went_well(self) -> bool:
        """Whether it may be shown to anybody."""
        return all(check.ok for check in self.checks())


async def rehearse(
    scripts: Iterable[Script], tell: Callable[[str], None]
) -> list[Conversation]:
    """Place one call after another, in real time, with real sound; a minute each."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        log_path = folder / "callcenter.log"
        with log_path.open("w", encoding="utf-8") as log:
            set_up_logs("WARNING", log)
            async with rehearsal(
                folder, write_operators(folder), operators()
            ) as center:
                placed = []
                for script in scripts:
                    tell(f"{script.name}: {script.title}")
                    placed.append(await _place(center, script, folder))
                return placed


async def _place(center: Rehearsal, script: Script, folder: Path) -> Conversation:
    center.weather.always = dict(script.sky)
    leg = await center.carrier.place_call(script.number, _caller(script))
    try:
        await leg.phone.happens(Happening.ENDED, timeout_s=LONGEST_SECONDS)
    except TimeoutError:
        leg.phone.hang_up()
    await center.node.floor.drained(SETTLES_S)
    await center.node.ledger.flush(SETTLES_S)
    database = Database.open(f"sqlite+aiosqlite:///{folder / 'callcenter.db'}")
    try:
        call = await History(database).show_call(leg.sid)
    finally:
        await database.close()
    if call is None:
        raise LookupError(f"The call {leg.sid} is not in the database.")
    return Conversation(script, call)


def _caller(script: Script) -> Callable[[Phone], Any]:
    async def speaks(phone: Phone) -> None:
        await phone.hears_pause(QUIET_MS)
        for slug in script.says[:-1]:
            await phone.say(clip(slug).audio)
            await phone.hears_pause(QUIET_MS, timeout_s=PATIENCE_S)
        await phone.say(clip(script.says[-1]).audio)
        if script.disposition == "escalated":
            await phone.happens(Happening.UNBRIDGED, timeout_s=LONGEST_SECONDS)
            phone.hang_up()
        else:
            await phone.happens(Happening.ENDED, timeout_s=PATIENCE_S)

    return speaks
