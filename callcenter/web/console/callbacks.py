"""Callbacks: who is to be called, who was, and whom we never call."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from quart import Blueprint, abort, request
from quart.templating import render_template
from werkzeug.wrappers import Response

from callcenter.domain.destinations import telephone_number
from callcenter.domain.people import Role
from callcenter.errors import StorageError
from callcenter.storage.callback_desk import PAGE, CallbackDesk, Group, Wish
from callcenter.storage.callback_lists import CallbackLists
from callcenter.storage.opt_outs import OptOuts
from callcenter.web.console.asked import choice, field, moment
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import me, requires
from callcenter.web.console.office import office
from callcenter.web.console.said import back_to, inside, told

HERE: Final = "/console/callbacks"
NEVER: Final = f"{HERE}/never"

PAUSES: Final = {
    "15": ("15 minutes", timedelta(minutes=15)),
    "60": ("an hour", timedelta(hours=1)),
    "240": ("four hours", timedelta(hours=4)),
    "1440": ("a day", timedelta(days=1)),
}


def pages(desk: ConsoleDesk) -> Blueprint:
    """The lists, one page for each wish, and what may be done with it."""
    routes = Blueprint("callbacks", __name__, url_prefix="/callbacks")
    wishes, lists = CallbackDesk(desk.database), CallbackLists(desk.database)

    @routes.get("")
    @requires(Role.OPERATOR)
    async def list_() -> str:
        now = desk.clock.now()
        counts = await wishes.counts(now)
        group = choice("show", Group) or _first(counts)
        found = await wishes.page(group, now, moment("after"))
        return await render_template(
            "callbacks.html",
            group=group,
            groups=list(Group),
            counts=counts,
            wishes=found,
            now=now,
            next=_place(found[-1], group) if len(found) == PAGE else "",
            pauses=PAUSES,
            dials=office(desk).dials,
            never=len(await OptOuts(desk.database).listed()),
            back=f"{HERE}?show={group}",
            said=told(),
            undo=request.args.get("undo", ""),
        )

    @routes.get("/<callback_id>")
    @requires(Role.OPERATOR)
    async def one(callback_id: str) -> str:
        wish = await _there(wishes, callback_id)
        await desk.audit.note(me().name, "callback.read", wish.id)
        return await render_template(
            "callback.html",
            one=wish,
            tries=(await lists.show(wish.id))["tried"],
            now=desk.clock.now(),
            pauses=PAUSES,
            dials=office(desk).dials,
            back=f"{HERE}/{wish.id}",
            said=told(),
            undo=request.args.get("undo", ""),
        )

    _acts(routes, desk)
    _opt_outs(routes, desk)
    return routes


def _acts(routes: Blueprint, desk: ConsoleDesk) -> None:
    wishes = CallbackDesk(desk.database)

    @routes.post("/<callback_id>/<act>")
    @requires(Role.OPERATOR)
    async def change(callback_id: str, act: str) -> Response:
        wish = await _there(wishes, callback_id)
        if act not in ACTS:
            abort(404)
        try:
            said = await ACTS[act](desk, wish, desk.clock.now())
        except StorageError:
            said = "not_now"
        if said not in {"unchanged", "not_now"}:
            await desk.audit.note(me().name, f"callback.{act}", wish.id)
        undo = wish.id if said in {"callback_cancelled", "called"} else ""
        return back_to(inside(await field("back"), HERE), said, undo=undo)


async def _now(desk: ConsoleDesk, wish: Wish, now: datetime) -> str:
    await CallbackLists(desk.database).now(wish.id, now)
    return "dials" if office(desk).dials else "due"


async def _cancel(desk: ConsoleDesk, wish: Wish, now: datetime) -> str:
    await CallbackLists(desk.database).cancel(wish.id, now)
    return "callback_cancelled"


async def _postpone(desk: ConsoleDesk, wish: Wish, now: datetime) -> str:
    pause = PAUSES.get(await field("pause"))
    if pause is None:
        return "unchanged"
    until = max(wish.due_at, now) + pause[1]
    put_off = await CallbackDesk(desk.database).postpone(wish.id, until)
    return "postponed" if put_off else "not_now"


async def _done(desk: ConsoleDesk, wish: Wish, now: datetime) -> str:
    changed = await CallbackDesk(desk.database).done(wish.id, me().name, now)
    return "called" if changed else "unchanged"


async def _reopen(desk: ConsoleDesk, wish: Wish, now: datetime) -> str:
    changed = await CallbackDesk(desk.database).reopen(wish.id, now)
    return "waits" if changed else "unchanged"


ACTS: Final[Mapping[str, Callable[[ConsoleDesk, Wish, datetime], Awaitable[str]]]] = {
    "now": _now,
    "cancel": _cancel,
    "postpone": _postpone,
    "done": _done,
    "reopen": _reopen,
}
"""Each says which sentence is told afterwards. They may raise StorageError."""


def _opt_outs(routes: Blueprint, desk: ConsoleDesk) -> None:
    outs = OptOuts(desk.database)

    @routes.get("/never")
    @requires(Role.OPERATOR)
    async def never() -> str:
        return await render_template(
            "never_called.html",
            listed=await outs.listed(),
            said=told(),
            undo=request.args.get("undo", ""),
        )

    @routes.post("/never")
    @requires(Role.OPERATOR)
    async def forbid() -> Response:
        number = telephone_number(await field("number"))
        back = inside(await field("back"), NEVER)
        if number is None:
            return back_to(back, "no_number")
        await outs.add(number, desk.clock.now(), f"by {me().name}")
        await desk.audit.note(me().name, "opt_out.add", number)
        return back_to(back, "never")

    @routes.post("/never/remove")
    @requires(Role.OPERATOR)
    async def allow() -> Response:
        number = await field("number")
        back = inside(await field("back"), NEVER)
        if not await outs.remove(number):
            return back_to(back, "unchanged")
        await desk.audit.note(me().name, "opt_out.remove", number)
        return back_to(back, "may_be_called", undo=number)


def _first(counts: dict[Group, int]) -> Group:
    """What there is to do, if there is anything."""
    waiting = (Group.DUE, Group.LATER, Group.TRIED)
    return next((group for group in waiting if counts[group]), Group.DUE)


def _place(last: Wish, group: Group) -> str:
    open_ones = group in {Group.DUE, Group.LATER, Group.TRIED}
    at = last.due_at if open_ones else last.asked_at
    return f"{at.isoformat()}~{last.id}"


async def _there(wishes: CallbackDesk, callback_id: str) -> Wish:
    found = await wishes.find(callback_id)
    if found is None:
        abort(404)
    return found
