"""What no browser sends, and somebody else may: it is refused, and nothing breaks."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from callcenter.domain.people import Role
from callcenter.web.console.doorkeeper import CSRF_HEADER
from tests.web.console.door import HERE, Door, open_door


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with open_door(tmp_path, public_url="https://calls.example.com") as door:
        yield door


TOO_LARGE = "9" * 30
PLACES = (
    f"/console/calls?min_seconds={TOO_LARGE}",
    f"/console/calls?before={TOO_LARGE}&cursor={TOO_LARGE}",
    f"/console/system/audit?before={TOO_LARGE}",
    "/console/calls?text=%00",
    "/console/calls/%00",
    "/console/people?q=a%00b",
)


async def test_pages_are_asked_for_nonsense(door: Door) -> None:
    admin = await door.signed_in(Role.ADMIN)
    for place in PLACES:
        answer = await admin.get(place)
        assert answer.status_code in {200, 400, 404}, place
    answer = await admin.get("/console")
    assert "max-age" in answer.headers["Strict-Transport-Security"], "behind a proxy"


async def test_a_form_has_what_no_database_holds(door: Door) -> None:
    stranger = door.visitor()
    assert (await stranger.signs_in("a\x00b")).status_code == 400
    admin = await door.signed_in(Role.ADMIN)
    new = {"name": "a\x00b", "role": "viewer"}
    assert (await admin.post("/console/system/people", new)).status_code == 400


NOT_OURS = (
    "null",
    "",
    "http://[::1",
    "http://evil.example",
    "http://localhost.evil.example",
)


async def test_another_page_s_wish_is_none_of_ours(door: Door) -> None:
    """Though it knew the token."""
    admin = await door.signed_in(Role.ADMIN)
    for origin in NOT_OURS:
        named = {"Origin": origin, CSRF_HEADER: admin.csrf}
        answer = await admin.client.post("/console/logout", headers=named)
        assert answer.status_code == 403, origin
    crossing = {**HERE, "Sec-Fetch-Site": "cross-site", CSRF_HEADER: admin.csrf}
    answer = await admin.client.post("/console/logout", headers=crossing)
    assert answer.status_code == 403
    assert await admin.is_in()
