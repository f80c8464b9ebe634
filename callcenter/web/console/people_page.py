"""People: what we know of a number, told to its owner, or forgotten."""

import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from quart import Blueprint, Response, abort, request
from quart.templating import render_template
from werkzeug.wrappers import Response as AnyResponse

from callcenter.domain.destinations import telephone_number
from callcenter.domain.people import Role
from callcenter.domain.verification import (
    FACTS_NEEDED,
    Detail,
    normalised,
    pin_problem,
)
from callcenter.errors import CarrierError, StorageError
from callcenter.storage.customers import Customers
from callcenter.storage.dossiers import MOST_CALLS, Dossiers
from callcenter.web.console.asked import field
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import me, requires
from callcenter.web.console.office import office
from callcenter.web.console.said import back_to, told

HERE: Final = "/console/people"
LONGEST_NAME: Final = 100


def pages(desk: ConsoleDesk) -> Blueprint:
    """The search, and what it leads to."""
    routes = Blueprint("people", __name__, url_prefix="/people")
    dossiers = Dossiers(desk.database)

    @routes.get("")
    @requires(Role.OPERATOR)
    async def search() -> str:
        number = _spelled(request.args.get("number", ""))
        if number:
            return await _one(desk, dossiers, number)
        text = request.args.get("q", "").strip()[:LONGEST_NAME]
        found = await dossiers.find(text)
        return await render_template(
            "people.html", q=text, found=found, page_of=page_of, said=told()
        )

    @routes.post("/export")
    @requires(Role.SUPERVISOR)
    async def export() -> Response:
        number = _number(await field("number"))
        await desk.audit.note(me().name, "person.export", number)
        text = json.dumps(await office(desk).persons.export(number), indent=2)
        answer = Response(text, content_type="application/json; charset=utf-8")
        name = f"callcenter-{number.lstrip('+')}.json"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    _erasing(routes, desk)
    _proving(routes, desk)
    return routes


async def _one(desk: ConsoleDesk, dossiers: Dossiers, number: str) -> str:
    before = request.args.get("before", "")
    found = await dossiers.of(number, before=int(before) if _digits(before) else None)
    await desk.audit.note(me().name, "person.read", number)
    return await render_template(
        "person.html",
        one=found,
        now=desk.clock.now(),
        is_number=telephone_number(number) == number,
        next=found.calls[-1]["moment"] if len(found.calls) == MOST_CALLS else "",
        back=page_of(number),
        details=list(Detail),
        said=told(),
    )


def _erasing(routes: Blueprint, desk: ConsoleDesk) -> None:
    @routes.get("/erase")
    @requires(Role.ADMIN)
    async def ask() -> str:
        number = _number(_spelled(request.args.get("number", "")))
        known = await office(desk).persons.known(number)
        return await render_template(
            "erase.html", number=number, known=known, back=page_of(number), said=told()
        )

    @routes.post("/erase")
    @requires(Role.ADMIN)
    async def erase() -> AnyResponse:
        number, typed = _number(await field("number")), await field("typed")
        asking = f"{HERE}/erase?number={quote(number)}"
        if _spelled(typed) != number:
            return back_to(asking, "unsure")
        try:
            erased = await office(desk).forget(number, me().name)
        except CarrierError:
            return back_to(asking, "at_the_carrier")
        live = erased.counts.get("live_calls")
        return back_to(HERE, "erased_but" if live else "erased")


def _proving(routes: Blueprint, desk: ConsoleDesk) -> None:
    customers = Customers(desk.database)

    @routes.post("/customer")
    @requires(Role.SUPERVISOR)
    async def add() -> AnyResponse:
        number, pin = _number(await field("number")), await field("pin")
        given = {one: await field(one, LONGEST_NAME) for one in Detail}
        facts = {one: said for one, said in given.items() if said}
        if telephone_number(number) != number or not _enough(facts, pin):
            return back_to(page_of(number), "bad_proof")
        try:
            await customers.add(number, facts, pin)
        except StorageError:
            return back_to(page_of(number), "customer_already")
        await desk.audit.note(me().name, "customer.add", number)
        return back_to(page_of(number), "customer")

    @routes.post("/customer/remove")
    @requires(Role.SUPERVISOR)
    async def remove() -> AnyResponse:
        number = _number(await field("number"))
        if not await customers.remove(number):
            return back_to(page_of(number), "unchanged")
        await desk.audit.note(me().name, "customer.remove", number)
        return back_to(page_of(number), "no_customer")


def page_of(number: str) -> str:
    """The address of what we know of a number."""
    return f"{HERE}?number={quote(number, safe='')}"


def _enough(facts: Mapping[Detail, str], pin: str) -> bool:
    if any(not normalised(detail, said) for detail, said in facts.items()):
        return False
    if pin:
        return not pin_problem(pin)
    return len(facts) >= FACTS_NEEDED


def _spelled(number: str) -> str:
    """A plus in an address may have become a space; and people write with spaces."""
    bare = "".join(number.split())[:LONGEST_NAME]
    return f"+{bare}" if number.startswith(" ") and _digits(bare) else bare


def _number(number: str) -> str:
    if not number:
        abort(400)
    return number


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
