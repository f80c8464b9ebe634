"""Cards that are edited while calls are served: what a new call gets, and what not."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from callcenter.errors import ConfigurationError
from callcenter.tools import rosters
from callcenter.tools.rosters import Rosters

CARD = "---\ndescription: Answers.\n---\n{}\n"
BROKEN = "---\ndescription: Answers.\ntool: [x]\n---\nHi.\n"


def no_tools() -> Mapping[str, str]:
    return {}


class Folder:
    """A folder whose files' times move on with every edit, however quick it is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._time_ns = 1_000_000_000
        self.edit("triage", CARD.format("Be brief."))
        self.rosters = Rosters(path, "triage", no_tools)

    def edit(self, name: str, text: str) -> None:
        file = self.path / f"{name}.md"
        file.write_text(text)
        self._time_ns += 1_000_000
        os.utime(file, ns=(self._time_ns, self._time_ns))

    def look(self, times: int = 2) -> None:
        for _ in range(times):
            self.rosters.look()

    @property
    def told(self) -> str:
        return self.rosters.current().instructions("triage")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_an_edited_card_serves_the_next_call_and_the_old_one_is_remembered(
    folder: Folder,
) -> None:
    before = folder.rosters.current()
    folder.edit("triage", CARD.format("Be kind."))
    folder.look()
    assert folder.told == "Be kind."
    assert before.instructions("triage") == "Be brief."
    assert folder.rosters.known(before.hash) is before


def test_a_roster_that_nobody_remembers_is_the_current_one(folder: Folder) -> None:
    assert folder.rosters.known("0" * 12) is folder.rosters.current()


def test_an_edit_waits_until_its_writer_is_done(folder: Folder) -> None:
    folder.edit("triage", CARD.format("Be"))
    folder.look(1)
    folder.edit("triage", CARD.format("Be kind."))
    folder.look(1)
    assert folder.told == "Be brief."
    folder.look(1)
    assert folder.told == "Be kind."


def test_a_broken_edit_is_refused_and_told_until_it_is_mended(folder: Folder) -> None:
    before = folder.rosters.current()
    folder.edit("triage", BROKEN)
    with capture_logs() as logged:
        folder.look(4)
    assert folder.rosters.current() is before
    [problem] = folder.rosters.problems
    assert str(problem).endswith("unknown key 'tool'; did you mean 'tools'?")
    assert [(line["event"], line["problems"]) for line in logged] == [
        ("roster_refused", [str(problem)])
    ]
    folder.edit("triage", CARD.format("Be kind."))
    folder.look()
    assert folder.rosters.problems == ()
    assert folder.told == "Be kind."


def test_a_broken_edit_that_is_taken_back_changes_nothing(folder: Folder) -> None:
    before = folder.rosters.current()
    folder.edit("triage", BROKEN)
    folder.look()
    folder.edit("triage", CARD.format("Be brief."))
    with capture_logs() as logged:
        folder.look()
    assert folder.rosters.current() is before
    assert folder.rosters.problems == ()
    assert logged == []


def test_new_cards_and_the_house_style_count_too(folder: Folder) -> None:
    folder.edit("house-style", "Speak slowly.")
    folder.look()
    assert folder.told == "Speak slowly.\n\nBe brief."
    folder.edit("lonely", CARD.format("Nobody comes."))
    folder.look()
    assert "no way leads from 'triage' to 'lonely'" in str(folder.rosters.problems[0])
    (folder.path / "lonely.md").unlink()
    folder.look()
    assert folder.rosters.problems == ()


def test_only_so_many_rosters_are_remembered(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rosters, "MOST_KEPT", 2)
    first = folder.rosters.current()
    for words in ("One.", "Two."):
        folder.edit("triage", CARD.format(words))
        folder.look()
    assert folder.rosters.known(first.hash) is folder.rosters.current()


def test_a_house_does_not_open_with_a_broken_roster(tmp_path: Path) -> None:
    (tmp_path / "triage.md").write_text(BROKEN)
    with pytest.raises(ConfigurationError, match="unknown key 'tool'"):
        Rosters(tmp_path, "triage", no_tools)
