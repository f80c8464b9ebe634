"""The roster as it is now: cards that are edited serve the next call.

A broken edit is refused: the last sound roster stays, and what is wrong is logged and
kept for whoever shows it. Calls keep the roster that they began with.
"""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

import structlog

from callcenter.domain.problems import Problem
from callcenter.domain.roster import Roster
from callcenter.tools.roster_files import load_roster, read_roster

LOOK_SECONDS: Final = 1.0
"""Between looks at the folder. A look is a stat for each card, in a thread."""

MOST_KEPT: Final = 20
"""Rosters that calls which come back may have begun with."""

Tools: TypeAlias = Callable[[], Mapping[str, str]]
Folder: TypeAlias = frozenset[tuple[str, int, int]]
"""Each file's name, time of its last change, and size."""

logger = structlog.get_logger()


class Rosters:
    """`follow` it in a task; ask it for the `current` roster at each new call.

    Raises ConfigurationError when the cards are unsound at the start.
    """

    def __init__(self, folder: Path, entry: str, tools: Tools) -> None:
        self._folder = folder
        self._entry = entry
        self._tools = tools
        self._read = self._waiting = _look(folder)
        self._current = load_roster(folder, entry, tools())
        self._kept = {self._current.hash: self._current}
        self.problems: tuple[Problem, ...] = ()
        """What is wrong with the cards as they are now; if anything is, they are not
        the current roster."""

    def current(self) -> Roster:
        """The newest sound roster. Reads no file."""
        return self._current

    def known(self, roster_hash: str) -> Roster:
        """The roster of that hash; the current one when it is not known (any more)."""
        return self._kept.get(roster_hash, self._current)

    def descriptions(self) -> Mapping[str, str]:
        """What the model reads of each tool that a card may name."""
        return self._tools()

    async def follow(self) -> None:
        """Look for changes until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await asyncio.to_thread(self.look)

    def look(self) -> None:
        """Take up what has changed, once it has stayed the same for two looks.

        An editor may still be writing. This reads files: call it in a thread.
        """
        seen = _look(self._folder)
        if seen == self._waiting != self._read:
            self._read = seen
            self._take(*read_roster(self._folder, self._entry, self._tools()))
        self._waiting = seen

    def _take(self, roster: Roster, problems: list[Problem]) -> None:
        errors = tuple(problem for problem in problems if not problem.warning)
        if errors:
            logger.error(
                "roster_refused",
                problems=[str(problem) for problem in errors],
                still=self._current.hash,
            )
        elif roster != self._current:
            self._keep(roster)
            logger.info("roster_changed", roster=roster.hash)
        self.problems = errors

    def _keep(self, roster: Roster) -> None:
        self._kept.pop(roster.hash, None)  # so that the newest is the last to go
        self._current = self._kept[roster.hash] = roster
        if len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]


def _look(folder: Path) -> Folder:
    found = []
    for path in folder.glob("*.md"):
        try:
            stat = path.stat()
        except OSError:  # deleted a moment ago; or replaced, and then it comes back
            continue
        found.append((path.name, stat.st_mtime_ns, stat.st_size))
    return frozenset(found)
