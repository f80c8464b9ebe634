"""Operators over the API: who takes escalated calls, and who may be rung now."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from quart import Response

from callcenter.domain import presence
from callcenter.domain.operators import Operator
from callcenter.domain.presence import OnList, Presence, put_away
from callcenter.domain.scopes import Scope
from callcenter.errors import ConfigurationError
from callcenter.storage.directory import written
from callcenter.web.api.answers import ApiError, not_found
from callcenter.web.api.desk import ApiDesk
from callcenter.web.api.endpoints import Body, Endpoints, Operation
from callcenter.web.api.gate import visitor
from callcenter.web.api.pages import Word

TAG: Final = "operators"
ONE: Final = "/operators/<name>"
READ, WRITE = Scope.OPERATORS_READ, Scope.OPERATORS_WRITE


class OperatorAnswer(BaseModel):
    """A person who takes calls."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Ada",
                    "destination": "+15005550101",
                    "skills": ["support"],
                    "hours": None,
                    "priority": 1,
                    "presence": "available",
                    "since": None,
                    "until": None,
                    "missed": 0,
                    "why": "",
                    "at_work": True,
                }
            ]
        }
    )

    name: str
    destination: str = Field(description="E.164, `sip:…` or `client:…`.")
    skills: list[str]
    hours: str | None = Field(description="Null: always.")
    priority: int
    presence: Presence
    since: datetime | None
    until: datetime | None = Field(description="When the presence ends by itself.")
    missed: int = Field(description="Calls in a row that were not taken.")
    why: str
    at_work: bool


class OperatorList(BaseModel):
    """All of them, in the order in which equals are rung."""

    items: list[OperatorAnswer]


class Ways(Body):
    """How to reach somebody, and what they know."""

    number: Word = Field(default="", description="A telephone, as +4721000001.")
    sip: Word = ""
    client: Word = Field(default="", description="A client of the carrier's.")
    skills: list[Word] = Field(default_factory=list, max_length=50)
    hours: Word | None = Field(
        default=None, description="`Mon-Fri 08:00-18:00 Europe/Oslo`, or `always`."
    )
    priority: int | None = Field(default=None, ge=0, le=1_000_000)


class NewOperator(Ways):
    """Somebody to put on the list: exactly one of number, sip, client."""

    name: str = Field(min_length=1, max_length=100, pattern=r"^[^/]+$")


class PresenceBody(Body):
    """Whether they may be rung."""

    presence: Literal["available", "away"]
    why: str = Field(default="", max_length=200)


def operators(api: Endpoints, desk: ApiDesk) -> None:  # noqa: C901  # one view each
    """Declare the operations."""

    async def find(name: str) -> OnList:
        for one in await desk.directory.everybody():
            if one.operator.name == name:
                return one
        raise not_found("operator")

    async def done(act: str, name: str) -> dict[str, Any]:
        await desk.audit.note(visitor().name, act, name)
        return shown(await find(name), desk.clock.now())

    @api.add(Operation("GET", "/operators", TAG, READ, OperatorList))
    async def list_operators() -> object:
        """All operators, and whether they may be rung now."""
        now = desk.clock.now()
        return {"items": [shown(one, now) for one in await desk.directory.everybody()]}

    @api.add(Operation("GET", ONE, TAG, READ, OperatorAnswer))
    async def get_operator(name: str) -> object:
        """One operator."""
        return shown(await find(name), desk.clock.now())

    @api.add(
        Operation(
            "POST",
            "/operators",
            TAG,
            WRITE,
            OperatorAnswer,
            status=201,
            body=NewOperator,
            errors=(409,),
        )
    )
    async def add_operator(body: NewOperator) -> object:
        """Put somebody on the list. Every node rings them within two seconds."""
        operator = _read(desk, {"name": body.name, **_entry(body)})
        if not await desk.directory.add(operator):
            raise ApiError(409, "There is an operator of this name.", field="name")
        return await done("operator.added", operator.name)

    @api.add(Operation("PATCH", ONE, TAG, WRITE, OperatorAnswer, body=Ways))
    async def change_operator(name: str, body: Ways) -> object:
        """Change what is given, and nothing else."""
        old = (await find(name)).operator
        changed = _read(desk, {"name": name, **_as_entry(old), **_entry(body)})
        if not await desk.directory.put(changed):
            raise not_found("operator")
        return await done("operator.changed", name)

    @api.add(Operation("DELETE", ONE, TAG, WRITE, status=204))
    async def remove_operator(name: str) -> object:
        """Take somebody off the list."""
        await find(name)
        await desk.directory.remove(name)
        await desk.audit.note(visitor().name, "operator.removed", name)
        return Response("", 204)

    @api.add(
        Operation(
            "PUT", f"{ONE}/presence", TAG, WRITE, OperatorAnswer, body=PresenceBody
        )
    )
    async def set_presence(name: str, body: PresenceBody) -> object:
        """Ring somebody no more, or again."""
        now = desk.clock.now()
        away = partial(put_away, at=now, why=body.why)
        change = away if body.presence == "away" else lambda _: presence.back(now)
        if not await desk.directory.attend(name, change):
            raise not_found("operator")
        return await done(f"operator.{body.presence}", name)


def shown(one: OnList, now: datetime) -> dict[str, Any]:
    """As `callcenter operators list --json` has it."""
    operator, attendance = one.operator, one.attendance
    current = attendance.at(now) is attendance.presence
    return {
        "name": operator.name,
        "destination": operator.destination,
        "skills": sorted(operator.skills),
        "hours": None if operator.hours is None else written(operator.hours),
        "priority": operator.priority,
        "presence": attendance.at(now),
        "since": attendance.since if current else None,
        "until": attendance.until if current else None,
        "missed": attendance.missed,
        "why": attendance.why if current else "",
        "at_work": operator.at_work(now),
    }


def _read(desk: ApiDesk, entry: Mapping[str, Any]) -> Operator:
    try:
        return desk.read_operator(entry)
    except (ValueError, ConfigurationError) as error:
        raise ApiError(422, str(error)) from error


def _entry(body: Ways) -> dict[str, Any]:
    """What was given, in the form of operators.toml; another way replaces the old."""
    names = ("number", "sip", "client", "skills", "hours")
    given = {name: getattr(body, name) for name in names if getattr(body, name)}
    if set(given) & {"number", "sip", "client"}:
        given = {"number": "", "sip": "", "client": "", **given}
    if given.get("hours") == "always":
        given["hours"] = ""
    return given if body.priority is None else {**given, "priority": body.priority}


def _as_entry(old: Operator) -> dict[str, Any]:
    way, _, rest = old.destination.rpartition(":")
    return {
        way or "number": rest,
        "skills": sorted(old.skills),
        "hours": "" if old.hours is None else written(old.hours),
        "priority": old.priority,
    }
