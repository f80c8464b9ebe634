"""What the model is not to hear of the caller: the tones of the keys they type."""

from typing import Final

from callcenter.bridge.tape import RELEASE
from callcenter.wire.mulaw import SILENCE

FOR_EVER: Final = -1


class Hush:
    """One line's. Silence stands in, so that turns are still seen to end."""

    def __init__(self) -> None:
        self._left = 0
        """Samples that are still silenced."""

    def begin(self) -> None:
        """Silence the caller until `end`. Idempotent."""
        self._left = FOR_EVER

    def end(self) -> None:
        """… and for half a second more: the last key may still be held."""
        if self._left == FOR_EVER:
            self._left = RELEASE

    def over(self, audio: bytes) -> bytes:
        """What the model hears of it."""
        if not self._left:
            return audio
        silent = len(audio)
        if self._left != FOR_EVER:
            silent = min(silent, self._left)
            self._left -= silent
        return SILENCE * silent + audio[silent:]
