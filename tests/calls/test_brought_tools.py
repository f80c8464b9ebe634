"""Tools that are not ours, in whole calls: a company's own, and an MCP server's."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from callcenter.domain import events as e
from callcenter.domain.outcomes import ToolOutcome
from callcenter.settings import Settings
from tests.fakes.center import Caller, center
from tests.fakes.mcp_server import over_http
from tests.tools.test_extensions import CRM, install, site

__all__ = ["site"]

SHIPPED = Settings(_env_file=None).cards
TOOLS_OF_TRIAGE = "tools: [get_current_time,"


def cards(folder: Path, *tools: str, mcp: str = "") -> Path:
    """The shipped cards, and triage with more in its hands."""
    copied = folder / "cards"
    shutil.copytree(SHIPPED, copied)
    triage = (copied / "triage.md").read_text()
    more = f"tools: [{', '.join((*tools, 'get_current_time'))},"
    assert TOOLS_OF_TRIAGE in triage
    triage = triage.replace(TOOLS_OF_TRIAGE, f"{mcp}{more}")
    (copied / "triage.md").write_text(triage)
    return copied


@pytest.fixture
def crm(site: Path) -> Path:
    install(site, "acme_crm", CRM, "crm = acme_crm")
    return site


async def test_an_agent_uses_a_companys_own_tool_and_its_resources(
    tmp_path: Path, crm: Path
) -> None:
    settings = {"agents_dir": cards(tmp_path, "who_calls")}
    async with center(tmp_path, settings=settings) as here:
        assert sys.modules["acme_crm"].OPEN == ["crm"]

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("use tool who_calls")

        await here.call(script)
        [returned] = here.of(e.ToolReturned)
        # The caller is not in this customer file: the tool breaks, the call goes on.
        assert returned.outcome is ToolOutcome.FAILED
        assert "not working just now" in returned.output
        assert here.of(e.SessionLost) == []
    assert sys.modules["acme_crm"].OPEN == []


async def test_an_agent_uses_an_mcp_server_that_dies_and_the_call_goes_on(
    tmp_path: Path,
) -> None:
    async with over_http() as server:
        mcp = (
            "mcp:\n"
            "  - name: customers\n"
            f"    url: {server.url}\n"
            "    tools: [look_up, end_call]\n"
        )
        settings = {"agents_dir": cards(tmp_path, mcp=mcp)}
        async with center(tmp_path, settings=settings) as here:

            async def script(caller: Caller) -> None:
                await caller.hears_agent()
                await caller.asks('use tool look_up with {"customer": "Ada"}')
                caller.forgets()
                await caller.asks("use tool customers_end_call")
                await server.stop()
                caller.forgets()
                await caller.asks('use tool look_up with {"customer": "Bea"}')
                caller.forgets()
                await caller.asks("thank you")

            await here.call(script)
            found, other, gone = here.of(e.ToolReturned)
            assert json.loads(found.output)["result"] == "Ada has two bicycles."
            assert "not what you think" in other.output
            assert gone.outcome is ToolOutcome.FAILED
            assert json.loads(gone.output)["say"].startswith("I am sorry")
            assert here.of(e.SessionLost) == []
            assert here.of(e.CallerSpoke)[-1].text == "thank you"


async def test_a_server_that_never_was_costs_a_tool_and_no_call(tmp_path: Path) -> None:
    mcp = "mcp:\n  - {name: gone, command: [/nowhere/at/all], tools: [look_up]}\n"
    settings = {"agents_dir": cards(tmp_path, mcp=mcp)}
    async with center(tmp_path, settings=settings) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("use tool look_up")

        await here.call(script)
        [gone] = here.of(e.ToolReturned)
        assert "not working just now" in gone.output
        names = [tool["name"] for tool in here.session.config["tools"]]
        assert "look_up" in names
