"""In with the company's own account, when there is a provider for it."""

from typing import Any, Final

import structlog
from itsdangerous import BadSignature, URLSafeTimedSerializer
from quart import Blueprint, abort, current_app, redirect, request
from werkzeug.wrappers import Response

from callcenter.domain.people import Person
from callcenter.errors import CallerRefused
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import COOKIE, LOGIN, address_of, doorkeeper
from callcenter.web.console.login import inside, set_cookie
from callcenter.web.oidc import Colleague, Errand, errand

ERRAND: Final = "callcenter_errand"
"""A cookie for the way to the provider and back."""

ERRAND_SECONDS: Final = 600
BACK: Final = f"{LOGIN}/company/back"
REFUSED: Final = f"{LOGIN}?company=refused"

logger = structlog.get_logger()


def pages(desk: ConsoleDesk) -> Blueprint:
    """There and back; 404 in a house without a provider."""
    routes = Blueprint("company", __name__)

    @routes.get("/login/company")
    async def begin() -> Response:
        if desk.company is None:
            abort(404)
        mine = errand(inside(request.args.get("next", "")))
        try:
            answer = redirect(await desk.company.address(mine, _back(desk)))
        except CallerRefused as error:
            return _refused(error)
        set_cookie(answer, ERRAND, str(_sealer().dumps(mine.plain())))
        return answer

    @routes.get("/login/company/back")
    async def back() -> Response:
        if desk.company is None:
            abort(404)
        address = address_of(request, desk.rules.proxies)
        try:
            mine = _errand()
            who = await desk.company.who(mine, _back(desk), request.args)
            person = await _person(desk, who)
        except CallerRefused as error:
            await desk.audit.note("?", "login.refused", address, "company")
            return _refused(error)
        token = await desk.sessions.begin(person)
        await desk.audit.note(person.name, "login", address, "company")
        answer = redirect(inside(mine.wanted))
        set_cookie(answer, COOKIE, doorkeeper().auth.dump_token(token))
        answer.delete_cookie(ERRAND, path="/")
        return answer

    return routes


async def _person(desk: ConsoleDesk, who: Colleague) -> Person:
    """Raises CallerRefused."""
    person = await desk.people.vouched_for(who.email, who.role)
    if person is None:
        raise CallerRefused(f"{who.email!r} is disabled here")
    return person


def _refused(error: CallerRefused) -> Response:
    logger.warning("company_login_refused", reason=str(error))
    return redirect(REFUSED)


def _back(desk: ConsoleDesk) -> str:
    return f"{desk.rules.public_base or request.host_url.rstrip('/')}{BACK}"


def _errand() -> Errand:
    """The one that the browser was sent on. Raises CallerRefused."""
    sealed = request.cookies.get(ERRAND, "")
    try:
        plain: Any = _sealer().loads(sealed, max_age=ERRAND_SECONDS)
    except BadSignature as error:
        raise CallerRefused("nobody was sent, or it took too long") from error
    return Errand(**plain)


def _sealer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=ERRAND)
