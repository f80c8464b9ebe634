"""How the house is at this moment: what works, and how much of each limit is used."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from callcenter.assembly import order
from callcenter.assembly.dialling import DialGuard
from callcenter.assembly.keeping_watch import KeepingWatch
from callcenter.assembly.parts import Node
from callcenter.errors import StorageError
from callcenter.floor.ports import Clock
from callcenter.storage.engine import Database
from callcenter.storage.size import size_of
from callcenter.storage.spending import spent
from callcenter.web.console.house_desk import Check, Usage

PATIENCE_SECONDS: Final = 2.0
SLOW_WRITE_MS: Final = 250
"""Facts are written every 50 ms: a database that takes longer falls behind."""

LATE_MS: Final = 50
"""A frame of audio is due every 20 ms; whoever is later is heard."""

MANY_UNSTORED: Final = 500

MOST_FILES: Final = 100_000
"""Recordings that are measured; a house with more has tools of its own for it."""


class HouseState:
    """Ask it whenever somebody looks."""

    def __init__(
        self, node: Node, database: Database, clock: Clock, watch: KeepingWatch
    ) -> None:
        self._node = node
        self._database = database
        self._clock = clock
        self._watch = watch

    async def health(self) -> list[Check]:
        """Every part, in the order in which a call needs them; then warnings."""
        database = await self._of_database()
        return [
            self._itself(),
            *self._of_settings(),
            self._model(),
            self._twilio(),
            database,
            self._ledger(),
            self._bus(),
            self._loop(),
            *(Check("warning", "warn", one) for one in self._besides()),
        ]

    async def usage(self) -> list[Usage]:
        """Of each limit. Raises StorageError."""
        node, settings = self._node, self._node.settings
        paid = await spent(self._database, self._clock.now())
        most = node.floor.house.rules.max_calls
        return [
            Usage("Calls on this node", node.floor.live, most, "calls", "MAX_CALLS"),
            Usage(
                "Model, last hour",
                paid.usd_hour,
                settings.max_cost_per_hour_usd,
                "usd",
                "MAX_COST_PER_HOUR_USD",
            ),
            Usage(
                "Model, last 24 hours",
                paid.usd_day,
                settings.max_cost_per_day_usd,
                "usd",
                "MAX_COST_PER_DAY_USD",
            ),
            *self._dials(),
            Usage(
                "Dialled, last 24 hours",
                paid.dialled_minutes_day,
                settings.max_dialled_minutes_per_day,
                "minutes",
                "MAX_DIALLED_MINUTES_PER_DAY",
            ),
            *await self._space(),
        ]

    def _itself(self) -> Check:
        reasons = self._node.not_ready()
        nodes = self._watch.nodes()
        calls = ", ".join(f"{name} ({count})" for name, count in nodes.items())
        says = f"Nodes and their calls: {calls}."
        if reasons:
            says = f"Gets no new calls: {' '.join(reasons)} {says}"
            return Check("nodes", "bad", says, "Mend what is named; see below.")
        return Check("nodes", "ok", says)

    def _of_settings(self) -> Iterator[Check]:
        for one in order.problems(self._node.settings).values():
            yield Check("settings", "bad", one, "Set it in .env, and restart.")

    def _model(self) -> Check:
        trouble, name = self._node.model.trouble, self._node.settings
        if trouble:
            advice = (
                "Look at OPENAI_API_KEY and its project's limits: callcenter doctor"
            )
            return Check("model", "bad", trouble, advice)
        model = name.openai_realtime_model
        return Check("model", "ok", f"{model}: no trouble is known.")

    def _twilio(self) -> Check:
        errors = getattr(self._node.floor.house.carrier, "errors", {})
        if not errors:
            return Check("twilio", "ok", "Has refused nothing since the start.")
        counted = ", ".join(f"{code} ({times})" for code, times in errors.items())
        says = f"Has refused requests since the start, by error: {counted}."
        advice = "twilio.com/docs/api/errors explains each number: callcenter doctor"
        return Check("twilio", "warn", says, advice)

    async def _of_database(self) -> Check:
        began_ms = self._clock.steady_ms()
        advice = "Look at DATABASE_URL, the server and the disk: callcenter doctor"
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._database.check()
        except StorageError as error:
            return Check("database", "bad", str(error), advice)
        except TimeoutError:
            says = f"It took no write within {PATIENCE_SECONDS:.0f} s."
            return Check("database", "bad", says, advice)
        took_ms = self._clock.steady_ms() - began_ms
        level = "warn" if took_ms > SLOW_WRITE_MS else "ok"
        says = f"{self._database.dialect}: took a write in {took_ms} ms."
        return Check("database", level, says, advice if level == "warn" else "")

    def _ledger(self) -> Check:
        ledger = self._node.ledger
        advice = "Facts are stored as soon as the database takes them; mend that."
        if ledger.problem:
            return Check("ledger", "bad", ledger.problem, advice)
        if ledger.journal_waits:
            says = "Facts wait in the journal, a file beside the database."
            return Check("ledger", "warn", says, advice)
        says = f"{ledger.unstored} facts wait to be stored; the journal is empty."
        busy = ledger.unstored > MANY_UNSTORED
        return Check("ledger", "warn" if busy else "ok", says, advice if busy else "")

    def _bus(self) -> Check:
        bus = self._node.bus
        if bus.problem:
            advice = "Look at REDIS_URL and the server: nodes do not hear each other."
            return Check("bus", "bad", bus.problem, advice)
        says = "Nodes hear each other." if bus.shared else "Within this node alone."
        return Check("bus", "ok", says)

    def _loop(self) -> Check:
        late_ms = self._watch.worst_lag_ms
        says = f"At most {late_ms} ms late in the last minute."
        if late_ms <= LATE_MS:
            return Check("event loop", "ok", says)
        advice = "Callers may hear gaps: fewer calls (MAX_CALLS), or more cores."
        return Check("event loop", "warn", says, advice)

    def _besides(self) -> list[str]:
        told = {self._node.model.trouble, self._node.bus.problem}
        return [one for one in self._node.warnings() if one not in told]

    def _dials(self) -> Iterator[Usage]:
        guard = self._node.floor.house.refuses
        if isinstance(guard, DialGuard):
            its = guard.limits
            hour, day = its.hour + its.callbacks_hour, its.day + its.callbacks_day
            names = ("MAX_DIALS_PER_HOUR", "MAX_DIALS_PER_DAY")
            yield Usage("Dials, last hour", hour, its.per_hour, "dials", names[0])
            yield Usage("Dials, last 24 hours", day, its.per_day, "dials", names[1])

    async def _space(self) -> list[Usage]:
        folder = self._node.settings.recordings_dir
        stored = await size_of(self._database)
        recorded = await asyncio.to_thread(_weight, folder)
        disk = await asyncio.to_thread(shutil.disk_usage, _there(folder))
        return [
            Usage("Database", stored, 0, "bytes", "DATABASE_URL"),
            Usage("Recordings", recorded, 0, "bytes", "RECORDINGS_DIR"),
            Usage("Disk of this node", disk.used, disk.total, "bytes"),
        ]


def _weight(folder: Path) -> int:
    """Of all files, in bytes."""
    total = 0
    for count, path in enumerate(folder.rglob("*")):
        if count >= MOST_FILES:
            break
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # deleted a moment ago
            continue
    return total


def _there(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    path = folder.absolute()
    while not path.exists():
        path = path.parent
    return path
