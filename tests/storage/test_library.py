"""Articles that are edited serve the next question; broken ones change nothing."""

import os
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from callcenter.storage.library import LOOK_S, Library


class Shelf:
    """A folder, the library that watches it, and a clock that a test winds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seconds, self.writes = 0.0, 0
        self.write("deposit.md", "# Deposit\n\nIt is 1000 kroner.")
        self.library = Library(folder, seconds=lambda: self.seconds)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        # Two writes within a tick of the disk's clock are two nevertheless.
        self.writes += 1
        os.utime(path, (self.writes, self.writes))

    async def found(self, question: str) -> list[str]:
        self.seconds += LOOK_S
        return [one.text for one in await self.library.search(question)]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path)
    with closing(shelf.library):
        yield shelf


async def test_an_edited_article_answers_without_a_restart(shelf: Shelf) -> None:
    assert await shelf.found("deposit") == ["It is 1000 kroner."]
    shelf.write("deposit.md", "# Deposit\n\nIt is 2000 kroner.")
    assert await shelf.found("deposit") == ["It is 2000 kroner."]


async def test_new_articles_come_and_old_ones_go(shelf: Shelf) -> None:
    shelf.write("helmets.md", "# Helmets\n\nThey are free.")
    assert await shelf.found("helmets") == ["They are free."]
    (shelf.folder / "helmets.md").unlink()
    assert await shelf.found("helmets") == []


async def test_between_two_looks_no_disk_is_asked(shelf: Shelf) -> None:
    shelf.write("deposit.md", "# Deposit\n\nIt is 2000 kroner.")
    shelf.seconds = LOOK_S - 0.1
    old = await shelf.library.search("deposit")
    assert [one.text for one in old] == ["It is 1000 kroner."]


async def test_a_broken_edit_is_refused_and_said_once_with_its_line(
    shelf: Shelf,
) -> None:
    with capture_logs() as logs:
        shelf.write("deposit.md", "---\nalso: [deposit\n---\n# Deposit\n\nNothing.")
        assert await shelf.found("deposit") == ["It is 1000 kroner."]
        assert await shelf.found("deposit") == ["It is 1000 kroner."]
    [refused] = logs
    assert refused["event"] == "knowledge.refused"
    assert "deposit.md:" in refused["problems"][0]
    assert "is not YAML here" in refused["problems"][0]
    shelf.write("deposit.md", "# Deposit\n\nIt is 3000 kroner.")
    assert await shelf.found("deposit") == ["It is 3000 kroner."]
    assert shelf.library.problems == ()


async def test_a_broken_article_at_the_start_leaves_the_others(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text("# Good\n\nHelmets are good.", encoding="utf-8")
    (tmp_path / "bad.md").write_bytes(b"# Bad\n\n\xff")
    with capture_logs() as logs, closing(Library(tmp_path)) as library:
        assert [one.source for one in library.passages] == ["good.md"]
    assert "bad.md:3: is not UTF-8" in logs[0]["problems"][0]


async def test_the_event_loop_does_not_search(shelf: Shelf) -> None:
    threads = []

    def seconds() -> float:
        threads.append(threading.get_ident())
        return 0.0

    shelf.library._seconds = seconds
    await shelf.library.search("deposit")
    assert threads
    assert threading.get_ident() not in threads


def test_no_folder_is_no_knowledge(tmp_path: Path) -> None:
    with closing(Library(tmp_path / "missing")) as library:
        assert library.search_now("repair") == ()
