"""The system's pages: health, alarms, the audit, people, programs, and no secrets."""

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from callcenter.assembly.keeping_watch import KeepingWatch
from callcenter.assembly.shown_settings import shown_settings
from callcenter.domain.operators import Operator
from callcenter.domain.people import Role
from callcenter.settings import Settings
from callcenter.storage.alarms import Alarms
from callcenter.storage.api_keys import ApiKeys
from callcenter.storage.webhooks import WebhookBook
from tests.web.console.door import Door, Visitor, open_door
from tests.web.console.routes import ENDLESS, ROUTES

SYSTEM = "/console/system"
PLANTED = "pl4nted-s3cret"


@pytest.fixture
async def at_the_door(tmp_path: Path) -> AsyncIterator[Door]:
    async with open_door(tmp_path) as one:
        yield one


async def read(visitor: Visitor, path: str) -> str:
    answer = await visitor.get(path)
    assert answer.status_code == 200, path
    return str(await answer.get_data(as_text=True))


async def sent(visitor: Visitor, path: str, **fields: str) -> str:
    """The page that comes after; also of a form that was refused."""
    answer = await visitor.post(path, fields)
    if answer.status_code == 303:
        return await read(visitor, str(answer.location))
    return str(await answer.get_data(as_text=True))


async def test_no_page_shows_a_secret_of_the_settings(tmp_path: Path) -> None:
    secrets: dict[str, Any] = {
        name: SecretStr(f"{PLANTED}-{name}")
        for name, field in Settings.model_fields.items()
        if field.annotation is SecretStr
        and name not in {"console_password_hash", "redis_url", "openai_api_key"}
    }
    secrets |= {
        "openai_realtime_url": f"ws://me:{PLANTED}@127.0.0.1:9/v1?key={PLANTED}",
        "open_meteo_url": f"https://me:{PLANTED}@weather.test/?apikey={PLANTED}",
    }
    async with open_door(tmp_path, **secrets) as door:
        admin = await door.signed_in(Role.ADMIN)
        pages = [
            path
            for method, path in ROUTES
            if method == "GET" and path.startswith("/console") and "<" not in path
        ]
        assert len(pages) > 10
        for path in set(pages) - set(ENDLESS):
            answer = await admin.get(path)
            assert PLANTED not in str(await answer.get_data(as_text=True)), path
        listed = await read(admin, f"{SYSTEM}/settings")
        assert "ws://127.0.0.1:9/v1" in listed
        assert "TWILIO_AUTH_TOKEN" in listed


def test_of_a_database_the_password_is_not_shown() -> None:
    settings = Settings(
        _env_file=None,
        database_url=f"postgresql+asyncpg://cc:{PLANTED}@db.test/cc?sslpassword={PLANTED}",
    )

    shown = {one.name: one for one in shown_settings(settings)}

    assert shown["DATABASE_URL"].value == "postgresql+asyncpg://db.test/cc"
    assert shown["DATABASE_URL"].changed
    assert shown["SECRET_KEY"].value == "made up at the start"
    assert not any(PLANTED in one.value for one in shown.values())


async def test_health_says_what_to_do(at_the_door: Door) -> None:
    eve = await at_the_door.signed_in(Role.SUPERVISOR, "eve")
    at_the_door.node.model.trouble = "Agents cannot answer. <b>401</b>"

    page = await read(eve, SYSTEM)

    assert page.count('data-testid="check"') >= 7
    assert "Agents cannot answer. &lt;b&gt;401&lt;/b&gt;" in page
    assert "callcenter doctor" in page
    assert "took a write in" in page
    assert "There are no operators" in page
    assert 'href="/console/system/settings"' not in page, "that takes an admin"


async def test_a_refused_dial_and_a_dead_model_are_alarms_until_seen(
    at_the_door: Door,
) -> None:
    node, clock = at_the_door.node, at_the_door.node.floor.house.clock
    watch = KeepingWatch(node, at_the_door.database, clock, "node:1")
    eve = await at_the_door.signed_in(Role.SUPERVISOR, "eve")
    for _ in range(2):
        assert node.floor.house.refuses(Operator("Ada", "+18005550100"), "")
    node.model.trouble = "No session can be opened."
    await watch.keep()
    await watch.keep()

    alarms = Alarms(at_the_door.database, clock.now)
    kinds = {one.kind: one for one in await alarms.latest()}
    assert kinds["dial_refused"].times >= 2
    assert kinds["model"].over_at is None
    assert "goes on" in await read(eve, SYSTEM)
    node.model.trouble = ""
    await watch.keep()
    over = [one for one in await alarms.latest() if one.node == "node:1"]
    assert [one.over_at is None for one in over] == [False]

    seen = await sent(eve, f"{SYSTEM}/alarms/{kinds['dial_refused'].id}/seen")
    assert "acknowledged by eve" in seen
    again = await sent(eve, f"{SYSTEM}/alarms/{kinds['dial_refused'].id}/seen")
    assert "Nothing was changed" in again


async def test_a_dead_nodes_trouble_ends_with_it(at_the_door: Door) -> None:
    now = [datetime.now(UTC)]
    alarms = Alarms(at_the_door.database, lambda: now[0])
    await alarms.state("node:2", {"bus": "It is away."})
    now[0] += timedelta(minutes=1)
    await alarms.state("node:3", {})
    assert (await alarms.latest())[0].over_at is None
    now[0] += timedelta(minutes=5)
    await alarms.state("node:3", {})
    assert (await alarms.latest())[0].over_at is not None


async def test_the_audit_is_filtered_paged_and_taken_away(at_the_door: Door) -> None:
    eve = await at_the_door.signed_in(Role.SUPERVISOR, "eve")
    audit = at_the_door.node.app.extensions["console"].audit
    for n in range(120):
        await audit.note("bob", "call.read", f"call_{n:03}")
    await audit.note("mallory", "call.end", '=HYPERLINK("x")', "<script>")

    page = await read(eve, f"{SYSTEM}/audit?who=bob")
    assert page.count('data-testid="entry"') == 100
    older = re.search(r'rel="next" href="([^"]+)"', page)
    assert older
    rest = await read(eve, f"{SYSTEM}/audit{older[1].replace('&amp;', '&')}")
    assert rest.count('data-testid="entry"') == 20
    assert "call_019" in rest
    hostile = await read(eve, f"{SYSTEM}/audit?act=call.end")
    assert hostile.count('data-testid="entry"') == 1
    assert "<script>" not in hostile.replace("<script ", "")
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date()
    assert "No such acts" in await read(eve, f"{SYSTEM}/audit?from={tomorrow}")

    exported = await read(eve, f"{SYSTEM}/audit.csv?act=call.end")
    head, row = csv.reader(io.StringIO(exported))
    assert head[:2] == ["at", "who"]
    assert row[3] == '\'=HYPERLINK("x")'
    assert ("eve", "audit.exported", "audit") in await at_the_door.audit()


async def test_an_admin_lets_people_in_and_keeps_them_out(at_the_door: Door) -> None:
    admin = await at_the_door.signed_in(Role.ADMIN)
    people = f"{SYSTEM}/people"

    weak = await sent(admin, people, name="Bob", role="operator", password="short")
    assert "at least 10 characters" in weak
    page = await sent(admin, people, name="Bob", role="operator")
    found = re.search(r'<code class="secret"[^>]*>([^<]+)<', page)
    assert found
    bob = at_the_door.visitor()
    await bob.signs_in("bob", found[1])
    assert await bob.is_in()
    assert found[1] not in await read(admin, people), "shown once"
    assert "a bob already" in await sent(admin, people, name="bob", role="viewer")

    assert "role is changed" in await sent(
        admin, f"{people}/bob/role", role="supervisor"
    )
    assert not await bob.is_in()
    await sent(admin, f"{people}/bob/disabled", disabled="yes")
    person = await at_the_door.people.find("bob")
    assert person
    assert (person.role, person.disabled) == (Role.SUPERVISOR, True)
    acts = [act for _, act, subject in await at_the_door.audit() if subject == "bob"]
    assert "person.disabled" in acts
    assert not any(found[1] in str(entry) for entry in await at_the_door.audit())


async def test_the_last_admin_stays(at_the_door: Door) -> None:
    admin = await at_the_door.signed_in(Role.ADMIN, "ada")
    for one in await at_the_door.people.everybody():
        if one.role is Role.ADMIN and one.name != "ada":
            await at_the_door.people.disable(one.name)

    for path, fields in (
        ("role", {"role": "viewer"}),
        ("disabled", {"disabled": "yes"}),
    ):
        page = await sent(admin, f"{SYSTEM}/people/ada/{path}", **fields)
        assert "nobody would be left" in page


async def test_a_key_is_shown_once_and_revoked(at_the_door: Door) -> None:
    admin = await at_the_door.signed_in(Role.ADMIN)
    keys = ApiKeys(at_the_door.database, lambda: datetime.now(UTC))
    programs = f"{SYSTEM}/programs"

    assert "something it may do" in await sent(admin, f"{SYSTEM}/keys", name="crm")
    days = await sent(admin, f"{SYSTEM}/keys", name="crm", scope="calls:read", days="0")
    assert "A key is good for" in days
    made = await sent(admin, f"{SYSTEM}/keys", name="crm", scope="calls:read", days="9")
    text = re.search(r"cck_\w+", made)
    assert text
    key = await keys.find(text[0])
    assert key
    assert key.scopes == {"calls:read"}
    assert key.expires_at
    assert text[0] not in await read(admin, programs)

    assert "opens nothing" in await sent(admin, f"{SYSTEM}/keys/{key.id}/revoke")
    assert await keys.find(text[0]) is None
    assert (await admin.post(f"{SYSTEM}/keys/none/revoke")).status_code == 404


async def test_a_webhook_is_added_switched_and_forgotten(at_the_door: Door) -> None:
    admin = await at_the_door.signed_in(Role.ADMIN)
    book = WebhookBook(at_the_door.database, lambda: datetime.now(UTC))
    hooks = f"{SYSTEM}/webhooks"

    inner = await sent(admin, hooks, url="https://10.0.0.1/x", kind="*")
    assert "public internet" in inner
    made = await sent(admin, hooks, url="https://crm.test/calls", kind="CallEnded")
    [hook] = await book.all()
    assert hook.secret in made
    page = f"{hooks}/{hook.id}"
    assert hook.secret not in await read(admin, page)
    assert "It is told nothing" in await sent(admin, f"{page}/enabled", enabled="no")
    assert "Nothing was changed" in await sent(admin, f"{page}/test")
    await sent(admin, f"{page}/enabled", enabled="yes")
    assert "webhook.test" in await sent(admin, f"{page}/test")
    await sent(admin, f"{page}/remove")
    assert await book.all() == []
    assert (await admin.get(page)).status_code == 404
