"""Whoever adds a route says who may use it, and is taken at their word."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from quart import Quart
from quart.testing import WebsocketResponseError
from quart.wrappers import Response

from callcenter.domain.people import RANK, Role
from tests.web.console.door import HERE, Door, Visitor, open_door
from tests.web.console.routes import ENDLESS, ROUTES, Api, Public, Twilio, Who

BESIDE = ("OPTIONS", "HEAD")


def routes_of(app: Quart) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        if rule.websocket:
            yield "WS", rule.rule
        else:
            for method in sorted((rule.methods or set()).difference(BESIDE)):
                yield method, rule.rule


def filled(path: str) -> str:
    """An address that the rule fits; of nothing that is there."""
    path = re.sub(r"<int:\w+>", "999", path)
    return re.sub(r"<[^>]+>", "nothing", path)


def fits(path: str) -> str:
    """What the rule takes: a name in an address may be a word of another rule's."""
    path = re.sub(r"<int:\w+>", r"[0-9]+", path)
    path = re.sub(r"<path:\w+>", r".+", path)
    return re.sub(r"<\w+>", r"[^/]+", path)


async def test_every_route_is_declared_and_does_as_declared(tmp_path: Path) -> None:
    async with open_door(tmp_path) as door:
        there = set(routes_of(door.node.app))
        assert there - set(ROUTES) == set(), "say in routes.py who may use these"
        assert set(ROUTES) - there == set(), "these are gone: take them out"
        stranger = door.visitor()
        people = {role: await door.signed_in(role) for role in Role}
        for (method, path), who in ROUTES.items():
            if method == "WS":
                await socket_is_kept(door, filled(path), who)
            elif isinstance(who, Role):
                await page_is_kept(stranger, people, method, path, who)
            else:
                await is_kept_from_strangers(stranger, method, path, who)


async def status(visitor: Visitor, method: str, path: str, *, csrf: bool = True) -> int:
    headers = {"Accept": "text/html", **HERE}
    if csrf:
        headers["X-CSRF-Token"] = visitor.csrf
    ask = getattr(visitor.client, method.lower())
    answer: Response = await ask(filled(path), headers=headers)
    assert answer.headers["X-Content-Type-Options"] == "nosniff", path
    if path.startswith("/console") and "static" not in path:
        assert "no-store" in answer.headers["Cache-Control"], path
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "same-origin"
    return answer.status_code


async def page_is_kept(
    stranger: Visitor, people: dict[Role, Visitor], method: str, path: str, who: Role
) -> None:
    where = f"{method} {path}"
    assert await status(stranger, method, path) in {302, 401}, where
    for role, visitor in people.items():
        if RANK[role] < RANK[who]:
            assert await status(visitor, method, path) == 403, (where, role)
    if method != "GET":
        assert await status(people[who], method, path, csrf=False) == 403, where
    elif path not in ENDLESS:
        assert await status(people[who], method, path) not in {302, 401, 403}, where
    await refuses_other_methods(people[Role.ADMIN], path)


async def is_kept_from_strangers(
    stranger: Visitor, method: str, path: str, who: Who
) -> None:
    found = await status(stranger, method, path)
    match who:
        case Twilio():
            assert found == 403, (method, path)
        case Api():
            assert found == 401, (method, path)
        case Public() if path != "/console/login":
            assert found not in {302, 401, 403}, (method, path)
        case _:
            pass
    await refuses_other_methods(stranger, path)


async def refuses_other_methods(visitor: Visitor, path: str) -> None:
    asked = filled(path)
    taken = {method for method, other in ROUTES if re.fullmatch(fits(other), asked)}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - taken:
        assert await status(visitor, method, path) == 405, (method, path)


async def socket_is_kept(door: Door, path: str, who: Who) -> None:
    """From other pages, from strangers, and from those who may not."""
    if not isinstance(who, Role):
        assert await handshake(door.visitor(), path, HERE) == 403, path
        return
    right, wrong = HERE, {"Origin": "https://evil.example"}
    assert await handshake(door.visitor(), path, right) == 401, path
    visitor = await door.signed_in(Role.ADMIN)
    for headers in ({}, wrong, {**right, "Sec-Fetch-Site": "cross-site"}):
        assert await handshake(visitor, path, headers) == 403, (path, headers)
    for role in Role:
        if RANK[role] < RANK[who]:
            visitor = await door.signed_in(role)
            assert await handshake(visitor, path, right) == 403, (path, role)


async def handshake(visitor: Visitor, path: str, headers: dict[str, str]) -> int:
    with pytest.raises(WebsocketResponseError) as refused:
        async with visitor.client.websocket(path, headers=headers) as socket:
            await socket.receive()
    return refused.value.response.status_code
