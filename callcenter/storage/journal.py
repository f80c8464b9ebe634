"""A file for the facts that the database could not take: one line of JSON each.

Reading it back must survive the process dying at any moment. So the file is first set
aside under another name, and removed only when all of it is stored; to store a fact
twice is harmless.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import structlog

from callcenter.domain.events import Fact
from callcenter.wire.facts import UnknownFact, dump_line, load_line

_log: Final = structlog.get_logger(__name__)

_OWNER_ONLY: Final = 0o600
"""It holds what callers said."""


class Journal:
    """The file at `path`, which exists only while something is in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._aside = path.with_name(f"{path.name}.replaying")
        self._refused = path.with_name(f"{path.name}.refused")

    @property
    def waiting(self) -> bool:
        """Whether there is something to replay."""
        return self._aside.exists() or self.path.exists()

    def write(self, facts: Iterable[Fact]) -> None:
        """Add facts, and have them on the disk. Raises OSError."""
        _append(self.path, facts)

    def refuse(self, fact: Fact) -> None:
        """Keep a fact that the database will never take. Raises OSError."""
        _append(self._refused, [fact])

    def read(self, most: int) -> Iterator[list[Fact]]:
        """What is waiting, the oldest first, at most so many at a time.

        Exhaust it, then call `forget`. Lines that cannot be read (the last may be half
        a line, if the machine went down) are skipped and logged. Raises OSError.
        """
        if not self._aside.exists():
            self.path.rename(self._aside)
        facts: list[Fact] = []
        with self._aside.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    facts.append(load_line(line))
                except UnknownFact as error:
                    _log.error("journal_line_skipped", line=number, reason=str(error))
                if len(facts) == most:
                    yield facts
                    facts = []
        if facts:
            yield facts

    def forget(self) -> None:
        """Remove what has been read: it is stored. Raises OSError."""
        self._aside.unlink(missing_ok=True)


def _append(path: Path, facts: Iterable[Fact]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _OWNER_ONLY)
    with os.fdopen(handle, "ab") as file:
        file.write(b"".join(dump_line(fact) for fact in facts))
        file.flush()
        os.fsync(file.fileno())
