"""The operators: who may be rung, and what came of it today."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from quart import Blueprint, Response, abort, jsonify, request
from quart.templating import render_template
from werkzeug.wrappers import Response as Redirected

from callcenter.domain import presence
from callcenter.domain.figures import today
from callcenter.domain.people import Role
from callcenter.domain.presence import OnList, put_away
from callcenter.storage.directory import Directory
from callcenter.storage.operator_figures import attempts_of, rung_since
from callcenter.web.console import board, operator_forms as forms
from callcenter.web.console.asked import field
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import me, requires
from callcenter.web.console.operator_forms import LIST
from callcenter.web.console.said import back_to, told

ONE = "/operators/<name>"


class OperatorPages:
    """The list, and a page for each; also with what was typed and cannot be."""

    def __init__(self, desk: ConsoleDesk) -> None:
        self.desk = desk
        self.directory = Directory(desk.database)
        self._zone = ZoneInfo(desk.rules.house_zone)

    async def found(self, name: str) -> OnList:
        """404 if nobody has the name."""
        for one in await self.directory.everybody():
            if one.operator.name == name:
                return one
        return abort(404)

    async def lines(self) -> list[dict[str, Any]]:
        """Everybody, in the order of the list."""
        now = self.desk.clock.now()
        return [forms.line_of(one, now) for one in await self.directory.everybody()]

    async def list_(
        self, problem: str = "", entry: Mapping[str, Any] | None = None
    ) -> str:
        """The page of all."""
        gone = request.args.get("gone", "")
        undo = bool(gone) and await forms.last_removed(self.desk, gone) is not None
        return await render_template(
            "operators.html",
            lines=await self.lines(),
            rung=await rung_since(self.desk.database, self._midnight()),
            problem=problem,
            entry=entry or {"hours": forms.ALWAYS, "skills": "general"},
            said=told(),
            gone=gone if undo else "",
            zone=self._zone.key,
        )

    async def one(
        self, name: str, problem: str = "", entry: Mapping[str, Any] | None = None
    ) -> str:
        """The page of somebody."""
        found, midnight = await self.found(name), self._midnight()
        rung = await rung_since(self.desk.database, midnight)
        return await render_template(
            "operator.html",
            one=forms.line_of(found, self.desk.clock.now()),
            entry=entry or forms.entry_of(found.operator),
            rung=rung.get(name),
            attempts=await attempts_of(self.desk.database, name, midnight),
            problem=problem,
            said=told(),
            length=board.length,
        )

    def _midnight(self) -> datetime:
        return today(self.desk.clock.now(), self._zone).begins


def pages(desk: ConsoleDesk) -> Blueprint:
    """Looking, changing, removing."""
    routes = Blueprint("operators", __name__)
    its = OperatorPages(desk)
    _looked_at(routes, its)
    _changed(routes, its)
    _removed(routes, its)
    return routes


def _looked_at(routes: Blueprint, its: OperatorPages) -> None:
    @routes.get("/operators")
    @requires(Role.VIEWER)
    async def list_() -> str:
        return await its.list_()

    @routes.get("/operators.json")
    @requires(Role.VIEWER)
    async def now() -> Response:
        at = its.desk.clock.now().isoformat()
        return jsonify({"now": at, "operators": await its.lines()})

    @routes.get(ONE)
    @requires(Role.VIEWER)
    async def one(name: str) -> str:
        return await its.one(name)


def _changed(routes: Blueprint, its: OperatorPages) -> None:
    desk = its.desk

    @routes.post("/operators")
    @requires(Role.SUPERVISOR)
    async def add() -> Redirected | tuple[str, int]:
        entry = await forms.typed()
        operator, problem = forms.read(desk, entry)
        if operator and not await its.directory.add(operator):
            problem = f"There is an operator {operator.name} already."
        if problem or operator is None:
            return await its.list_(problem, entry), 422
        await desk.audit.note(me().name, forms.ADDED, operator.name)
        return back_to(LIST, "operator_added")

    @routes.post(ONE)
    @requires(Role.SUPERVISOR)
    async def change(name: str) -> Redirected | tuple[str, int]:
        await its.found(name)
        entry = await forms.typed() | {"name": name}
        operator, problem = forms.read(desk, entry)
        if operator is None:
            return await its.one(name, problem, entry), 422
        await its.directory.put(operator)
        await desk.audit.note(me().name, "operator.changed", name)
        return back_to(forms.address_of(name), "operator_changed")

    @routes.post(f"{ONE}/presence")
    @requires(Role.OPERATOR)
    async def attend(name: str) -> Redirected:
        await its.found(name)
        now, why = desk.clock.now(), await field("why", 200)
        away = await field("presence") == "away"
        leave = partial(put_away, at=now, why=why)
        change = leave if away else lambda _: presence.back(now)
        await its.directory.attend(name, change)
        act = "operator.away" if away else "operator.available"
        await desk.audit.note(me().name, act, name)
        to = LIST if await field("from") == "list" else forms.address_of(name)
        return back_to(to, "operator_away" if away else "operator_back")


def _removed(routes: Blueprint, its: OperatorPages) -> None:
    desk = its.desk

    @routes.post(f"{ONE}/remove")
    @requires(Role.SUPERVISOR)
    async def remove(name: str) -> Redirected:
        found = await its.found(name)
        now = found.attendance.at(desk.clock.now())
        kept = {"presence": now, "why": found.attendance.why}
        await its.directory.remove(name)
        detail = json.dumps(forms.entry_of(found.operator) | kept)
        await desk.audit.note(me().name, forms.REMOVED, name, detail)
        return back_to(f"{LIST}?gone={quote(name)}", "operator_removed")

    @routes.post(f"{ONE}/undo")
    @requires(Role.SUPERVISOR)
    async def undo(name: str) -> Redirected:
        kept = await forms.last_removed(desk, name)
        operator = forms.read(desk, kept)[0] if kept else None
        if kept is None or operator is None or not await its.directory.add(operator):
            return back_to(LIST, "unchanged")
        if kept["presence"] == presence.Presence.AWAY:
            leave = partial(put_away, at=desk.clock.now(), why=kept["why"])
            await its.directory.attend(name, leave)
        await desk.audit.note(me().name, forms.ADDED, name, "removal undone")
        return back_to(LIST, "operator_again")
