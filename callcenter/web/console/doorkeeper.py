"""Who is asking at the console, and whether they may.

Every route of the console passes `Doorkeeper.gate`: without a session nobody gets in,
and without a token nothing is changed. `requires` asks for more than a viewer.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar, cast
from urllib.parse import quote, urlsplit

from quart import (
    Response,
    abort,
    current_app,
    g,
    has_websocket_context,
    redirect,
    request,
    websocket,
)
from quart.wrappers import Request, Websocket
from quart_auth import QuartAuth
from werkzeug.sansio.response import Response as AnyResponse

from callcenter.domain.people import Person, Role
from callcenter.storage.sessions import Sessions

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

COOKIE: Final = "callcenter_session"
SAFE_METHODS: Final = {"GET", "HEAD", "OPTIONS"}
CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "X-CSRF-Token"
LOGIN: Final = "/console/login"
BY_ITSELF: Final = "X-By-Itself"
"""A page says so when nobody asked for it: it must not keep a session alive."""

PUBLIC: Final = {
    "console.login.form",
    "console.login.enter",
    "console.company.begin",
    "console.company.back",
    "console.static",
}


class Doorkeeper:
    """One for an application; `current_app.extensions["doorkeeper"]`."""

    def __init__(self, sessions: Sessions, public_base: str) -> None:
        self.sessions = sessions
        self._public_host = urlsplit(public_base).netloc
        self.https = public_base.startswith("https://")
        self.auth = QuartAuth(cookie_name=COOKIE, cookie_secure=self.https)

    async def gate(self) -> AnyResponse | None:
        """Before every request of the console: signed in, and meant so."""
        if request.endpoint in PUBLIC:
            return None
        person = await self.who()
        if person is None:
            return _to_login()
        if request.method not in SAFE_METHODS:
            await self.check_meant()
        return None

    async def socket_gate(self) -> None:
        """Before every handshake of the console: from our own page, signed in."""
        if not self.same_origin(websocket) or "origin" not in websocket.headers:
            abort(403)
        if await self.who() is None:
            abort(401)

    async def who(self) -> Person | None:
        """Whoever is signed in. Raises StorageError."""
        if not hasattr(g, "console_person"):
            token, asked = self.token(), _asked()
            used = BY_ITSELF not in asked.headers
            found = await self.sessions.find(token, used=used) if token else None
            g.console_person = found
        return cast("Person | None", g.console_person)

    async def still(self, token: str, role: Role) -> bool:
        """Whether a stream may go on: ask every few seconds. Raises StorageError."""
        person = await self.sessions.find(token, used=False)
        return person is not None and person.role.may(role)

    def token(self) -> str:
        """Of the session, as the cookie has it; empty: none, or not one of ours."""
        return self.auth.load_user().auth_id or ""

    async def check_meant(self) -> None:
        """A change that somebody was led into is refused: 403."""
        if not self.same_origin(request):
            abort(403)
        given = request.headers.get(CSRF_HEADER) or await _field(CSRF_FIELD)
        if not hmac.compare_digest(given.encode(), csrf_token().encode()):
            abort(403)

    def same_origin(self, asked: Request | Websocket) -> bool:
        """Whether one of our own pages asks; a browser says which page does."""
        site = asked.headers.get("Sec-Fetch-Site")
        origin = asked.headers.get("Origin")
        if site is None and origin is None:
            return False
        if site not in {None, "same-origin", "none"}:
            return False
        ours = {asked.host, self._public_host} - {""}
        return origin is None or _host_of(origin) in ours


def doorkeeper() -> Doorkeeper:
    """The application's."""
    return cast("Doorkeeper", current_app.extensions["doorkeeper"])


def requires(
    role: Role,
) -> Callable[[Callable[Asked, Awaitable[Answer]]], Callable[Asked, Awaitable[Answer]]]:
    """For a view, or a WebSocket, of the console: 403 for whoever may less."""

    def guard(
        view: Callable[Asked, Awaitable[Answer]],
    ) -> Callable[..., Awaitable[Answer]]:
        @wraps(view)
        async def guarded(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
            person = await doorkeeper().who()
            if person is None:
                abort(401)
            if not person.role.may(role):
                abort(403)
            return await view(*args, **kwargs)

        guarded.requires = role  # type: ignore[attr-defined]  # for the table of routes
        return guarded

    return guard


def me() -> Person:
    """Whoever is signed in; in a view behind the gate there is somebody."""
    person = getattr(g, "console_person", None)
    if person is None:
        abort(401)
    return cast("Person", person)


def csrf_token(of: str = "") -> str:
    """What a page must send back with every change: nobody else can know it."""
    secret = str(current_app.secret_key or "").encode()
    said = f"csrf:{of or doorkeeper().token()}".encode()
    return hmac.new(secret, said, hashlib.sha256).hexdigest()


def address_of(asked: Request | Websocket, proxies: int) -> str:
    """Where somebody calls from: as our own proxies say, if there are any."""
    if proxies:
        said = asked.headers.get("X-Forwarded-For", "").split(",")
        if len(said) >= proxies and said[-proxies].strip():
            return said[-proxies].strip()[:MOST_ADDRESS]
    return asked.remote_addr or ""


MOST_ADDRESS: Final = 64


def _asked() -> Request | Websocket:
    return websocket if has_websocket_context() else request


def _to_login() -> AnyResponse:
    """A page goes to the door; what a page fetches is told to."""
    wanted = f"{LOGIN}?next={quote(request.full_path.rstrip('?'))}"
    by_hand = "text/html" in request.headers.get("Accept", "")
    fetched = "HX-Request" in request.headers
    if request.method in SAFE_METHODS and by_hand and not fetched:
        return redirect(wanted)
    return Response("Sign in first.\n", 401, {"HX-Redirect": LOGIN})


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # half an IPv6 address, such as no browser sends
        return None


async def _field(name: str) -> str:
    return str((await request.form).get(name, ""))
