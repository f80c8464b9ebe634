"""The addresses that Twilio is given, all absolute and below one public base."""

from dataclasses import dataclass
from urllib.parse import urlencode

from callcenter.domain.ids import AttemptId, CallbackTryId, CallSid


@dataclass(frozen=True, slots=True)
class Addresses:
    """`base` is "https://example.com", without a slash at its end."""

    base: str

    @property
    def stream(self) -> str:
        """Media Streams want wss; ws only ever serves the loopback interface."""
        scheme, _, rest = self.base.partition("://")
        return f"{'ws' if scheme == 'http' else 'wss'}://{rest}/media-stream"

    def incoming(self, *, waited: int) -> str:
        """Where a caller who waits asks again, having waited so many times."""
        return f"{self.base}/incoming-call?{urlencode({'waited': waited})}"

    @property
    def after_stream(self) -> str:
        return f"{self.base}/voice/after-stream"

    def after_waiting(self, *, waited: int) -> str:
        """The same, for a caller who has waited so many times."""
        return f"{self.after_stream}?{urlencode({'waited': waited})}"

    @property
    def stream_status(self) -> str:
        return f"{self.base}/voice/stream-status"

    @property
    def status(self) -> str:
        return f"{self.base}/voice/status"

    @property
    def voicemail_done(self) -> str:
        return f"{self.base}/voice/voicemail-done"

    @property
    def voicemail_recorded(self) -> str:
        return f"{self.base}/voice/voicemail-recorded"

    @property
    def voicemail_transcribed(self) -> str:
        return f"{self.base}/voice/voicemail-transcribed"

    @property
    def offered(self) -> str:
        return f"{self.base}/voice/offered"

    @property
    def line(self) -> str:
        return f"{self.base}/voice/line"

    @property
    def hold_music(self) -> str:
        return f"{self.base}/sounds/hold.wav"

    @property
    def fallback_ended(self) -> str:
        return f"{self.base}/voice/fallback-ended"

    def callback(self, what: str, try_id: CallbackTryId) -> str:
        """Where Twilio asks or tells about a call that we place."""
        return f"{self.base}/callback/{what}?{urlencode({'try': try_id})}"

    def dial_ended(self, attempt: AttemptId) -> str:
        return self._about(attempt, "/voice/dial-ended")

    def leg_status(self, attempt: AttemptId) -> str:
        return self._about(attempt, "/operator/status")

    def brief(self, attempt: AttemptId) -> str:
        return self._about(attempt, "/operator/brief")

    def accept(self, attempt: AttemptId) -> str:
        return self._about(attempt, "/operator/accept")

    def leg(self, what: str, attempt: AttemptId, caller: CallSid) -> str:
        """Asked or told about an operator's call that no leg is the parent of.

        It names the caller's call, because nothing else in the request does.
        """
        asked = urlencode({"attempt": attempt, "call": caller})
        return f"{self.base}{what}?{asked}"

    def _about(self, attempt: AttemptId, path: str) -> str:
        return f"{self.base}{path}?{urlencode({'attempt': attempt})}"
