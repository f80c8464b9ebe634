"""The package that docs/tools.md shows, installed and used as it stands there."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from callcenter.domain.outcomes import ToolOutcome
from callcenter.tools.desk import Desk
from callcenter.tools.extensions import load_catalogue
from callcenter.tools.identity import Stranger
from callcenter.tools.registry import Catalogue
from callcenter.tools.resources import opened
from tests.tools.asking import read
from tests.tools.fakes import FakeCall, House
from tests.tools.test_extensions import install, site

__all__ = ["site"]

TEXT = (Path(__file__).parents[2] / "docs" / "tools.md").read_text()


@dataclass
class Crm:
    """Answers what the package asks; says what it was asked."""

    port: int = 0
    status: str = "200 OK"
    asked: list[str] = field(default_factory=list)

    async def answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
        sent = await reader.readexactly(int(length[1])) if length else b""
        self.asked.append(f"{head.splitlines()[0]} {sent.decode()}".strip())
        body = '[{"order": 7}]'
        writer.write(
            f"HTTP/1.1 {self.status}\r\nContent-Length: {len(body)}\r\n"
            f"Connection: close\r\n\r\n{body}".encode()
        )
        await writer.drain()
        writer.close()


@pytest.fixture
async def crm(site: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Crm]:
    blocks = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.DOTALL)
    [source] = [text for _, text in blocks if text.startswith("# acme_crm.py")]
    [project] = [text for kind, text in blocks if kind == "toml"]
    point = project.rpartition('"callcenter.tools"]\n')[2].strip().replace('"', "")
    install(site, "acme_crm", source, point)
    here = Crm()
    server = await asyncio.start_server(here.answer, "127.0.0.1", 0)
    here.port = server.sockets[0].getsockname()[1]
    monkeypatch.setenv("ACME_CRM_URL", f"http://127.0.0.1:{here.port}")
    yield here
    server.close()


@asynccontextmanager
async def desk(typed: str = "") -> AsyncIterator[tuple[Catalogue, Desk]]:
    catalogue = load_catalogue("")
    async with opened(catalogue.modules) as resources:
        house = House(call=FakeCall(typed=typed))
        identity = Stranger(verified=True)
        yield catalogue, replace(house.desk, resources=resources, identity=identity)


async def test_the_documented_tools_do_what_they_say(crm: Crm) -> None:
    async with desk() as (catalogue, at):
        tools = catalogue.toolbox(at)
        orders = await tools["my_orders"].run("{}")
        assert read(orders) == {
            "say": "You have 1 open orders.",
            "orders": [{"order": 7}],
        }
        assert tools["my_orders"].personal
        stranger = replace(at, identity=Stranger())
        refused = await catalogue.toolbox(stranger)["my_orders"].run("{}")
        assert refused.outcome is ToolOutcome.REFUSED
        ordered = await tools["order_catalogue"].run('{"language": "nb"}')
        assert ordered.done == "ordered a catalogue in nb"
    body = json.loads(crm.asked[-1].partition("HTTP/1.1 ")[2])
    assert body == {"key": "call-1/nb", "language": "nb"}


async def test_the_documented_purpose_takes_digits_and_tells_none(crm: Crm) -> None:
    async with desk(typed="12345678") as (catalogue, at):
        tool = catalogue.toolbox(at)["collect_digits"]
        result = await tool.run('{"purpose": "membership"}')
        assert read(result)["digits_received"] == 8
        assert "12345678" not in result.output
    assert crm.asked == ["GET /members/12345678 HTTP/1.1"]


async def test_the_documented_tool_knows_when_nobody_knows(crm: Crm) -> None:
    async with desk() as (catalogue, at):
        crm.status = "503 Service Unavailable"
        tool = catalogue.toolbox(at)["order_catalogue"]
        refused = await tool.run('{"language": "nb"}')
        assert (refused.outcome, refused.unsure) == (ToolOutcome.FAILED, False)
        crm.status = "nonsense"
        unsure = await tool.run('{"language": "nb"}')
        assert (unsure.outcome, unsure.unsure) == (ToolOutcome.FAILED, True)


def test_the_first_example_is_python_too() -> None:
    blocks = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    scope: dict[str, object] = {"__name__": "example"}
    exec(blocks[0], scope)
    assert "opening_times" in scope
