"""Addresses that open without a login: whoever has one was given it.

Each carries a seal made with SECRET_KEY, or with the key that the database keeps for
all nodes; guessing one is guessing 128 bits. With another key they are void.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from urllib.parse import quote

SEAL_BYTES: Final = 16
ENDING: Final = ".ics"


@dataclass(slots=True)
class Links:
    """The sealed addresses of one house."""

    secret: str = field(repr=False)
    """Empty: it is not known yet; until then there are no links, and none opens."""
    base: str
    """Where the outside reaches us; empty: nowhere, and then there are no links."""

    def invitation(self, code: str) -> str:
        """An appointment, as a calendar understands it."""
        if not (self.base and self.secret):
            return ""
        return f"{self.base}/a/{code}-{self._seal('appointment', code)}{ENDING}"

    def feed(self, resource: str) -> str:
        """All appointments of somebody or something."""
        name = quote(resource, safe="")
        return f"{self.base}/calendar/{name}{ENDING}?key={self._seal('feed', resource)}"

    def code_of(self, token: str) -> str | None:
        """The code in an invitation's address; None when the seal is not ours."""
        code, _, seal = token.partition("-")
        return code if self._fits(seal, "appointment", code) else None

    def opens_feed(self, resource: str, key: str) -> bool:
        return self._fits(key, "feed", resource)

    def _fits(self, seal: str, purpose: str, what: str) -> bool:
        if not self.secret:
            return False
        return hmac.compare_digest(seal.encode(), self._seal(purpose, what).encode())

    def _seal(self, purpose: str, what: str) -> str:
        text = f"{purpose}\n{what}".encode()
        sealed = hmac.new(self.secret.encode(), text, sha256).digest()[:SEAL_BYTES]
        return urlsafe_b64encode(sealed).decode().rstrip("=")
