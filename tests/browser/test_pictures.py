"""The pictures of the documentation: `pytest tests/browser --pictures` takes them."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from callcenter.assembly.clock import SystemClock
from callcenter.demo.people import CALLER, caller
from callcenter.simulator.carrier.records import Happening
from callcenter.storage.engine import Database
from tests.browser import lively
from tests.browser.stage import Stage, stage

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
MOST_BYTES = 250_000

TALKED_S = 32
"""A good part of the demo's call has been spoken by then."""


@pytest.fixture(autouse=True)
def only_when_asked(request: pytest.FixtureRequest) -> None:
    if not request.config.option.pictures:
        pytest.skip("pictures are taken with --pictures")


async def picture(page: Page, name: str) -> None:
    path = PICTURES / f"{name}.png"
    path.parent.mkdir(exist_ok=True)
    await page.mouse.move(2, 880)
    await page.screenshot(path=path)
    assert path.stat().st_size < MOST_BYTES


@pytest.mark.timeout(400)
async def test_the_wallboard_and_a_call_that_goes_on_and_is_over(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path, lively.OPERATORS) as here:
        await here.goes("/console/login")
        await here.signs_in()
        await expect(here.page.get_by_text("Live", exact=True)).to_be_visible()
        await _the_call(here)
        await _the_wallboard(here, tmp_path)


async def _the_call(here: Stage) -> None:
    page = here.page
    leg = await here.center.carrier.place_call(CALLER, caller)
    await page.get_by_role("link", name=CALLER).click()
    await page.get_by_role("button", name="Listen", exact=True).click()
    await asyncio.sleep(TALKED_S)
    note = page.get_by_label("Whisper to the agent")
    await note.fill("She is a regular: offer to collect the bicycle.")
    await picture(page, "live-call")
    await note.fill("")
    await leg.phone.happens(Happening.ENDED, timeout_s=90)
    await page.get_by_role("link", name="Show it with its recording").click()
    sound = page.locator("[data-sound]").first
    await sound.evaluate("(one) => { one.currentTime = 21; }")
    await expect(page.locator("[data-wave] canvas").first).to_be_visible()
    await page.wait_for_timeout(1_500)
    await page.evaluate("scrollTo(0, 0)")
    await picture(page, "call")


async def _the_wallboard(here: Stage, folder: Path) -> None:
    database = Database.open(f"sqlite+aiosqlite:///{folder / 'callcenter.db'}")
    await lively.past(database, SystemClock().now())
    await here.goes("/console")
    await expect(here.page.get_by_text("Live", exact=True)).to_be_visible()
    bus = here.center.node.bus
    many = await lively.happens(database, bus, SystemClock().now())
    await database.close()
    assert many >= 20
    await expect(here.page.locator("[data-calls] tbody tr")).to_have_count(many)
    await here.page.wait_for_timeout(11_000)  # the day's figures are read so often
    await picture(here.page, "wallboard")
