"""A whole house and somebody before its console: real speech, real sound, Chromium.

The browser's microphone is a file, in which somebody says one sentence.
"""

import asyncio
import shutil
import wave
from array import array
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from playwright.async_api import BrowserContext, ConsoleMessage, Dialog, Page

from callcenter.demo.people import CALLER, OPERATORS, operators
from callcenter.demo.rehearsal import Rehearsal, rehearsal
from callcenter.domain import events as e
from callcenter.simulator.carrier import Leg, Phone
from callcenter.simulator.carrier.sound import audible
from callcenter.simulator.speech.clips import clip
from callcenter.simulator.speech.resample import times
from callcenter.wire.mulaw import BYTES_PER_MS, FRAME_BYTES, FRAME_MS, SILENCE, decode
from tests.fakes.browser import PASSWORD, PATIENCE_MS, browser, hired
from tests.fakes.center import _prepared

SAYS: Final = "weather-paris"
"""The clip of whoever has the browser's microphone."""

TELEPHONE_HZ: Final = 8_000
MICROPHONE_HZ: Final = 48_000
BREATH_MS: Final = 900
"""Before they speak: the microphone opens a little before the call is theirs."""

Event = TypeVar("Event")

TELLS_OF_POLICY: Final = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`forbidden: ${event.violatedDirective} ${event.blockedURI}`);
});
"""


@dataclass
class Stage:
    """What a test holds in its hands."""

    center: Rehearsal
    context: BrowserContext
    page: Page
    facts: list[e.Fact]
    complaints: list[str] = field(default_factory=list)
    leg: Leg | None = None
    """The call that the story is about."""

    @property
    def phone(self) -> Phone:
        """The caller's."""
        assert self.leg
        return self.leg.phone

    def of(self, kind: type[Event]) -> list[Event]:
        """The facts of a kind, in order."""
        return [fact.event for fact in self.facts if isinstance(fact.event, kind)]

    async def until(self, true: Callable[[], object], timeout_s: float = 8.0) -> None:
        """Wait for what comes soon, or fail."""
        async with asyncio.timeout(timeout_s):
            while not true():  # noqa: ASYNC110  # anything may be waited for
                await asyncio.sleep(0.02)

    async def happened(
        self, kind: type[Event], times: int = 1, timeout_s: float = 8.0
    ) -> Event:
        """The first, or the so-manieth, fact of a kind."""
        await self.until(lambda: len(self.of(kind)) >= times, timeout_s)
        return self.of(kind)[times - 1]

    async def goes(self, path: str) -> None:
        await self.page.goto(self.center.address + path)

    async def signs_in(self, password: str = PASSWORD) -> None:
        await self.page.get_by_label("Name").fill("ada")
        await self.page.get_by_label("Password").fill(password)
        await self.page.get_by_role("button", name="Sign in").click()

    async def somebody_calls(self) -> Leg:
        """Whose telephone the test holds; it stays on the line."""

        async def holds(_: Phone) -> None:
            await asyncio.Event().wait()

        return await self.center.carrier.place_call(CALLER, holds)

    def hears(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            self.complaints.append(said.text)


def silent_ms(slug: str) -> int:
    """How long a clip is silent before its first sound."""
    sound = clip(slug).audio
    frames = [sound[at : at + FRAME_BYTES] for at in range(0, len(sound), FRAME_BYTES)]
    silent = next(at for at, frame in enumerate(frames) if audible(frame))
    return silent * FRAME_MS


def microphone(folder: Path) -> Path:
    """A file that Chromium takes for a microphone: a breath, and then SAYS."""
    breath = SILENCE * BYTES_PER_MS * BREATH_MS
    sound = decode(breath + clip(SAYS).audio + breath)
    path = folder / "microphone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(MICROPHONE_HZ)
        file.writeframes(
            times(array("h", sound), MICROPHONE_HZ // TELEPHONE_HZ).tobytes()
        )
    return path


def flags(sound: Path) -> list[str]:
    """So that nobody is asked, and the sentence is said once."""
    return [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={sound}%noloop",
    ]


@asynccontextmanager
async def stage(folder: Path, people: str = OPERATORS) -> AsyncIterator[Stage]:
    """Run it all, with recordings, and ada as admin before the login."""
    shutil.copy(_prepared(), folder / "callcenter.db")
    (folder / "operators.toml").write_text(people, encoding="utf-8")
    facts: list[e.Fact] = []
    chosen = {
        "greeting": "",
        "record_calls": True,
        "recordings_dir": folder / "recordings",
    }
    async with (
        rehearsal(
            folder,
            folder / "operators.toml",
            operators(),
            watchers=[facts.append],
            settings=chosen,
        ) as center,
        browser(*flags(microphone(folder))) as opened,
    ):
        await hired(f"sqlite+aiosqlite:///{folder / 'callcenter.db'}")
        context = await opened.new_context(viewport={"width": 1440, "height": 900})
        await context.add_init_script(TELLS_OF_POLICY)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        here = Stage(center, context, page, facts)
        page.on("pageerror", lambda error: here.complaints.append(str(error)))
        page.on("console", here.hears)
        page.on("dialog", _agrees)
        yield here


async def _agrees(dialog: Dialog) -> None:
    await dialog.accept()
