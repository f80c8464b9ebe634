"""A supervisor's day at the console, as it goes in a browser: one story, told in parts.

One house for all of them; each part goes on where the one before it ended.
"""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from callcenter.assembly.clock import SystemClock
from callcenter.demo.people import CALLER
from callcenter.domain import events as e, supervision as s
from callcenter.simulator.carrier.records import Source
from callcenter.simulator.speech.clips import clip
from callcenter.wire.mulaw import BYTES_PER_MS
from tests.browser.stage import SAYS, Stage, silent_ms, stage

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.whole_call]

ASKS = "time-tokyo"
NOTE = "Offer to send the time by letter."
QUIET_MS = 700

CALLS = re.compile(r"://[^?]*/console/calls$")

STATE = "[data-supervise-state]"
TOKYO = re.compile("tokyo", re.IGNORECASE)

BEHIND_MS = 400
"""What is heard in the browser may be so much behind the telephone."""

LOUD = """(of) => document.querySelector(`[data-level="${of}"]`).value > 0.15
  && performance.timeOrigin + performance.now()"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One task holds it: what it opens must be closed by the task that opened it."""
    folder = tmp_path_factory.mktemp("house")
    opened: asyncio.Future[Stage] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()

    async def hold() -> None:
        try:
            async with stage(folder) as one:
                opened.set_result(one)
                await over.wait()
        except BaseException as error:
            if not opened.done():
                opened.set_exception(error)
                return
            raise

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(hold())
        yield await opened
        over.set()


async def test_a_wrong_password_opens_nothing_and_the_right_one_does(
    here: Stage,
) -> None:
    page = here.page
    await here.goes("/console/calls")
    await here.signs_in("wrong horse")
    await expect(page.get_by_role("alert")).to_contain_text("do not fit")
    assert here.complaints.pop().startswith("Failed to load resource"), "a 401 is told"
    await here.signs_in()
    await page.wait_for_url(CALLS)
    await expect(page.get_by_role("heading", name="No calls yet")).to_be_visible()


async def test_the_keyboard_goes_everywhere(here: Stage) -> None:
    page = here.page
    await page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard")
    await expect(keys.get_by_text("Schedule")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(keys).to_be_hidden()
    for key, path in (("t", "tickets"), ("c", "calls"), ("w", "")):
        await page.keyboard.press("g")
        await page.keyboard.press(key)
        await page.wait_for_url(re.compile(rf"/console/?{path}$"))
    assert here.complaints == []


async def test_a_call_appears_and_is_heard_while_it_is_spoken(here: Stage) -> None:
    page = here.page
    await expect(page.get_by_text("No calls now.")).to_be_visible()
    here.leg = await here.somebody_calls()
    phone = here.leg.phone
    await page.get_by_role("link", name=CALLER).click()
    await page.get_by_role("button", name="Listen", exact=True).click()
    await expect(page.locator(STATE)).to_contain_text("talks with the agent")
    await phone.hears_pause(QUIET_MS)

    begun = SystemClock().now().timestamp() * 1000
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(phone.say(clip(ASKS).audio))
        loud_at = await page.wait_for_function(LOUD, arg="caller", polling="raf")
    behind_ms = await loud_at.json_value() - begun - silent_ms(ASKS)
    assert 0 < behind_ms < BEHIND_MS
    await page.wait_for_function(LOUD, arg="agent", polling="raf")
    timeline = page.get_by_test_id("timeline")
    await expect(timeline).to_contain_text(clip(ASKS).text)
    await phone.hears_pause(QUIET_MS)
    await expect(timeline.locator(".moment.agent").last).to_contain_text(TOKYO)
    assert here.complaints == []


async def test_a_whisper_moves_the_agent_and_the_caller_does_not_hear_it(
    here: Stage,
) -> None:
    page = here.page
    spoken = len(here.of(e.AgentSpoke))
    note = page.get_by_label("Whisper to the agent")
    await note.fill(NOTE)
    await page.keyboard.press("Control+Enter")
    assert (await here.happened(s.SupervisorWhispered)).text == NOTE
    await here.happened(e.AgentSpoke, times=spoken + 1)
    memory = [item.text for item in here.center.model.sessions[-1].items]
    assert any(NOTE in text for text in memory)
    assert not any("letter" in one.generated for one in here.of(e.AgentSpoke))
    await expect(note).to_have_value("")
    assert here.complaints == []


async def test_the_caller_hears_whoever_takes_over_and_then_the_agent_again(
    here: Stage,
) -> None:
    page, phone = here.page, here.phone
    await page.get_by_role("heading", level=1).click()
    heard = len(phone.heard_from(Source.STREAM))
    spoken = len(here.of(e.AgentSpoke))
    await page.keyboard.press("Shift+T")
    await here.happened(s.SupervisorTookOver)
    await expect(page.locator(STATE)).to_have_text("You are speaking with the caller.")
    said = await here.happened(s.SupervisorSpoke, timeout_s=15)
    assert said.text == clip(SAYS).text
    more = len(phone.heard_from(Source.STREAM)) - heard
    assert more > clip(SAYS).duration_ms * BYTES_PER_MS / 2, "pauses are not heard"
    assert len(here.of(e.AgentSpoke)) == spoken, "the agent is silent"
    await expect(page.get_by_test_id("timeline")).to_contain_text(said.text)
    await page.keyboard.press("b")
    await here.happened(s.SupervisorGaveBack)
    await here.happened(e.AgentSpoke, times=spoken + 1)
    taken = page.get_by_role("button", name="Take over", exact=True)
    await expect(taken).to_be_visible()
    assert here.complaints == []


async def test_a_call_that_was_ended_says_so_and_has_its_recording(here: Stage) -> None:
    page = here.page
    await page.get_by_role("button", name="Hang up now").click()
    await here.happened(e.CallEnded)
    await expect(page.locator(STATE)).to_have_text("The call is over.")
    await page.get_by_role("link", name="Show it with its recording").click()
    await expect(page.get_by_test_id("player")).to_be_visible()
    assert here.complaints == []


async def test_a_call_is_found_by_a_word_and_heard_where_it_was_said(
    here: Stage,
) -> None:
    page = here.page
    await page.keyboard.press("g")
    await page.keyboard.press("c")
    await page.wait_for_url(CALLS)
    await page.keyboard.press("/")
    await page.keyboard.type("tokyo -bergen")
    await page.keyboard.press("Enter")
    hit = page.locator("mark", has_text="tokyo")
    await expect(hit).to_have_count(1)
    await hit.click()
    marked = page.locator(".moment.here")
    await expect(marked).to_contain_text(TOKYO)

    # Its sound, from there on: it plays, and the words that are heard are marked.
    await marked.locator(".when").click()
    sound = page.locator("[data-sound]").first
    at = await sound.evaluate("(one) => one.currentTime")
    await page.wait_for_function(
        "(at) => document.querySelector('[data-sound]').currentTime > at + 0.5", arg=at
    )
    await expect(page.locator(".moment.playing")).to_contain_text(TOKYO)
    await expect(page.locator("[data-wave] canvas").first).to_be_visible()
    assert here.complaints == []


async def test_whoever_signs_out_is_out(here: Stage) -> None:
    page = here.page
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/console/login*")
    await here.goes("/console/calls")
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert here.complaints == []
