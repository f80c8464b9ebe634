"""The one-time token that a stream must bring, bound to its call."""

import hmac
import secrets
from dataclasses import dataclass, field

from callcenter.errors import CallerRefused


@dataclass(slots=True)
class Admission:
    """Valid once, for one stream, for a short time."""

    expires_ms: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    _used: bool = False

    def use(self, token: str, now_ms: int) -> None:
        """Raises CallerRefused unless this is the token, in time, the first time."""
        if not hmac.compare_digest(self.token.encode(), token.encode()):
            raise CallerRefused("the stream's token is wrong")
        if self._used:
            raise CallerRefused("the stream's token was used before")
        if now_ms > self.expires_ms:
            raise CallerRefused("the stream's token has expired")
        self._used = True
