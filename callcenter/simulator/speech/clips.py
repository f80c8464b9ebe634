"""The simulated caller's sentences.

They were rendered once and are shipped, so that a call needs no voice installed.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from callcenter.wire import mulaw

_FOLDER: Final = resources.files("callcenter.simulator") / "clips"


@dataclass(frozen=True, slots=True)
class Clip:
    """A sentence and its sound."""

    text: str
    audio: bytes

    @property
    def duration_ms(self) -> int:
        return mulaw.milliseconds(self.audio)


def clip(slug: str) -> Clip:
    """The clip of that name. Raises KeyError with the names there are."""
    texts = _texts()
    if slug not in texts:
        raise KeyError(f"No clip {slug!r}; there are {', '.join(sorted(texts))}")
    return _read(slug)


def clips() -> dict[str, Clip]:
    """All of them, by name."""
    return {slug: _read(slug) for slug in _texts()}


@cache
def _texts() -> dict[str, str]:
    manifest = (_FOLDER / "clips.toml").read_text(encoding="utf-8")
    return {slug: str(text) for slug, text in tomllib.loads(manifest).items()}


@cache
def _read(slug: str) -> Clip:
    return Clip(_texts()[slug], (_FOLDER / f"{slug}.ulaw").read_bytes())
