"""The people of the console: an admin lets them in, and keeps them out."""

import secrets
from typing import Final

from quart import Blueprint, abort, request
from quart.templating import render_template
from werkzeug.wrappers import Response

from callcenter.domain.people import Person, Role
from callcenter.storage.passwords import BadPassword, check_strength
from callcenter.web.console.asked import field
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import me, requires
from callcenter.web.console.said import back_to, told

PATH: Final = "/console/system/people"
ONE: Final = "/people/<name>"
MOST_NAME: Final = 64
PASSWORD_BYTES: Final = 12


class PeoplePage:
    """The list, with a password that is shown once."""

    def __init__(self, desk: ConsoleDesk) -> None:
        self.desk = desk

    async def page(self, problem: str = "", password: str = "", whose: str = "") -> str:
        """As it is now."""
        return await render_template(
            "system_people.html",
            people=await self.desk.people.everybody(),
            roles=list(Role),
            now=self.desk.clock.now(),
            problem=problem,
            password=password,
            whose=whose,
            said=told(),
        )

    async def note(self, act: str, name: str, detail: str = "") -> None:
        """In the audit."""
        await self.desk.audit.note(me().name, act, name, detail)


def people(routes: Blueprint, desk: ConsoleDesk) -> None:
    """Declare the pages."""
    its = PeoplePage(desk)

    @routes.get("/people")
    @requires(Role.ADMIN)
    async def everybody() -> str:
        return await its.page()

    @routes.post("/people")
    @requires(Role.ADMIN)
    async def let_in() -> str | tuple[str, int]:
        name, password, problem = await _added(its)
        if problem:
            return await its.page(problem), 422
        return await its.page(password=password, whose=name)

    @routes.post(f"{ONE}/password")
    @requires(Role.ADMIN)
    async def reset(name: str) -> str | tuple[str, int]:
        person = await _there(desk, name)
        password, problem = await _password()
        if problem:
            return await its.page(problem), 422
        await desk.people.set_password(person.name, password)
        await its.note("person.password_set", person.name)
        return await its.page(password=password, whose=person.name)

    _changes(routes, its)


def _changes(routes: Blueprint, its: PeoplePage) -> None:
    desk = its.desk

    @routes.post(f"{ONE}/role")
    @requires(Role.ADMIN)
    async def set_role(name: str) -> Response:
        person, role = await _there(desk, name), await field("role")
        if role not in set(Role) or role == person.role:
            return back_to(PATH, "unchanged")
        if Role(role) is not Role.ADMIN and await _last(desk, person):
            return back_to(PATH, "last_admin")
        await desk.people.set_role(person.name, Role(role))
        await its.note("person.role_set", person.name, role)
        return back_to(PATH, "person_changed")

    @routes.post(f"{ONE}/disabled")
    @requires(Role.ADMIN)
    async def disable(name: str) -> Response:
        person = await _there(desk, name)
        out = await field("disabled") == "yes"
        if out and await _last(desk, person):
            return back_to(PATH, "last_admin")
        await desk.people.disable(person.name, disabled=out)
        act = "person.disabled" if out else "person.enabled"
        await its.note(act, person.name)
        return back_to(PATH, "person_out" if out else "person_in")


async def _added(its: PeoplePage) -> tuple[str, str, str]:
    """Name and password of whoever was let in; or what is wrong with the form."""
    name, role = (await field("name", MOST_NAME)).casefold(), await field("role")
    password, problem = await _password()
    if not name or not name.isprintable() or "/" in name:
        problem = f"A name has 1 to {MOST_NAME} letters or signs, and no /."
    elif role not in set(Role):
        problem = "Choose a role."
    elif not problem and not await its.desk.people.add(name, Role(role), password):
        problem = f"There is a {name} already."
    if not problem:
        await its.note("person.added", name, role)
    return name, password, problem


async def _there(desk: ConsoleDesk, name: str) -> Person:
    found = await desk.people.find(name)
    return found if found is not None else abort(404)


async def _last(desk: ConsoleDesk, person: Person) -> bool:
    """Whether nobody else could let people in."""
    admin = person.role is Role.ADMIN and not person.disabled
    return admin and await desk.people.admins() <= 1


async def _password() -> tuple[str, str]:
    """What was typed (as it was typed), or one that is made up; and what is wrong."""
    typed = str((await request.form).get("password", ""))
    if not typed:
        return secrets.token_urlsafe(PASSWORD_BYTES), ""
    try:
        check_strength(typed)
    except BadPassword as error:
        return "", str(error)
    return typed, ""
