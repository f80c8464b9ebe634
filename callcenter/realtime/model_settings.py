"""How to reach the model, and what to ask of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from agents.realtime import RealtimeModelConfig

from callcenter.domain.languages import LANGUAGES
from callcenter.domain.tuning import Tuning

REASONS: Final = "gpt-realtime-2"
"""Models whose names begin so reason; others refuse all settings for this one."""

SEVERAL_HINTS: Final = frozenset({"gpt-transcribe", "gpt-live-transcribe"})
"""Transcription models that can be told of more than one language."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """How to reach the model, and what the house asks of it."""

    api_key: str
    url: str
    model: str
    voice: str
    transcription_model: str

    @property
    def address(self) -> str:
        """The URL, naming the model unless it already does."""
        parts = urlsplit(self.url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if "deployment" not in query:  # Azure's own way to name a model
            query.setdefault("model", self.model)
        return urlunsplit(parts._replace(query=urlencode(query)))

    def config(self, tuned: dict[str, Any]) -> RealtimeModelConfig:
        """What the SDK's session needs to connect."""
        settings: Any = {"model_name": self.model, "tracing": None, **tuned}
        return RealtimeModelConfig(
            api_key=self.api_key,
            url=self.address,
            initial_model_settings=settings,
        )

    def tuned(
        self,
        tuning: Tuning,
        languages: Sequence[str],
        *,
        voice: str,
        speed: float | None,
    ) -> dict[str, Any]:
        """What is asked for one agent: as the house has it, unless its card differs.

        `languages` are those that the caller may speak. Voice and speed are the whole
        call's; empty and None are the house's.
        """
        output: dict[str, Any] = {"voice": voice or self.voice}
        if speed is not None:
            output["speed"] = speed
        settings: dict[str, Any] = {
            "audio": {
                "input": {
                    "transcription": {
                        "model": self.transcription_model,
                        **self._hints(languages),
                    },
                    "noise_reduction": _noise_reduction(tuning),
                    "turn_detection": _turn_detection(tuning),
                },
                "output": output,
            },
        }
        if tuning.max_output_tokens is not None:
            settings["max_output_tokens"] = tuning.max_output_tokens
        if tuning.reasoning and self.model.startswith(REASONS):
            settings["reasoning"] = {"effort": tuning.reasoning}
        return settings

    def _hints(self, languages: Sequence[str]) -> dict[str, Any]:
        """One language is best; of several, only some models can be told."""
        codes = list(dict.fromkeys(LANGUAGES[tag].hint for tag in languages))
        if len(codes) == 1:
            return {"language": codes[0]}
        return {"languages": codes} if self.transcription_model in SEVERAL_HINTS else {}


def _noise_reduction(tuning: Tuning) -> dict[str, str] | None:
    kind = tuning.noise_reduction or "near_field"
    return None if kind == "off" else {"type": kind}


def _turn_detection(tuning: Tuning) -> dict[str, Any]:
    wished = {
        "type": tuning.turn_detection or "semantic_vad",
        "eagerness": tuning.eagerness or None,
        "threshold": tuning.threshold,
        "silence_duration_ms": tuning.silence_ms,
        "prefix_padding_ms": tuning.padding_ms,
        "create_response": True,
        "interrupt_response": True,
    }
    return {name: value for name, value in wished.items() if value is not None}
