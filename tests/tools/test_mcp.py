"""Tools of MCP servers, whatever the servers say and do."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from structlog.testing import capture_logs

from callcenter.domain.card import Card
from callcenter.domain.ids import AgentName
from callcenter.domain.mcp import Came, McpServer, Offer, Reply
from callcenter.domain.outcomes import ToolOutcome
from callcenter.domain.tool import Tool, ToolResult
from callcenter.tools.mcp import MAX_ANSWER_CHARACTERS, MOST_TOOLS, mcp_tools
from callcenter.tools.outputs import MAX_OUTPUT_CHARACTERS
from tests.tools.asking import read
from tests.tools.fakes import House

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {"customer": {"type": "string"}},
    "required": ["customer"],
}
LOOK_UP = Offer("look_up", "What is known of a customer.", SCHEMA, read_only=True)
REFUND = Offer("refund", "Give the money back.", SCHEMA)
BICYCLES = Reply(Came.ANSWER, "Ada has two bicycles.")
CRM = McpServer("crm", url="https://crm.example.com/mcp")


@dataclass
class FakeServer:
    offers: Sequence[Offer] = (LOOK_UP, REFUND)
    reply: Reply = BICYCLES
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    async def ask(self, tool: str, arguments: Mapping[str, Any]) -> Reply:
        self.asked.append((tool, arguments))
        return self.reply


@dataclass
class Servers:
    known: dict[str, FakeServer]

    def connection_of(self, server: McpServer) -> FakeServer | None:
        return self.known.get(server.name)


def card(name: str, *servers: McpServer) -> Card:
    return Card(AgentName(name), "", "", mcp=servers)


def tools(
    *cards: Card, ours: Sequence[str] = (), **servers: FakeServer
) -> dict[str, Tool]:
    return mcp_tools(cards, Servers(servers), ours, House().desk)


async def use(server: FakeServer, tool: str = "look_up") -> ToolResult:
    found = tools(card("support", CRM), crm=server)
    return await found[f"support/{tool}"].run('{"customer": "Ada"}')


async def test_an_agent_has_the_tools_of_the_servers_on_its_card() -> None:
    server = FakeServer()
    found = tools(card("support", CRM), card("triage"), crm=server)
    assert {one.name: one.agents for one in found.values()} == {
        "look_up": ("support",),
        "refund": ("support",),
    }
    tool = found["support/look_up"]
    assert (tool.description, tool.parameters) == (LOOK_UP.description, SCHEMA)
    assert read(await tool.run('{"customer": "Ada"}')) == {
        "result": "Ada has two bicycles."
    }
    assert server.asked == [("look_up", {"customer": "Ada"})]


def test_a_card_lets_through_what_it_names() -> None:
    one = McpServer("crm", url=CRM.url, tools=("refund", "burn"))
    assert [t.name for t in tools(card("a", one), crm=FakeServer()).values()] == [
        "refund"
    ]


async def test_what_a_card_names_is_there_before_its_server_and_says_so() -> None:
    one = McpServer("crm", url=CRM.url, tools=("refund",))
    gone = FakeServer((), Reply(Came.NOT_CONNECTED))
    for found in (tools(card("a", one)), tools(card("a", one), crm=gone)):
        result = await found["a/refund"].run("{}")
        assert result.outcome is ToolOutcome.FAILED
        assert read(result)["say"] == "I am sorry, that is not working just now."


def test_a_name_that_is_taken_gets_its_server_s_before_it() -> None:
    other = McpServer("shop", url="https://shop.example.com/mcp")
    found = tools(
        card("support", CRM, other),
        ours=["refund"],
        crm=FakeServer(),
        shop=FakeServer([LOOK_UP, Offer("transfer_to_support")]),
    )
    assert [tool.name for tool in found.values()] == [
        "look_up",
        "crm_refund",
        "shop_look_up",
        "shop_transfer_to_support",
    ]


@pytest.mark.parametrize(
    "offer",
    [
        Offer("a b"),
        Offer("x" * 65),
        Offer("søk"),
        Offer("big", parameters={"type": "object", "properties": {"x": "y" * 9000}}),
    ],
)
def test_a_tool_that_would_spoil_the_session_is_left_out(offer: Offer) -> None:
    with capture_logs() as logs:
        found = tools(card("a", CRM), crm=FakeServer([offer, LOOK_UP]))
    assert [tool.name for tool in found.values()] == ["look_up"]
    assert logs[0]["event"] == "mcp_tool_refused"


DEEP: dict[str, Any] = {}
for _ in range(50):
    DEEP = {"type": "array", "items": DEEP}


@pytest.mark.parametrize(
    "broken",
    [
        {"properties": [], "required": "a"},
        {"properties": None},
        {"properties": {}, "required": "a"},
        {"properties": {}, "required": [1]},
        {"properties": {"a": "string"}},
        {"properties": {"a": {"type": "text"}}},
        {"properties": {"a": {"type": []}}},
        {"properties": {"a": {"type": [{}]}}},
        {"properties": {"a": {"enum": "x"}}},
        {"properties": {"a": {"anyOf": {"type": "null"}}}},
        {"properties": {"a": {"type": "array", "items": ["string"]}}},
        {"properties": {"a": {"anyOf": [{"properties": []}]}}},
        {"properties": {}, "additionalProperties": "no"},
        {"properties": {}, "$defs": []},
        {"properties": {"a": DEEP}},
    ],
    ids=lambda broken: str(broken)[:50],
)
def test_a_tool_with_a_broken_schema_is_left_out_and_its_neighbours_stay(
    broken: Mapping[str, Any],
) -> None:
    offers = [Offer("broken", "", {"type": "object"} | dict(broken)), LOOK_UP]
    with capture_logs() as logs:
        found = tools(card("a", CRM), crm=FakeServer(offers))
    assert [tool.name for tool in found.values()] == ["look_up"]
    [line] = logs
    assert (line["event"], line["tool"]) == ("mcp_tool_refused", "broken")
    assert "schema" in line["why"]


def test_a_schema_that_says_much_stays_as_it_is() -> None:
    schema = {
        "type": "object",
        "properties": {
            "type": {"type": ["string", "null"], "enum": ["a", None]},
            "items": {"type": "array", "items": {"$ref": "#/$defs/one"}},
            "any": {"anyOf": [{"type": "integer"}, {"const": 1}, True]},
        },
        "required": ["items"],
        "additionalProperties": False,
        "$defs": {"one": {"type": "object", "properties": {}, "required": []}},
    }
    [tool] = tools(card("a", CRM), crm=FakeServer([Offer("x", "", schema)])).values()
    assert tool.parameters == schema


@pytest.mark.parametrize(
    "schema", [{}, {"type": "string"}, {"anyOf": [{"type": "object"}]}]
)
def test_a_schema_that_the_model_cannot_take_becomes_a_plain_one(
    schema: Mapping[str, Any],
) -> None:
    offer = Offer("odd", "x" * 2000, schema)
    [tool] = tools(card("a", CRM), crm=FakeServer([offer])).values()
    assert tool.parameters == {"type": "object", "properties": {}}
    assert len(tool.description) == 1024


def test_a_server_cannot_flood_an_agent_with_tools() -> None:
    many = [Offer(f"tool_{number}") for number in range(MOST_TOOLS + 5)]
    assert len(tools(card("a", CRM), crm=FakeServer(many))) == MOST_TOOLS


@pytest.mark.parametrize("arguments", ["[]", '{"customer": ', "7", '"Ada"'])
async def test_arguments_that_are_no_object_never_reach_the_server(
    arguments: str,
) -> None:
    server = FakeServer()
    found = tools(card("support", CRM), crm=server)
    result = await found["support/look_up"].run(arguments)
    assert result.outcome is ToolOutcome.REFUSED
    assert read(result)["error"].startswith(
        "look_up: the arguments must be one JSON object. It takes: customer."
    )
    assert server.asked == []


async def test_a_server_s_error_is_told_in_its_words() -> None:
    result = await use(FakeServer(reply=Reply(Came.ERROR, "No such customer.")))
    assert result.outcome is ToolOutcome.FAILED
    assert read(result) == {"error": "No such customer."}


@pytest.mark.parametrize(("tool", "unsure"), [("look_up", False), ("refund", True)])
async def test_no_answer_is_unsure_only_where_something_may_have_changed(
    tool: str, unsure: bool
) -> None:
    result = await use(FakeServer(reply=Reply(Came.UNKNOWN)), tool)
    assert (result.outcome, result.unsure) == (ToolOutcome.FAILED, unsure)
    assert ("may or may not have been done" in result.output) is unsure


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"bicycles": 2}', {"bicycles": 2}),
        ("NaN", "NaN"),
        ("[" * 2000, "[" * 2000),
        ("", ""),
    ],
)
async def test_json_is_passed_on_as_it_is_and_all_else_as_text(
    text: str, shown: object
) -> None:
    result = await use(FakeServer(reply=Reply(Came.ANSWER, text)))
    assert read(result) == {"result": shown}


async def test_a_long_answer_is_cut_off() -> None:
    for text in ("x" * 100_000, json.dumps(["x" * 100_000])):
        result = await use(FakeServer(reply=Reply(Came.ANSWER, text)))
        assert len(result.output) <= MAX_OUTPUT_CHARACTERS
        assert read(result)["result"].endswith("… (cut off)")
        assert len(read(result)["result"]) < MAX_ANSWER_CHARACTERS + 20
