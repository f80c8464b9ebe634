"""The folder of knowledge articles, and the index of what stands in it now.

Files are read, watched and searched in threads: the event loop never waits for a disk.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import structlog

from callcenter.domain.articles import Article
from callcenter.domain.problems import Problem
from callcenter.domain.tickets import Passage
from callcenter.storage.knowledge import Knowledge
from callcenter.wire.articles import parse_article
from callcenter.wire.front_matter import BadCard

log = structlog.get_logger(__name__)

LOOK_S: Final = 2.0
"""Between looks at the folder; a look is a stat for each file."""

Folder: TypeAlias = frozenset[tuple[str, int, int]]
"""Each file's name, time of its last change, and size."""


def read_articles(folder: Path) -> tuple[list[Article], list[Problem]]:
    """Every `*.md` that can be read, and what is wrong with the others.

    No folder is no article, and no problem.
    """
    articles: list[Article] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.md")):
        shown = _shown(path)
        try:
            articles.append(parse_article(path.read_bytes(), path.name, shown))
        except BadCard as bad:
            problems += bad.problems
        except OSError as error:
            problems.append(Problem(shown, 0, f"cannot be read: {error.strerror}"))
    return articles, problems


class Library:
    """Articles that are edited serve the next question.

    A broken edit is refused: what could be read last stays, and the log says what is
    wrong, and where. At the start, articles that are broken are left out.
    """

    def __init__(
        self, folder: Path, *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder = folder
        self._seconds = seconds
        self._lock = threading.Lock()
        self._closed = False
        self._looked_s = seconds()
        self._seen = _look(folder)
        articles, problems = read_articles(folder)
        self._index = Knowledge(articles)
        self.problems = tuple(problems)
        """What is wrong with the articles as they are now."""
        self._complain()

    @property
    def passages(self) -> Sequence[Passage]:
        """All that can be found."""
        return self._index.passages

    def close(self) -> None:
        """Let the index go; nothing can be searched any more."""
        with self._lock:
            self._closed = True
            self._index.close()

    async def follow(self) -> None:
        """Look for changes until cancelled, so that trouble is told unasked."""
        while True:
            await asyncio.sleep(LOOK_S)
            await asyncio.to_thread(self.look)

    def look(self) -> None:
        """Take up what has changed. This reads files: call it in a thread."""
        with self._lock:
            if not self._closed:
                self._look_again()

    async def search(self, question: str, most: int = 3) -> Sequence[Passage]:
        """The passages that fit best; none when nothing fits well."""
        return await asyncio.to_thread(self.search_now, question, most)

    def search_now(self, question: str, most: int = 3) -> Sequence[Passage]:
        """As `search`, but it blocks: call it in a thread, or where nobody waits."""
        with self._lock:
            if self._seconds() - self._looked_s >= LOOK_S:
                self._look_again()
            return self._index.search(question, most)

    def _look_again(self) -> None:
        self._looked_s = self._seconds()
        seen = _look(self._folder)
        if seen == self._seen:
            return
        self._seen = seen
        articles, problems = read_articles(self._folder)
        self.problems = tuple(problems)
        self._complain()
        if not problems:
            self._index.close()
            self._index = Knowledge(articles)
            log.info("knowledge.changed", passages=len(self._index.passages))

    def _complain(self) -> None:
        if self.problems:
            log.error("knowledge.refused", problems=[str(one) for one in self.problems])


def _look(folder: Path) -> Folder:
    found = []
    for path in folder.glob("*.md"):
        try:
            stat = path.stat()
        except OSError:  # deleted a moment ago; or replaced, and then it comes back
            continue
        found.append((path.name, stat.st_mtime_ns, stat.st_size))
    return frozenset(found)


def _shown(path: Path) -> str:
    """A path as a person at this terminal would write it."""
    absolute = path.absolute()
    if absolute.is_relative_to(Path.cwd()):
        return str(absolute.relative_to(Path.cwd()))
    return str(path)
