"""Who is asking: the proof that a webhook or a stream comes from Twilio.

With an auth token, the signature decides. Without one we cannot tell friend from foe,
so only this very machine is believed, and not when it speaks for somebody else (a
tunnel or proxy also connects from loopback, but it says so in a header).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, Protocol
from urllib.parse import urlsplit

from quart import g
from quart.wrappers import Request, Websocket

from callcenter.errors import CallerRefused
from callcenter.wire.webhooks import REPETITION_FIELD

FOR_OTHERS: Final = ("forwarded", "via", "x-real-ip", "origin", "sec-fetch-site")
"""Headers of proxies, and of web pages: neither speaks for this machine."""

FOR_OTHERS_PREFIXES: Final = ("x-forwarded-", "cf-", "ngrok-")


class Validator(Protocol):
    """See callcenter.telephony.signatures."""

    @property
    def possible(self) -> bool: ...

    def valid(
        self, url: str, fields: Mapping[str, Sequence[str]], signature: str | None
    ) -> bool: ...

    def valid_handshake(self, url: str, signature: str | None) -> bool: ...


@dataclass(frozen=True, slots=True)
class Proof:
    """`public_base` is where Twilio reaches us; empty: on this machine only."""

    public_base: str
    validator: Validator

    def base(self, asked: Request | Websocket) -> str:
        """The base of all addresses that we give out. Raises CallerRefused."""
        if self.public_base:
            return self.public_base
        if not _is_local(asked):
            raise CallerRefused("set PUBLIC_URL: this request is not from this machine")
        scheme = "https" if asked.scheme in {"https", "wss"} else "http"
        return f"{scheme}://{asked.host}"

    async def check(self, request: Request) -> dict[str, str]:
        """The form of a webhook that Twilio signed. Raises CallerRefused.

        Everything counts that came: new fields of Twilio's are signed as well.
        """
        form = await request.form
        fields = {name: form.getlist(name) for name in form}
        if not all(fields):  # a part without a name; Twilio sends none
            raise CallerRefused("the form is not one of Twilio's")
        if not self._believed(request):
            url = self.base(request) + _target(request)
            signature = request.headers.get("X-Twilio-Signature")
            if not self.validator.valid(url, fields, signature):
                raise CallerRefused("the signature is missing or wrong")
        g.proved = True
        token = request.headers.get(REPETITION_FIELD, "")
        return {**request.args.to_dict(), **form.to_dict(), REPETITION_FIELD: token}

    def check_handshake(self, websocket: Websocket) -> None:
        """Raises CallerRefused unless Twilio signed the handshake."""
        if self._believed(websocket):
            return
        scheme, _, rest = self.base(websocket).partition("://")
        url = f"{'ws' if scheme == 'http' else 'wss'}://{rest}{_target(websocket)}"
        signature = websocket.headers.get("X-Twilio-Signature")
        if not self.validator.valid_handshake(url, signature):
            raise CallerRefused("the handshake's signature is missing or wrong")

    def _believed(self, asked: Request | Websocket) -> bool:
        return (
            not self.validator.possible
            and _is_local(asked)
            and (not self.public_base or _loopback(_host(self.public_base)))
        )


def _target(asked: Request | Websocket) -> str:
    """Path and query as they were asked for, byte for byte: they were signed so."""
    raw = asked.scope.get("raw_path") or asked.path.encode()
    target = raw.partition(b"?")[0].decode("ascii", "replace")
    query = asked.query_string.decode("ascii", "replace")
    return f"{target}?{query}" if query else target


def _is_local(asked: Request | Websocket) -> bool:
    names = [name.lower() for name in asked.headers.keys()]  # noqa: SIM118  # not a dict
    if any(n in FOR_OTHERS or n.startswith(FOR_OTHERS_PREFIXES) for n in names):
        return False
    host = _host(f"//{asked.host}")
    return _loopback(asked.remote_addr or "") and _loopback(host)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _loopback(host: str) -> bool:
    if host in {"localhost", "local", "<local>"}:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
