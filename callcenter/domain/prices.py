"""What the model costs: US dollars for a million tokens, by kind.

From the provider's published prices of October 2026 (developers.openai.com/api/docs/
models). The whole conversation is input again for every response, most of it cached.
"""

from dataclasses import dataclass
from typing import Final

MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """What one response used; cached tokens are part of the input ones."""

    text_in: int = 0
    text_cached: int = 0
    text_out: int = 0
    audio_in: int = 0
    audio_cached: int = 0
    audio_out: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """Of one model."""

    text_in: float
    text_cached: float
    text_out: float
    audio_in: float
    audio_cached: float
    audio_out: float

    def of(self, used: Tokens) -> float:
        """What these tokens cost, in US dollars."""
        return (
            (used.text_in - used.text_cached) * self.text_in
            + used.text_cached * self.text_cached
            + used.text_out * self.text_out
            + (used.audio_in - used.audio_cached) * self.audio_in
            + used.audio_cached * self.audio_cached
            + used.audio_out * self.audio_out
        ) / MILLION


STANDARD: Final = Price(4, 0.40, 24, 32, 0.40, 64)
MINI: Final = Price(0.60, 0.06, 2.40, 10, 0.30, 20)

_PRICES: Final = {
    "gpt-realtime-2.1": STANDARD,
    "gpt-realtime-2.1-mini": MINI,
    "gpt-realtime-2": STANDARD,
    "gpt-realtime-1.5": Price(4, 0.40, 16, 32, 0.40, 64),
}


def price_of(model: str) -> Price:
    """A model's price; for one we don't know, the highest: a limit must not be late."""
    return _PRICES.get(model, STANDARD)
