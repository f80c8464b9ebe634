"""The tools of a node: ours, the house's own, those of MCP servers."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from callcenter.domain.mcp import McpServer
from callcenter.domain.tool import Tool
from callcenter.settings import Settings, environment
from callcenter.telephony.texts import TwilioTexts
from callcenter.tools.desk import Desk
from callcenter.tools.mcp import mcp_tools
from callcenter.tools.registry import Catalogue
from callcenter.tools.rosters import Rosters
from callcenter.tools.texts import Texts

if TYPE_CHECKING:
    from callcenter.realtime.mcp_servers import McpServers

FIRST_TRY_SECONDS: Final = 5.0
"""So long a node's start waits for MCP servers; later they come without it."""


@dataclass(frozen=True, slots=True)
class Toolbox:
    """Everything that agents may do, and what it needs beside a call's own desk."""

    catalogue: Catalogue
    rosters: Rosters
    servers: "McpServers"
    texts: Texts
    resources: Mapping[str, Any]

    def of(self, desk: Desk) -> dict[str, Tool]:
        """Bound to one call."""
        desk = replace(desk, texts=self.texts, resources=self.resources)
        ours = self.catalogue.toolbox(desk)
        cards = self.rosters.current().cards
        return {**ours, **mcp_tools(cards, self.servers, ours, desk)}

    async def follow(self) -> None:
        """Follow the cards, and the servers that they name, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.rosters.follow())
            tasks.create_task(self.servers.run())

    async def tried(self) -> None:
        """Let `follow` try the servers that the cards name, but not for long."""
        await asyncio.sleep(0)  # it begins
        await asyncio.sleep(0)  # … and what it began does
        await self.servers.tried(FIRST_TRY_SECONDS)


@asynccontextmanager
async def toolbox(
    settings: Settings,
    catalogue: Catalogue,
    rosters: Rosters,
    resources: Mapping[str, Any],
) -> AsyncIterator[Toolbox]:
    """Open what tools need, as long as the block lasts."""
    # As in callcenter.assembly.voice.
    from callcenter.realtime.mcp_servers import McpServers  # noqa: PLC0415

    def wanted() -> set[McpServer]:
        return {server for card in rosters.current().cards for server in card.mcp}

    servers = McpServers(wanted, environment())
    async with TwilioTexts(
        settings.twilio_account_sid,
        settings.twilio_auth_token.get_secret_value(),
        settings.twilio_phone_number,
        settings.twilio_api_url,
    ) as texts:
        yield Toolbox(catalogue, rosters, servers, texts, resources)
