"""What is recorded of one stream, if anything is.

Nobody is recorded who was not told: the notice is part of the document that brings the
caller to their first recorded stream (see `LiveCall.begin`).
"""

from collections.abc import Callable
from typing import Protocol

from callcenter.bridge.tape import Tape
from callcenter.domain import events as e, recording
from callcenter.domain.call import CallState
from callcenter.domain.ids import CallId
from callcenter.floor.house import House
from callcenter.floor.ports import Recorder

MS_PER_S = 1000


class Recorded(Protocol):
    """What a recording needs of its call."""

    id: CallId
    house: House
    state: CallState
    before_end: list[Callable[[], None]]

    def record(self, event: e.Event) -> None: ...


class Taping:
    """`begin` it with the stream, `end` it with the stream."""

    def __init__(self, call: Recorded) -> None:
        self.tape = None if call.house.recordings is None else Tape()
        """Before the stream comes, too: what is then said waits to be heard."""
        self._call = call
        self._recorder: Recorder | None = None
        self._over = False

    def begin(self) -> None:
        """The stream is here. A pause of the call's is one of this stream, too."""
        recordings = self._call.house.recordings
        if recordings is None or self.tape is None:
            return
        self._recorder = recordings.begin(self._call.id, self._failed)
        self._call.record(recording.RecordingStarted(self._recorder.path))
        self._call.before_end.append(lambda: self._settle("the call ended"))
        if self._call.state.recording_paused:
            self.tape.pause()

    def keep(self, sound: bytes) -> None:
        """Have the tape's next stretch written."""
        if self._recorder is not None:
            self._recorder.keep(sound)

    def pause(self) -> None:
        """Both sides are silent from now on."""
        if self.tape is not None:
            self.tape.pause()

    def resume(self) -> None:
        """… until now."""
        if self.tape is not None:
            self.tape.resume()

    def end(self, reason: str) -> None:
        """The stream is over, and all of it has been kept."""
        self._settle(reason)
        if self._recorder is not None:
            self._recorder.close()

    def _failed(self, reason: str) -> None:
        self._settle(reason)
        if self.tape is not None:
            self.tape.stop()

    def _settle(self, reason: str) -> None:
        """Say how it ended; once, and before the call has ended."""
        if self._recorder is None or self.tape is None or self._over:
            return
        self._over = True
        self._call.record(
            recording.RecordingEnded(self.tape.length_ms // MS_PER_S, reason)
        )
