"""The console of a node without a network, and people who come to its door."""

import re
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from quart.typing import TestClientProtocol
from quart.wrappers import Response

from callcenter.assembly.clock import SystemClock
from callcenter.assembly.node import Node, running
from callcenter.domain.people import Role
from callcenter.storage.audit import Audit
from callcenter.storage.engine import Database
from callcenter.storage.people import People
from callcenter.web.console.doorkeeper import COOKIE, CSRF_HEADER
from tests.fakes.center import TOKEN, _prepared
from tests.web.test_without_a_token import settings

HERE = {"Origin": "http://localhost"}
PAGE = {"Accept": "text/html"}
PASSWORD = "correct horse battery"


@dataclass(slots=True)
class Visitor:
    """A browser, perhaps signed in."""

    client: TestClientProtocol
    csrf: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> Response:
        return await self.client.get(path, headers={**PAGE, **self.headers, **headers})

    async def post(
        self, path: str, fields: Mapping[str, str] | None = None, *, meant: bool = True
    ) -> Response:
        headers = {**self.headers, **HERE}
        if meant:
            headers[CSRF_HEADER] = self.csrf
        return await self.client.post(path, form=dict(fields or {}), headers=headers)

    async def signs_in(
        self, name: str = "ada", password: str = PASSWORD, **fields: str
    ) -> Response:
        form = await (await self.get("/console/login")).get_data(as_text=True)
        knock = re.search(r'name="csrf" value="(\w+)"', form)
        assert knock
        sent = {"name": name, "password": password, "csrf": knock[1], **fields}
        answer = await self.client.post(
            "/console/login", form=sent, headers={**HERE, **self.headers}
        )
        await self.reads_csrf()
        return answer

    async def reads_csrf(self) -> None:
        page = await (await self.get("/console")).get_data(as_text=True)
        found = re.search(r'<meta name="csrf" content="(\w+)">', page)
        self.csrf = found[1] if found else ""

    async def is_in(self) -> bool:
        return (await self.get("/console")).status_code == 200


@dataclass(slots=True)
class Door:
    """What a test holds in its hands."""

    node: Node
    database: Database
    people: People

    def visitor(self, **headers: str) -> Visitor:
        return Visitor(self.node.app.test_client(), headers=headers)

    async def audit(self) -> list[tuple[str, str, str]]:
        """What was written down of what people did, the newest first."""
        entries = await Audit(self.database, SystemClock().now).latest(50)
        return [(one.who, one.act, one.subject) for one in entries]

    async def signed_in(self, role: Role, name: str = "") -> Visitor:
        """Without typing a password: that takes a while, by design."""
        name = name or str(role)
        if await self.people.find(name) is None:
            await self.people._insert(name, role, "no hash")
        person = await self.people.find(name)
        assert person
        keeper = self.node.app.extensions["doorkeeper"]
        token = await keeper.sessions.begin(person)
        visitor = self.visitor()
        cookie = keeper.auth.dump_token(token, self.node.app)
        visitor.client.set_cookie("localhost", COOKIE, cookie)
        await visitor.reads_csrf()
        return visitor


@asynccontextmanager
async def open_door(folder: Path, **more: Any) -> AsyncIterator[Door]:
    """The console; the webhooks want signatures."""
    shutil.copy(_prepared(), folder / "callcenter.db")
    signed = {"twilio_auth_token": SecretStr(TOKEN), **more}
    chosen = settings(folder, **signed)
    async with running(chosen) as node:
        database = Database.open(chosen.database_url)
        try:
            yield Door(node, database, People(database, SystemClock().now))
        finally:
            await database.close()
