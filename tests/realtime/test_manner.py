"""How agents talk: fillers in the caller's language, settings that fit the model."""

from typing import Any

import pytest

from callcenter.domain.card import Card
from callcenter.domain.handover import Handover
from callcenter.domain.ids import AgentName
from callcenter.domain.roster import Roster
from callcenter.domain.tuning import Tuning
from callcenter.realtime.manner import Manner
from callcenter.realtime.model_settings import ModelSettings

TRIAGE = Card(
    AgentName("triage"),
    "Answers.",
    "Be kind.",
    voice="cedar",
    languages=("en", "nb", "de"),
    fillers={"en": ("One moment.",), "nb": ("Et øyeblikk.", "Straks.")},
    tuning=Tuning(speed=1.2),
)
PLAIN = Card(AgentName("plain"), "Plain.", "Be plain.")
OF_TOOL = "I am looking at the calendar."


def settings(
    model: str = "gpt-realtime-2.1", transcription: str = "gpt-transcribe"
) -> ModelSettings:
    return ModelSettings(
        "sk", "wss://example.com/v1/realtime", model, "marin", transcription
    )


def manner(
    agent: Card = TRIAGE, language: str = "", *, model: ModelSettings | None = None
) -> Manner:
    roster = Roster((TRIAGE, PLAIN), "", TRIAGE.name)
    return Manner(
        model or settings(),
        roster,
        agent=agent.name,
        language=language,
        briefing="It is Sunday.",
        handover=Handover(),
    )


def exactly(words: str) -> str:
    return f'Say exactly these words and nothing more: "{words}"'


def test_a_tool_knows_best_what_takes_so_long_but_only_in_english() -> None:
    assert manner().filler(OF_TOOL) == exactly(OF_TOOL)
    assert manner(language="nb").filler(OF_TOOL) == exactly("Et øyeblikk.")


def test_a_tool_without_words_has_the_card_s() -> None:
    assert manner().filler("") == exactly("One moment.")
    assert manner(PLAIN).filler("") == ""


def test_fillers_take_turns() -> None:
    patient = manner(language="nb")
    said = [patient.filler(OF_TOOL) for _ in range(3)]
    assert said == [exactly(w) for w in ("Et øyeblikk.", "Straks.", "Et øyeblikk.")]


def test_words_that_the_card_lacks_are_said_in_the_language_all_the_same() -> None:
    said = manner(language="de").filler(OF_TOOL)
    assert said.startswith("Say this in German")
    assert OF_TOOL in said
    assert manner(language="de").filler("") == ""


@pytest.mark.parametrize(
    ("language", "transcription", "hints"),
    [
        ("", "gpt-transcribe", {"languages": ["en", "no", "de"]}),
        ("", "whisper-1", {}),
        ("nb", "whisper-1", {"language": "no"}),
        ("fr", "gpt-transcribe", {"languages": ["en", "no", "de"]}),
    ],
)
def test_the_ear_is_told_of_the_languages_that_may_come(
    language: str, transcription: str, hints: dict[str, Any]
) -> None:
    model = settings(transcription=transcription)
    asked = manner(language=language, model=model).settings()
    heard = asked["audio"]["input"]["transcription"]
    assert heard == {"model": transcription, **hints}


def test_voice_and_speed_are_the_whole_call_s_and_not_touched_at_a_handoff() -> None:
    plain = manner(PLAIN)
    assert plain.settings()["audio"]["output"] == {"voice": "cedar", "speed": 1.2}
    handed = plain.tuned({"instructions": "x", "audio": {}})
    assert handed["instructions"] == "x"
    assert handed["audio"]["output"] == {"voice": "cedar"}


def test_a_model_that_does_not_reason_is_not_asked_to() -> None:
    """It would refuse all settings for this one."""

    def asked(model: str) -> dict[str, Any]:
        return settings(model).tuned(
            Tuning(reasoning="high"), ("en",), voice="", speed=None
        )

    assert asked("gpt-realtime-2.1-mini")["reasoning"] == {"effort": "high"}
    assert "reasoning" not in asked("gpt-realtime-1.5")
    assert asked("gpt-realtime-1.5")["audio"]["output"] == {"voice": "marin"}


@pytest.mark.parametrize(
    ("tuning", "detection", "noise"),
    [
        (Tuning(), {"type": "semantic_vad"}, {"type": "near_field"}),
        (
            Tuning(eagerness="high", noise_reduction="off"),
            {"type": "semantic_vad", "eagerness": "high"},
            None,
        ),
        (
            Tuning(
                turn_detection="server_vad",
                threshold=0.0,
                silence_ms=300,
                padding_ms=0,
                noise_reduction="far_field",
            ),
            {
                "type": "server_vad",
                "threshold": 0.0,
                "silence_duration_ms": 300,
                "prefix_padding_ms": 0,
            },
            {"type": "far_field"},
        ),
    ],
)
def test_the_card_s_words_become_the_api_s(
    tuning: Tuning, detection: dict[str, Any], noise: object
) -> None:
    asked = settings().tuned(tuning, ("en",), voice="", speed=None)
    heard = asked["audio"]["input"]
    assert heard["turn_detection"] == {
        **detection,
        "create_response": True,
        "interrupt_response": True,
    }
    assert heard["noise_reduction"] == noise


def test_the_limit_of_an_answer_is_passed_on() -> None:
    asked = settings().tuned(
        Tuning(max_output_tokens=300), ("en",), voice="", speed=None
    )
    assert asked["max_output_tokens"] == 300


def test_whoever_talks_is_told_what_is_chosen_now() -> None:
    moving = manner()
    assert "from now on" not in moving.instructions("triage")
    moving.language = "nb"
    assert "Speak Norwegian from now on" in moving.instructions("triage")
    assert "which you do not speak" in moving.instructions("plain")
    assert moving.instructions("plain").endswith("It is Sunday.")
