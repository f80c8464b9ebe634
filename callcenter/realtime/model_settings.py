"""How to reach the model, and what to ask of it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from agents.realtime import RealtimeModelConfig


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """How to reach the model, and what to ask of it."""

    api_key: str
    url: str
    model: str
    voice: str
    transcription_model: str
    languages: tuple[str, ...] = ("en",)

    @property
    def address(self) -> str:
        """The URL, naming the model unless it already does."""
        parts = urlsplit(self.url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if "deployment" not in query:  # Azure's own way to name a model
            query.setdefault("model", self.model)
        return urlunsplit(parts._replace(query=urlencode(query)))

    def config(self) -> RealtimeModelConfig:
        """What the SDK's session needs to connect."""
        settings: Any = {
            "model_name": self.model,
            "tracing": None,
            "audio": {
                "input": {
                    "transcription": {
                        "model": self.transcription_model,
                        "language": self.languages[0],
                    },
                    "noise_reduction": {"type": "near_field"},
                    "turn_detection": {
                        "type": "semantic_vad",
                        "create_response": True,
                        "interrupt_response": True,
                    },
                },
                "output": {"voice": self.voice},
            },
        }
        return RealtimeModelConfig(
            api_key=self.api_key,
            url=self.address,
            initial_model_settings=settings,
        )
