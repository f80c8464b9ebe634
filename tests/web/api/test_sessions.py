"""The console uses the same API: who is signed in may as much as their role."""

from pathlib import Path

from callcenter.domain.people import Role
from callcenter.web.console.doorkeeper import CSRF_HEADER
from tests.web.console.door import HERE, Visitor, open_door


async def said(visitor: Visitor, path: str) -> tuple[int, str]:
    answer = await visitor.client.get(f"/api/v1{path}")
    found = await answer.get_json()
    return answer.status_code, found.get("error", {}).get("code", "")


async def test_a_session_may_what_its_role_may_and_changes_what_it_means_to(
    tmp_path: Path,
) -> None:
    async with open_door(tmp_path) as door:
        viewer = await door.signed_in(Role.VIEWER)
        operator = await door.signed_in(Role.OPERATOR)
        supervisor = await door.signed_in(Role.SUPERVISOR)
        assert await said(door.visitor(), "/calls") == (401, "unauthorized")
        assert await said(viewer, "/alarms") == (200, "")
        assert await said(viewer, "/calls") == (403, "forbidden")
        assert await said(operator, "/calls") == (200, "")
        assert await said(operator, "/keys") == (403, "forbidden")
        assert await said(operator, "/nothing") == (404, "not_found")
        path, new = "/api/v1/operators", {"name": "Bea", "sip": "bea@example.com"}
        for headers in ({}, HERE, {CSRF_HEADER: supervisor.csrf}):
            led = await supervisor.client.post(path, json=new, headers=headers)
            assert led.status_code == 403, "somebody was led into it"
            assert (await led.get_json())["error"]["code"] == "forbidden"
        meant = {**HERE, CSRF_HEADER: supervisor.csrf}
        done = await supervisor.client.post(path, json=new, headers=meant)
        assert done.status_code == 201
        other = {**HERE, CSRF_HEADER: operator.csrf}
        assert (
            await operator.client.post(path, json=new, headers=other)
        ).status_code == 403
