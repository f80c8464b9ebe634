"""Whole calls by their cards: languages that follow the caller, edits that wait."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from callcenter.domain import events as e
from callcenter.domain.language_facts import LanguageChosen
from callcenter.simulator.model.session import Session
from callcenter.tools import rosters
from tests.fakes.center import Caller, Center, center

CARDS = Path(__file__).parents[2] / "agents"


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CARDS, tmp_path / "cards"))


def edit(folder: Path, name: str, old: str, new: str) -> None:
    card = folder / f"{name}.md"
    text = card.read_text(encoding="utf-8")
    assert old in text
    card.write_text(text.replace(old, new, 1), encoding="utf-8")
    later_ns = card.stat().st_mtime_ns + 1_000_000
    os.utime(card, ns=(later_ns, later_ns))


def updates(session: Session) -> list[dict[str, Any]]:
    return [one.event["session"] for one in session.received if one.kind == SETTINGS]


SETTINGS = "session.update"


def hints(update: dict[str, Any]) -> dict[str, Any]:
    transcription = update["audio"]["input"]["transcription"]
    return {key: value for key, value in transcription.items() if key != "model"}


def notes(session: Session) -> str:
    return " ".join(
        str(one.event) for one in session.received if one.kind.endswith("item.create")
    )


async def test_a_key_of_the_menu_chooses_the_language_for_the_whole_call(
    tmp_path: Path, cards: Path
) -> None:
    """The ear, the agent, whoever it hands over to, and the session after a break."""
    edit(cards, "triage", "languages:", "language_menu: true\nlanguages:")
    async with center(tmp_path, settings={"agents_dir": cards}) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            caller.phone.press("2")
            await here.happened(LanguageChosen)
            await here.until(lambda: "pressed the key for Norw" in notes(here.session))
            caller.forgets()
            await caller.hears_agent()
            caller.forgets()
            await caller.asks("what services do you offer")
            await here.happened(e.AgentHandedOff)
            await here.session.close(1011)
            await here.happened(e.SessionOpened, times=2)
            caller.phone.press("2")
            await here.happened(e.KeyPressed)

        await here.call(script)
        first, second = here.model.sessions
        assert "For norsk, trykk 2. How can I help you?" in here.voice.said[0]
        assert "Hei, du har kommet til Fjord Cycles." in notes(first)
        opened, chosen, handed_over = updates(first)
        assert hints(opened) == {"languages": ["en", "no"]}
        assert hints(chosen) == hints(handed_over) == {"language": "no"}
        assert "You answer the telephone" in chosen["instructions"]
        assert "tools" not in chosen
        assert "You keep the calendar" in handed_over["instructions"]
        for told in (chosen, handed_over, updates(second)[0]):
            assert "Speak Norwegian from now on" in told["instructions"]
        assert here.of(LanguageChosen) == [LanguageChosen("nb", by_key=True)]


async def test_a_language_that_is_wished_is_spoken(tmp_path: Path) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await wish(here, "German")
            assert here.of(LanguageChosen) == []
            await wish(here, "English")
            assert here.of(LanguageChosen) == []
            assert await wish(here, "norsk") == "Norwegian"
            await here.until(lambda: len(updates(here.session)) == 2)
            assert await wish(here, "nb") == "Norwegian"

        await here.call(script)
        assert here.of(LanguageChosen) == [LanguageChosen("nb")]
        assert hints(updates(here.session)[1]) == {"language": "no"}


async def wish(here: Center, language: str) -> str:
    [reception] = here.node.floor._calls.values()
    return await reception.wishes.choose_language(language)


async def test_the_recorded_greeting_is_spoken_in_the_first_language(
    tmp_path: Path, cards: Path
) -> None:
    edit(cards, "triage", "languages: [en, nb]", "languages: [nb, en]")
    cards_spoken = {"agents_dir": cards, "greeting": None}
    async with center(tmp_path, settings=cards_spoken) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()

        call = await here.call(script)
        assert call.phone.said_texts[0].startswith("Hei, du har kommet til Fjord")
        assert here.carrier.warnings == []


async def test_an_edited_card_serves_new_calls_only_and_a_broken_one_none(
    tmp_path: Path, cards: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rosters, "LOOK_SECONDS", 0.05)
    async with center(tmp_path, settings={"agents_dir": cards}) as here:
        source = here.node.rosters
        first = source.current().hash

        async def edited_meanwhile(caller: Caller) -> None:
            await caller.hears_agent()
            edit(cards, "scheduling", "# You keep the calendar", "# You keep time")
            await here.until(lambda: source.current().hash != first)
            await caller.asks("what services do you offer")

        async def asks(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("what services do you offer")

        await here.call(edited_meanwhile)
        assert "# You keep the calendar" in updates(here.session)[-1]["instructions"]
        second = source.current().hash
        edit(cards, "scheduling", "tools:", "tool:")
        await here.until(lambda: source.problems)
        assert "did you mean 'tools'?" in here.node.warnings()[0]
        assert here.node.not_ready() == []
        await here.call(asks)
        assert "# You keep time" in updates(here.session)[-1]["instructions"]
        assert [one.roster for one in here.of(e.CallAnswered)] == [first, second]


async def test_each_agent_s_own_settings_hold_from_the_handoff_on(
    tmp_path: Path, cards: Path
) -> None:
    edit(cards, "triage", "topic:", "model: {speed: 1.1, eagerness: low}\ntopic:")
    server = "turn_detection: server_vad, silence_ms: 700"
    edit(cards, "scheduling", "topic:", f"model: {{{server}, reasoning: high}}\ntopic:")
    async with center(tmp_path, settings={"agents_dir": cards}) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("what services do you offer")

        await here.call(script)
        triage, scheduling = updates(here.session)
        assert triage["audio"]["input"]["turn_detection"]["eagerness"] == "low"
        assert triage["audio"]["output"]["speed"] == 1.1
        assert triage["reasoning"] == {"effort": "low"}
        assert scheduling["reasoning"] == {"effort": "high"}
        hearing = scheduling["audio"]["input"]["turn_detection"]
        assert (hearing["type"], hearing["silence_duration_ms"]) == ("server_vad", 700)
        assert "eagerness" not in hearing
        assert "speed" not in scheduling["audio"]["output"]
