"""In and out."""

import secrets
from typing import Final

from quart import Blueprint, abort, make_response, redirect, request
from quart.templating import render_template
from werkzeug.sansio.response import Response as AnyResponse

from callcenter.storage.people import TooManyTries, normal
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import (
    COOKIE,
    CSRF_FIELD,
    LOGIN,
    address_of,
    csrf_token,
    doorkeeper,
    me,
)

HOME: Final = "/console"
KNOCK: Final = "callcenter_knock"
"""A cookie for the form alone: nobody can be signed in by somebody else's page."""

NOT_VOUCHED_FOR: Final = (
    "Your company's account did not open this door. An admin finds the reason in the "
    "log."
)
WRONG: Final = "That name and password do not fit."


def pages(desk: ConsoleDesk) -> Blueprint:
    """The login and the way out."""
    routes = Blueprint("login", __name__)

    @routes.get("/login")
    async def form() -> AnyResponse:
        return await _form(desk)

    @routes.post("/login")
    async def enter() -> AnyResponse:
        given = await request.form
        _check_knock(given.get(CSRF_FIELD, ""))
        name, address = given.get("name", ""), address_of(request, desk.rules.proxies)
        try:
            person = await desk.people.enter(name, given.get("password", ""), address)
        except TooManyTries as error:
            wait_s = int(error.wait.total_seconds()) + 1
            said = f"Too many tries. Wait {_wait(wait_s)}, and try again."
            refused = await _form(desk, said, name, 429)
            refused.headers["Retry-After"] = str(wait_s)
            return refused
        if person is None:
            await desk.audit.note(normal(name)[:100], "login.refused", address)
            return await _form(desk, WRONG, name, 401)
        token = await desk.sessions.begin(person)
        await desk.audit.note(person.name, "login", address)
        answer = redirect(inside(given.get("next", "")))
        set_cookie(answer, COOKIE, doorkeeper().auth.dump_token(token))
        return answer

    @routes.post("/logout")
    async def leave() -> AnyResponse:
        await desk.sessions.end(doorkeeper().token())
        await desk.audit.note(me().name, "logout", "")
        answer = redirect(LOGIN)
        answer.delete_cookie(COOKIE, path="/", secure=_secure(), samesite="Lax")
        return answer

    return routes


async def _form(
    desk: ConsoleDesk, said: str = "", name: str = "", status: int = 200
) -> AnyResponse:
    knock = request.cookies.get(KNOCK, "") or secrets.token_urlsafe(16)
    if request.args.get("company") == "refused" and not said:
        said, status = NOT_VOUCHED_FOR, 401
    wanted = request.args.get("next", "") or (await request.form).get("next", "")
    page = await render_template(
        "login.html",
        said=said,
        name=name,
        wanted=inside(wanted),
        knock=csrf_token(knock),
        https_only=desk.rules.https,
        company=desk.company is not None,
    )
    answer = await make_response(page, status)
    set_cookie(answer, KNOCK, knock)
    return answer


def _check_knock(given: str) -> None:
    knock = request.cookies.get(KNOCK, "")
    same = secrets.compare_digest(given.encode(), csrf_token(knock).encode())
    if not (knock and same and doorkeeper().same_origin(request)):
        abort(403)


def set_cookie(answer: AnyResponse, name: str, value: str) -> None:
    """One that no script reads, and that no other site sends along."""
    answer.set_cookie(
        name, value, path="/", httponly=True, secure=_secure(), samesite="Lax"
    )


def _secure() -> bool:
    return doorkeeper().https or request.is_secure


def inside(path: str) -> str:
    """Where to go: a page of the console, and nowhere else."""
    inside = path == HOME or path.startswith((HOME + "/", HOME + "?"))
    return path if inside and "\\" not in path and path.isprintable() else HOME


def _wait(seconds: int) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes > 1 else "a minute"
