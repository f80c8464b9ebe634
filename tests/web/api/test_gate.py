"""Who may come in, with what, how often; and that it is written down."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from quart import Quart

from callcenter.domain.people import Role
from callcenter.domain.scopes import OF_ROLE, Scope
from callcenter.storage.audit import Audit
from callcenter.web.api.app import install
from callcenter.web.api.gate import TRIES_A_MINUTE
from tests.web.api.conftest import NOW, Api


@pytest.mark.parametrize("path", ["/calls", "/keys", "/calls/A/events", "/alarms"])
async def test_without_a_key_nobody_gets_in(stocked: Api, path: str) -> None:
    for key in ("", "cck_00_00", "nonsense"):
        status, answer = await stocked.ask(path, key=key)
        assert status == 401
        assert answer["error"]["code"] == "unauthorized"
    answer = await stocked.client.get("/api/v1/calls")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_every_operation_refuses_a_key_without_its_scope(stocked: Api) -> None:
    for operation in stocked.endpoints.operations.values():
        if operation.scope is None:
            continue
        others = set(Scope) - {operation.scope, Scope.KEYS_ADMIN}
        key = await stocked.key_for(*others)
        path = operation.rule.replace("<", "").replace(">", "")
        status, answer = await stocked.ask(path, operation.method, key=key, json={})
        assert status == 403, operation
        assert operation.scope in answer["error"]["message"]


async def test_a_revoked_key_is_refused_at_once(api: Api) -> None:
    key = await api.key_for(Scope.FIGURES_READ)
    assert (await api.ask("/alarms", key=key))[0] == 200
    assert (await api.ask(f"/keys/{key.split('_')[1]}", "DELETE"))[0] == 204
    assert (await api.ask("/alarms", key=key))[0] == 401


async def test_who_asks_too_often_is_told_when_to_come_again(api: Api) -> None:
    key = await api.key_for(Scope.AGENTS_READ)
    for _ in range(api.desk.rules.a_minute):
        assert (await api.ask("/agents", key=key))[0] == 200
    answer = await api.client.get(
        "/api/v1/agents", headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "1"
    assert (await api.ask("/agents"))[0] == 200, "another key is another matter"
    api.clock.ms += 1_000
    assert (await api.ask("/agents", key=key))[0] == 200


async def test_a_key_over_the_api_can_be_made_used_and_listed(api: Api) -> None:
    until = NOW + timedelta(hours=1)
    new = {"name": "crm", "scopes": ["agents:read"], "expires_at": until.isoformat()}
    status, made = await api.ask("/keys", "POST", json=new)
    assert status == 201
    assert (await api.ask("/agents", key=made["key"]))[0] == 200
    _, listed = await api.ask("/keys")
    assert made["id"] in [one["id"] for one in listed["items"]]
    assert "key" not in listed["items"][0]
    api.clock.at = until
    assert (await api.ask("/agents", key=made["key"]))[0] == 401


async def test_who_read_which_call_is_written_down(stocked: Api) -> None:
    key = await stocked.key_for(Scope.CALLS_READ)
    await stocked.ask("/calls/A", key=key)
    await stocked.ask("/calls/A/turns", key=key)
    found = await Audit(stocked.desk.database, stocked.clock.now).latest(
        10, subject="A"
    )
    assert [(one.who, one.act) for one in found] == [
        (f"key:{key.split('_')[1]} (limited)", "call.read")
    ] * 2


def test_the_table_of_scopes_is_whole_and_says_which_role_has_them() -> None:
    told = (Path(__file__).parents[3] / "docs" / "api.md").read_text()
    rows = re.findall(r"^\| `([a-z:]+)` \|.*\| (\w+) \|$", told, re.MULTILINE)
    lowest = {
        scope.value: next(role.value for role in Role if scope in OF_ROLE[role])
        for scope in Scope
    }
    assert dict(rows) == lowest


async def test_who_guesses_at_keys_through_our_proxy_shuts_out_nobody_else(
    api: Api,
) -> None:
    """All who come through it would otherwise share its address."""
    desk = replace(api.desk, rules=replace(api.desk.rules, proxies=1))
    app = Quart("callcenter")
    install(app, desk)
    client = app.test_client()

    async def asks(key: str, address: str) -> int:
        named = {"Authorization": f"Bearer {key}", "X-Forwarded-For": address}
        return (await client.get("/api/v1/agents", headers=named)).status_code

    for _ in range(TRIES_A_MINUTE):
        assert await asks("cck_00_00", "198.51.100.1, 203.0.113.9") == 401
    assert await asks(api.key, "198.51.100.2, 203.0.113.9") == 429
    assert await asks(api.key, "203.0.113.10") == 200
