"""The server as a process: told to end, it lets the caller finish."""

import asyncio
import signal
from pathlib import Path

from callcenter.floor.no_call import MOST_WAITS
from callcenter.simulator.carrier import CarrierSimulator, Phone
from callcenter.simulator.model.reply import Pace
from callcenter.simulator.model.server import ModelSimulator
from callcenter.storage.engine import Database
from callcenter.storage.history import History
from tests.fakes.asking import Asking, asking, form
from tests.fakes.center import (
    ACCOUNT,
    ADA,
    CALLER,
    OURS,
    TOKEN,
    Caller,
)
from tests.fakes.process import serving
from tests.fakes.speech import Hum, Told, hushed

PUBLIC = "https://calls.example.test"


async def test_a_server_told_to_end_lets_the_caller_finish(tmp_path: Path) -> None:
    told = Told()
    quick = Pace(think_ms=0, times_real=50, transcribe_ms=0)
    async with (
        ModelSimulator(ears=told, voice=Hum(), pace=quick) as model,
        CarrierSimulator(
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            number=OURS,
            voice_url=f"{PUBLIC}/incoming-call",
            status_callback=f"{PUBLIC}/voice/status",
            speak=hushed,
            hurry=20,
        ) as carrier,
        serving(
            tmp_path,
            {
                "PUBLIC_URL": PUBLIC,
                "OPENAI_API_KEY": "sk-test",
                "OPENAI_REALTIME_URL": model.url,
                "TWILIO_ACCOUNT_SID": ACCOUNT,
                "TWILIO_AUTH_TOKEN": TOKEN,
                "TWILIO_API_URL": carrier.api_url,
                "GREETING": "",
                "DRAIN_SECONDS": "30",
            },
        ) as (process, address),
    ):
        carrier._exchange.webhooks._reroute = {
            PUBLIC: address,
            PUBLIC.replace("http", "ws", 1): address.replace("http", "ws", 1),
        }

        async def script(phone: Phone) -> None:
            caller = Caller(phone, told)
            await caller.hears_agent()
            process.send_signal(signal.SIGTERM)
            async with asking(address, PUBLIC) as twilio:
                await _until_not_ready(twilio, f"{address}/readyz")
                other = await twilio.post("/incoming-call", form())
                again = "/incoming-call?waited=1"
                assert f"{PUBLIC}{again}</Redirect>" in other.text
                assert "Please hold" in other.text
                for _ in range(MOST_WAITS):
                    assert "<Dial" not in other.text
                    other = await twilio.post(again, form())
                    again = other.text.partition(PUBLIC)[2].partition("<")[0]
                assert ADA in other.text, "at last, a person"
            await caller.says("thank you")
            await _until_said(model, "You are welcome")
            await caller.hears_agent()

        call = await carrier.place_call(CALLER, script, hang_up_after_script=True)
        await call.ended()
        async with asyncio.timeout(20):
            await process.wait()
        assert process.returncode == 0
    database = Database.open(f"sqlite+aiosqlite:///{tmp_path / 'callcenter.db'}")
    story = await History(database).show_call(call.sid)
    await database.close()
    assert story is not None
    assert story["disposition"] == "resolved"
    assert [turn["heard"] for turn in story["turns"]][1] == "thank you"


async def _until_not_ready(twilio: Asking, url: str) -> None:
    async with asyncio.timeout(10):
        while (await twilio.client.get(url)).status_code == 200:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def _until_said(model: ModelSimulator, words: str) -> None:
    async with asyncio.timeout(10):
        while words not in " ".join(_spoken(model)):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def _spoken(model: ModelSimulator) -> list[str]:
    return [
        item.text
        for session in model.sessions
        for item in session.items
        if item.role == "assistant"
    ]
