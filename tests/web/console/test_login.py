"""Who gets into the console, who does not, and how they get out."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from callcenter.domain.people import Role
from callcenter.errors import ConfigurationError
from callcenter.storage import sessions, tries
from callcenter.storage.audit import Audit
from callcenter.storage.passwords import hashed
from callcenter.web.console import login
from tests.web.console.door import HERE, PASSWORD, Door, open_door


async def test_whoever_knows_the_password_gets_to_the_page_they_wanted(
    tmp_path: Path,
) -> None:
    async with open_door(tmp_path) as door:
        await door.people.add("Ada", Role.OPERATOR, PASSWORD)
        visitor = door.visitor()
        sent = await visitor.get("/console/board/stream?x=1")
        assert sent.status_code == 302
        assert sent.headers["Location"] == (
            "/console/login?next=/console/board/stream%3Fx%3D1"
        )
        answer = await visitor.signs_in(" ADA ", next="/console?tab=2")
        assert (answer.status_code, answer.headers["Location"]) == (
            302,
            "/console?tab=2",
        )
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie, "this is http"
        assert await visitor.is_in()
        (person,) = await door.people.everybody()
        assert person.entered_at is not None
        assert person.failed == 0


async def test_over_https_the_cookie_goes_nowhere_else(tmp_path: Path) -> None:
    async with open_door(tmp_path, public_url="https://calls.example.com") as door:
        await door.people.add("ada", Role.VIEWER, PASSWORD)
        answer = await door.visitor().signs_in()
        assert "Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/console/\\evil.example",
        "/consoleevil",
        "/incoming-call",
        "/console/\n",
        "",
    ],
)
def test_the_login_leads_nowhere_but_into_the_console(wanted: str) -> None:
    assert login.inside(wanted) == "/console"


async def test_a_wrong_name_is_answered_like_a_wrong_password(tmp_path: Path) -> None:
    async with open_door(tmp_path) as door:
        await door.people.add("ada", Role.ADMIN, PASSWORD)
        pages = []
        for name in ("ada", "bea"):
            answer = await door.visitor().signs_in(name, "wrong password")
            assert answer.status_code == 401
            page = await answer.get_data(as_text=True)
            pages.append([line for line in page.splitlines() if "name=" not in line])
        assert pages[0] == pages[1]


@pytest.mark.parametrize("name", ["ada", "nobody at all"])
async def test_after_five_wrong_tries_a_name_waits_whether_somebody_has_it_or_not(
    tmp_path: Path, name: str
) -> None:
    async with open_door(tmp_path) as door:
        await door.people.add("ada", Role.ADMIN, PASSWORD)
        for _ in range(tries.FREE_BY_NAME):
            answer = await door.visitor().signs_in(name, "wrong password")
            assert answer.status_code == 401
        answer = await door.visitor().signs_in(name)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 61
        if name == "ada":
            (person,) = await door.people.everybody()
            assert (person.failed, person.locked_until is not None) == (5, True)
            await door.people.disable("ada", disabled=False)
            assert (await door.visitor().signs_in()).status_code == 302


async def test_an_address_that_guesses_at_many_names_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "FREE_BY_ADDRESS", 3)
    async with open_door(tmp_path, proxies=1) as door:
        await door.people.add("ada", Role.ADMIN, PASSWORD)
        bad = door.visitor(**{"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})
        for name in ("a", "b", "c"):
            assert (await bad.signs_in(name, "guess")).status_code == 401
        assert (await bad.signs_in("d", "guess")).status_code == 429
        good = door.visitor(**{"X-Forwarded-For": "203.0.113.9, 203.0.113.10"})
        assert (await good.signs_in()).status_code == 302, "another address"


async def test_nobody_is_signed_in_by_another_page(tmp_path: Path) -> None:
    async with open_door(tmp_path) as door:
        await door.people.add("ada", Role.ADMIN, PASSWORD)
        sent = {"name": "ada", "password": PASSWORD, "csrf": "x"}
        client = door.visitor().client
        answer = await client.post("/console/login", form=sent, headers=HERE)
        assert answer.status_code == 403
        foreign = door.visitor()
        foreign.headers = {"Sec-Fetch-Site": "cross-site"}
        assert (await foreign.signs_in()).status_code == 403


async def test_signing_out_ends_the_session_and_not_only_the_cookie(
    tmp_path: Path,
) -> None:
    async with open_door(tmp_path) as door:
        visitor, other = [await door.signed_in(Role.VIEWER) for _ in range(2)]
        kept = visitor.client.cookie_jar
        assert kept is not None
        copied = list(kept)
        assert (await visitor.post("/console/logout")).status_code == 302
        for cookie in copied:
            kept.set_cookie(cookie)
        assert not await visitor.is_in(), "a stolen cookie is worth nothing now"
        assert await other.is_in(), "on another machine"


async def changed_password(door: Door) -> None:
    assert await door.people.set_password("viewer", "another password")


async def disabled(door: Door) -> None:
    assert await door.people.disable("viewer")


async def another_role(door: Door) -> None:
    assert await door.people.set_role("viewer", Role.OPERATOR)


@pytest.mark.parametrize("change", [changed_password, disabled, another_role])
async def test_a_change_of_the_person_ends_their_sessions_at_once(
    tmp_path: Path, change: object
) -> None:
    assert callable(change)
    async with open_door(tmp_path) as door:
        visitor = await door.signed_in(Role.VIEWER)
        assert await visitor.is_in()
        await change(door)
        assert not await visitor.is_in()


async def test_sessions_end_by_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_door(tmp_path, console_idle_minutes=10) as door:
        keeper = door.node.app.extensions["doorkeeper"]
        clock = keeper.sessions._now
        ahead = timedelta()
        monkeypatch.setattr(keeper.sessions, "_now", lambda: clock() + ahead)
        visitor = await door.signed_in(Role.VIEWER)
        for _ in range(3):
            ahead += timedelta(minutes=9)
            assert await visitor.is_in(), "whoever does something stays"
        ahead += timedelta(minutes=9)
        for _ in range(2):
            await visitor.get("/console", **{"X-By-Itself": "1"})
            ahead += timedelta(minutes=1)
        assert not await visitor.is_in(), "what the page does is no use of it"
        visitor = await door.signed_in(Role.VIEWER)
        for _ in range(12 * 60 // 9 + 1):
            ahead += timedelta(minutes=9)
            await visitor.is_in()
        assert not await visitor.is_in(), "nobody stays for ever"


async def test_signed_in_people_survive_a_restart_and_meet_another_node(
    tmp_path: Path,
) -> None:
    async with open_door(tmp_path) as door:
        key = door.node.app.secret_key
        kept = await door.node.app.extensions["doorkeeper"].sessions.kept_key()
        assert key == kept
        assert kept != door.node.settings.secret_key.get_secret_value()


async def test_a_set_key_is_used_and_not_kept(tmp_path: Path) -> None:
    async with open_door(tmp_path, secret_key=SecretStr("a key of ours")) as door:
        assert door.node.app.secret_key == "a key of ours"


async def test_the_setting_makes_the_first_admin_and_changes_win_until_it_changes(
    tmp_path: Path,
) -> None:
    first, second = hashed("first password"), hashed("second password")
    async with open_door(tmp_path, console_password_hash=SecretStr(first)) as door:
        assert await door.people.enter("admin", "first password", "here")
        await door.people.set_password("admin", "by hand, later")
        await door.people.seed(first)
        assert await door.people.enter("admin", "by hand, later", "here")
        await door.people.seed(second)
        assert await door.people.enter("admin", "second password", "here")


async def test_a_hash_that_is_none_ends_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not an argon2 hash"):
        async with open_door(tmp_path, console_password_hash=SecretStr("hunter2")):
            pass


async def test_the_first_password_is_made_once(tmp_path: Path) -> None:
    async with open_door(tmp_path) as door:
        password = await door.people.first_password()
        assert password
        assert len(password) >= 20
        assert await door.people.enter("admin", password, "here")
        assert await door.people.first_password() is None


async def test_who_came_and_who_was_refused_is_on_record(tmp_path: Path) -> None:
    async with open_door(tmp_path) as door:
        await door.people.add("ada", Role.ADMIN, PASSWORD)
        visitor = door.visitor()
        await visitor.signs_in("ada", "wrong password")
        await visitor.signs_in()
        await visitor.post("/console/logout")
        audit = Audit(door.database, door.node.floor.house.clock.now)
        acts = [(one.who, one.act) for one in await audit.latest(10)]
        assert acts == [("ada", "logout"), ("ada", "login"), ("ada", "login.refused")]


async def test_without_the_database_the_door_says_so_and_calls_go_on(
    tmp_path: Path,
) -> None:
    async with open_door(tmp_path) as door:
        visitor = await door.signed_in(Role.VIEWER)
        (tmp_path / "callcenter.db").rename(tmp_path / "gone.db")
        await door.node.app.extensions["doorkeeper"].sessions._database.close()
        (tmp_path / "callcenter.db").write_bytes(b"")
        answer = await visitor.get("/console")
        assert answer.status_code == 503
        assert "Calls go on" in await answer.get_data(as_text=True)
        assert (await visitor.get("/healthz")).status_code == 200


def test_a_session_is_not_in_the_database_as_it_is_in_the_cookie() -> None:
    assert sessions.sealed("token") != "token"
