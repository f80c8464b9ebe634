"""Whether a request really comes from Twilio (twilio.com/docs/usage/webhooks-security).

Checked with the library's validator against the *configured* public address, never
against what a proxy claims. The library raises TypeError where we mean "no".
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from twilio.request_validator import RequestValidator

DEFAULT_PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}


class Signatures:
    """Validates with one account's auth token."""

    def __init__(self, auth_token: str) -> None:
        self._validator: Any = RequestValidator(auth_token) if auth_token else None

    @property
    def possible(self) -> bool:
        """Without a token, nothing can be validated."""
        return self._validator is not None

    def valid(
        self, url: str, fields: Mapping[str, Sequence[str]], signature: str | None
    ) -> bool:
        """Whether Twilio signed this request: the exact URL and all the fields."""
        if not signature or self._validator is None:
            return False
        parameters = _Fields(fields)
        return any(
            self._validator.validate(spelling, parameters, signature)
            for spelling in _spellings(url)
        )

    def valid_handshake(self, url: str, signature: str | None) -> bool:
        """Whether Twilio signed a handshake: its `wss` URL, without fields."""
        parts = urlsplit(url)
        schemes = ("wss", "ws") if parts.scheme in {"ws", "http"} else ("wss",)
        return any(
            self.valid(urlunsplit(parts._replace(scheme=scheme)), {}, signature)
            for scheme in schemes
        )


class _Fields(dict[str, Sequence[str]]):
    """Fields that may be repeated. Of a plain dict, the library expects one value."""

    def getlist(self, name: str) -> list[str]:
        return list(self[name])


def _spellings(url: str) -> set[str]:
    """With and without the default port: the library tries :80 even for wss."""
    parts = urlsplit(url)
    port = DEFAULT_PORTS.get(parts.scheme)
    host = parts.hostname or ""
    if port is None or parts.port not in {None, port} or ":" in host:
        return {url}
    with_port = urlunsplit(parts._replace(netloc=f"{host}:{port}"))
    return {url, urlunsplit(parts._replace(netloc=host)), with_port}
