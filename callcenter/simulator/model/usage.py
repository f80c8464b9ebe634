"""Tokens, counted from durations and lengths as the price list counts them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from callcenter.simulator.model.conversation import Item
from callcenter.simulator.model.schema import Json
from callcenter.wire import mulaw

_CHARACTERS_PER_TOKEN: Final = 4
_CALLER_MS_PER_TOKEN: Final = 100
_AGENT_MS_PER_TOKEN: Final = 50
_CACHE_BLOCK: Final = 64
"""The cache holds whole blocks of tokens."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """So many of each modality."""

    text: int = 0
    audio: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(self.text + other.text, self.audio + other.audio)

    @property
    def cached(self) -> Tokens:
        """As many of these as the next request finds in the cache."""
        text, audio = (n - n % _CACHE_BLOCK for n in (self.text, self.audio))
        return Tokens(text, audio)

    @property
    def total(self) -> int:
        return self.text + self.audio


def of_text(words: str) -> Tokens:
    return Tokens(text=-(-len(words) // _CHARACTERS_PER_TOKEN))


def of_item(item: Item) -> Tokens:
    """What the item costs, whether read or written by the model."""
    ms = mulaw.milliseconds(item.audio)
    if item.spoken and item.role == "user":
        return Tokens(audio=-(-ms // _CALLER_MS_PER_TOKEN))
    words = of_text(item.text + item.name + item.arguments + item.output)
    return words + Tokens(audio=-(-ms // _AGENT_MS_PER_TOKEN))


def of_request(session: Json, items: Iterable[Item]) -> Tokens:
    """The whole conversation is read again for each response."""
    read = of_text(session["instructions"] + str(session["tools"] or ""))
    for item in items:
        read += of_item(item)
    return read


def to_json(read: Tokens, cached: Tokens, written: Tokens) -> Json:
    """The `usage` of a response."""
    hit = Tokens(min(cached.text, read.text), min(cached.audio, read.audio))
    return {
        "total_tokens": read.total + written.total,
        "input_tokens": read.total,
        "output_tokens": written.total,
        "input_token_details": {
            "text_tokens": read.text,
            "audio_tokens": read.audio,
            "image_tokens": 0,
            "cached_tokens": hit.total,
            "cached_tokens_details": {
                "text_tokens": hit.text,
                "audio_tokens": hit.audio,
                "image_tokens": 0,
            },
        },
        "output_token_details": {
            "text_tokens": written.text,
            "audio_tokens": written.audio,
        },
    }
