"""How the clips were made, for whoever adds one.

    python -m callcenter.simulator.speech.recording opening-hours "when are you open"

writes `clips/opening-hours.ulaw`; put its line into `clips/clips.toml` by hand, and see
that the grammar allows the sentence: the tests play every clip to the recogniser.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from callcenter.simulator.speech import voice
from callcenter.simulator.speech.detector import level_db
from callcenter.wire import mulaw

_AUDIBLE_DB: Final = -50.0
_MARGIN_FRAMES: Final = 5
"""A tenth of a second on either side, so that no soft consonant is cut off."""


def record(text: str) -> bytes:
    """The sentence in the caller's voice, without the silence around it."""
    audio = voice.render(text, voice.CALLER)
    whole = len(audio) - len(audio) % mulaw.FRAME_BYTES
    starts = range(0, whole, mulaw.FRAME_BYTES)
    frames = [audio[at : at + mulaw.FRAME_BYTES] for at in starts]
    loud = [at for at, frame in enumerate(frames) if level_db(frame) > _AUDIBLE_DB]
    first = max(0, min(loud, default=0) - _MARGIN_FRAMES)
    return b"".join(frames[first : max(loud, default=0) + _MARGIN_FRAMES + 1])


if __name__ == "__main__":
    slug, sentence = sys.argv[1:]
    folder = Path(__file__).parent.parent / "clips"
    (folder / f"{slug}.ulaw").write_bytes(record(sentence))
