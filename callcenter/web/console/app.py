"""The console as part of the application: gate, headers, static files, error pages."""

import re
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import structlog
from quart import (
    Blueprint,
    Quart,
    Response,
    abort,
    g,
    has_websocket_context,
    redirect,
    request,
)
from quart.templating import render_template
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.sansio.response import Response as AnyResponse

from callcenter.errors import BadValue, StorageError
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import (
    SAFE_METHODS,
    Doorkeeper,
    csrf_token,
    doorkeeper,
)
from callcenter.web.console.pages import NAVIGATION, PAGES, Place
from callcenter.web.console.static import Static

PREFIX: Final = "/console"

POLICY: Final = "Content-Security-Policy"

HEADERS: Final = {
    "Cache-Control": "no-store",
    POLICY: (
        "default-src 'self'; script-src 'self'; style-src 'self'; "
        "img-src 'self' data:; media-src 'self' blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

STRICT_TRANSPORT: Final = "max-age=31536000"

SENTENCES: Final[Mapping[int, str]] = {
    400: "The request makes no sense to us.",
    401: "Sign in first.",
    403: "You may not do that. Ask an admin for another role, or reload the page.",
    404: "There is no such page.",
    405: "That cannot be done here.",
    413: "That is too much at once.",
    429: "That was too often. Wait a little.",
    503: "The database cannot be reached just now. Calls go on; try again soon.",
}

_UNWRITABLE: Final = re.compile("[\x00\ud800-\udfff]")

logger = structlog.get_logger()


def install(app: Quart, desk: ConsoleDesk) -> None:
    """Put the console into the application."""
    keeper = Doorkeeper(desk.sessions, desk.rules.public_base)
    keeper.auth.init_app(app)
    app.extensions |= {"doorkeeper": keeper, "console": desk}
    static = Static()
    console = Blueprint(
        "console", __name__, url_prefix=PREFIX, template_folder="templates"
    )
    console.before_request(_writable)
    console.before_request(keeper.gate)
    console.before_websocket(keeper.socket_gate)
    console.add_url_rule("/static/<path:name>", "static", static.serve, methods=["GET"])
    console.add_url_rule("/", "slash", _without_slash, methods=["GET"])
    for page in PAGES:
        console.register_blueprint(page(desk))
    console.register_error_handler(BadValue, _senseless)
    console.register_error_handler(StorageError, _no_database)
    app.register_blueprint(console)
    app.register_error_handler(HTTPException, _refused)
    app.after_request(_with_headers)
    app.context_processor(lambda: _known_to_templates(app, desk, static))


async def _without_slash() -> AnyResponse:
    return redirect(PREFIX, 308)


def _known_to_templates(
    app: Quart, desk: ConsoleDesk, static: Static
) -> dict[str, object]:
    return {
        "person": getattr(g, "console_person", None),
        "csrf": csrf_token,
        "navigation": lambda: _navigation(app),
        "static": static.address,
        "node": desk.rules.node,
        "here": request.path,
        "style_nonce": _style_nonce,
    }


def _navigation(app: Quart) -> list[Place]:
    person = getattr(g, "console_person", None)
    paths = {rule.rule for rule in app.url_map.iter_rules()}
    return [
        place
        for place in NAVIGATION
        if person and person.role.may(place.role) and place.path in paths
    ]


async def _refused(error: HTTPException) -> AnyResponse | HTTPException:
    """An error page, for people alone: programs and Twilio get what they know."""
    if has_websocket_context() or not _inside() or error.code is None:
        return error
    answer = await _error_page(error.code)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            answer.headers[name] = value
    return answer


def _inside() -> bool:
    return request.path == PREFIX or request.path.startswith(PREFIX + "/")


async def _writable() -> None:
    """Refuse what no database holds, before anybody looks for it: NUL, half letters."""
    said = [request.path, *_texts(request.args)]
    if request.method not in SAFE_METHODS:
        said += _texts(await request.form)
    if any(_UNWRITABLE.search(one) for one in said):
        abort(400)


def _texts(fields: MultiDict[str, str]) -> list[str]:
    return [text for pair in fields.items(multi=True) for text in pair]


async def _senseless(_: BadValue) -> Response:
    return await _error_page(400)


async def _no_database(error: StorageError) -> Response:
    logger.warning("console_without_database", reason=str(error))
    return await _error_page(503)


async def _error_page(code: int) -> Response:
    title = HTTPStatus(code).phrase
    sentence = SENTENCES.get(code, "That did not work.")
    page = await render_template(
        "error.html", code=code, title=title, sentence=sentence
    )
    return Response(page, code, content_type="text/html; charset=utf-8")


def _style_nonce() -> str:
    """For a page whose library must bring a style of its own; the policy then has it.

    No page of ours needs one: it is for wavesurfer's shadow root.
    """
    if not hasattr(g, "style_nonce"):
        g.style_nonce = secrets.token_urlsafe(16)
    return str(g.style_nonce)


async def _with_headers(answer: Response) -> Response:
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    if _inside():
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        if nonce := getattr(g, "style_nonce", ""):
            styles = f"style-src 'self' 'nonce-{nonce}'"
            answer.headers[POLICY] = HEADERS[POLICY].replace("style-src 'self'", styles)
        if request.is_secure or doorkeeper().https:
            answer.headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
    return answer
