"""One way to declare what the API can: route, scope, shapes and errors together.

So nothing is served that is not documented, and nothing documented that is not served.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from quart import Blueprint, Response, request
from werkzeug.routing import Map, Rule

from callcenter.domain.scopes import Scope
from callcenter.web.api.answers import ApiError, data, not_found, storable
from callcenter.web.api.gate import Gate

PREFIX: Final = "/api/v1"

View = Callable[..., Awaitable[object]]
Shape = TypeVar("Shape", bound=BaseModel)


class Query(BaseModel):
    """The part of an address after its question mark; a misspelt name is an error."""

    model_config = ConfigDict(extra="forbid")


class Body(BaseModel):
    """What is sent; a misspelt name is an error."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, as the document tells it."""

    method: str
    rule: str
    tag: str
    scope: Scope | None
    """None: any key will do, or none is needed at all (see `public`)."""
    answer: type[BaseModel] | None = None
    status: int = 200
    query: type[Query] | None = None
    body: type[Body] | None = None
    errors: tuple[int, ...] = ()
    media: str = "application/json"
    stream: type[BaseModel] | None = None
    """What each event has, if it (also) answers with Server-Sent Events."""
    public: bool = False
    headers: tuple[str, ...] = ()
    """Of the request, beyond the key's own."""

    @property
    def statuses(self) -> tuple[int, ...]:
        """How it may refuse."""
        found = {*self.errors, 500, 503}
        if not self.public:
            found |= {401, 403, 429}
        if self.query or self.body:
            found.add(422)
        if self.body:
            found |= {400, 413}
        if "<" in self.rule:
            found.add(404)
        return tuple(sorted(found))


class Endpoints:
    """All operations; `add` declares one, and registers its route."""

    def __init__(self, gate: Gate) -> None:
        self.routes = Blueprint("api", __name__, url_prefix=PREFIX)
        self.operations: dict[str, Operation] = {}
        """By endpoint."""
        self._gate = gate

    def add(self, operation: Operation) -> Callable[[View], View]:
        """Serve a view as this operation; it gets `query` and `body` if it has them.

        It returns plain data, a whole Response, or raises ApiError.
        """

        def declare(view: View) -> View:
            @wraps(view)
            async def served(**named: str) -> Response:
                if not operation.public:
                    await self._gate.admit(operation.scope)
                found = await view(**await _given(operation, named))
                if isinstance(found, Response):
                    return found
                if operation.status == 204:
                    return Response("", 204)
                return data(found, operation.status)

            name = view.__name__
            self.operations[f"{self.routes.name}.{name}"] = operation
            self.routes.add_url_rule(
                operation.rule, name, served, methods=[operation.method]
            )
            return view

        return declare

    def methods_of(self, path: str) -> list[str]:
        """With which methods this path could be asked for."""
        rules = [
            Rule(PREFIX + one.rule, methods=[one.method], endpoint=name)
            for name, one in self.operations.items()
        ]
        return sorted(Map(rules).bind("here").allowed_methods(path))


async def _given(operation: Operation, named: dict[str, str]) -> dict[str, Any]:
    """What the view gets. Raises ApiError."""
    if not storable(named):
        raise not_found("thing")
    given: dict[str, Any] = dict(named)
    if operation.query is not None:
        given["query"] = parsed(operation.query, _asked())
    if operation.body is not None:
        given["body"] = parsed(operation.body, await _sent())
    return given


def parsed(shape: type[Shape], given: object) -> Shape:
    """Raises ApiError 422, which names the first field that is wrong."""
    if not storable(given):
        raise ApiError(422, "Some text has characters that cannot be stored.")
    try:
        return shape.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or None
        message = first["msg"].removeprefix("Value error, ")
        raise ApiError(422, message, field=field) from error


def _asked() -> dict[str, Any]:
    """Each name once: the last counts as little as the first."""
    found = {}
    for name in request.args:
        values = request.args.getlist(name)
        if len(values) > 1:
            raise ApiError(422, "It may be given only once.", field=name)
        found[name] = values[0]
    return found


async def _sent() -> object:
    raw = await request.get_data()
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ApiError(400, "The body is not JSON.") from error
