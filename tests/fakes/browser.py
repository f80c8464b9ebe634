"""A person before the console: Chromium, signed in, on a node's own server.

`watched(center)` needs Debian's Chromium; tests that ask for `chromium` skip without.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from callcenter.assembly.clock import SystemClock
from callcenter.domain.people import Role
from callcenter.storage.engine import Database
from callcenter.storage.people import People
from tests.fakes.center import Center

PASSWORD = "correct horse battery"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
PATIENCE_MS = 8_000

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass  # without slots: Playwright keeps its own things on whoever listens
class Watcher:
    """A page, and all that it complained of."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def hears(self, said: ConsoleMessage) -> None:
        """What the browser itself tells: also what the page's policy forbade."""
        if said.type in {"error", "warning"}:
            self.complaints.append(said.text)

    async def goes(self, path: str) -> None:
        """Open a page of the console."""
        await self.page.goto(self.address + path)


async def hired(database_url: str, name: str = "ada", role: Role = Role.ADMIN) -> None:
    """Put somebody on the console's list."""
    database = Database.open(database_url)
    try:
        await People(database, SystemClock().now).add(name, role, PASSWORD)
    finally:
        await database.close()


@asynccontextmanager
async def browser(*flags: str) -> AsyncIterator[Browser]:
    """Chromium without a screen; `flags` are its own."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    async with async_playwright() as play:
        opened = await play.chromium.launch(
            executable_path=CHROMIUM, args=[*FLAGS, *flags]
        )
        try:
            yield opened
        finally:
            await opened.close()


@asynccontextmanager
async def watched(
    center: Center, name: str = "ada", role: Role = Role.ADMIN
) -> AsyncIterator[Watcher]:
    """A page of the console on which somebody has signed in."""
    await hired(center.settings.database_url, name, role)
    async with browser() as opened:
        page = await opened.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        watcher = Watcher(page, center.address)
        page.on("pageerror", lambda error: watcher.complaints.append(str(error)))
        page.on("console", watcher.hears)
        await watcher.goes("/console")
        await page.get_by_label("Name").fill(name)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        yield watcher
