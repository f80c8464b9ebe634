"""A caller proves who they are, in a whole call; and the digits stay with us."""

import asyncio
import json
from base64 import b64decode
from pathlib import Path

import pytest

from callcenter.domain import events as e
from callcenter.domain.verification import (
    CallerVerified,
    Detail,
    Method,
    VerificationTried,
)
from callcenter.floor.keys import KEYS_SECONDS
from callcenter.simulator.carrier import StreamFaults
from callcenter.storage.customers import Customers
from callcenter.storage.engine import Database
from callcenter.storage.tickets import TicketBook
from tests.fakes.center import CALLER, Caller, Center, center
from tests.fakes.obedience import obedient, tool

PIN = "27493816"
TONE = b"\x3c" * 160
"""Of a key, as some carriers deliver it: in the sound."""


async def register(here: Center, pin: str = PIN) -> None:
    database = Database.open(here.settings.database_url)
    try:
        facts = {Detail.NAME: "Kari Nilsen", Detail.POSTCODE: "5003"}
        await Customers(database).add(CALLER, facts, pin=pin)
        await TicketBook(database).open("Squeaky brakes", "Both.", CALLER, None)  # type: ignore[arg-type]
    finally:
        await database.close()


def heard(here: Center) -> bytes:
    """All that any model ever heard of the caller."""
    return b"".join(
        b64decode(recorded.event["audio"])
        for session in here.model.sessions
        for recorded in session.received
        if recorded.kind == "input_audio_buffer.append"
    )


def told(here: Center) -> str:
    """All that any model was ever told in words; see `heard`."""
    return json.dumps(
        [
            recorded.event
            for session in here.model.sessions
            for recorded in session.received
            if recorded.kind != "input_audio_buffer.append"
        ]
    )


def files(folder: Path) -> list[bytes]:
    """Database, journal and all."""
    return [one.read_bytes() for one in folder.iterdir() if one.is_file()]


async def test_the_pin_opens_what_the_number_does_not_and_reaches_nobody_else(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    model = obedient(monkeypatch)
    prove = model.order(
        "I want to prove it",
        tool("transfer_to_support"),
        tool("look_up_ticket"),
        tool("verify_caller"),
        tool("look_up_ticket"),
    )
    async with center(tmp_path) as here:
        await register(here)

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            assert "open tickets: 1" in told(here)
            assert "Squeaky" not in told(here)
            await caller.says(prove)
            await here.until(
                lambda: any(
                    one.tool == "verify_caller" for one in here.of(e.ToolCalled)
                )
            )
            await caller.phone.waits(200)
            assert TONE not in heard(here)
            frames = len(heard(here))
            for digit in f"{PIN}#":
                caller.phone.press(digit)
                await caller.phone.say(TONE * 2)
            await here.happened(CallerVerified)
            await caller.phone.say(TONE * 5)  # the hash key is still held
            assert len(heard(here)) - frames > len(TONE) * 10, "time must go on"
            caller.phone.press("77")  # too late, and still nobody's business
            await here.until(lambda: "Squeaky" in told(here))
            await caller.phone.waits(200)

        call = await here.call(script)
        refused, opened = (
            one for one in here.of(e.ToolReturned) if one.tool == "look_up_ticket"
        )
        assert "Squeaky" not in refused.output
        assert "Squeaky" in opened.output
        assert here.of(VerificationTried) == [VerificationTried(Method.PIN)]
        assert here.of(e.KeyPressed) == []
        story = json.dumps(await here.story(call))
        written = capfd.readouterr()
        for record in (told(here), story, written.out, written.err):
            assert PIN not in record
            assert "The caller pressed" not in record
        assert TONE not in heard(here)
    assert not any(PIN.encode() in data for data in files(tmp_path))


async def test_digits_that_are_typed_too_early_are_part_of_the_pin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = obedient(monkeypatch)
    prove = model.order("prove", tool("transfer_to_support"), tool("verify_caller"))
    pin = "04938162"  # a 0 is no wish for a person, either
    async with center(tmp_path) as here:
        await register(here, pin)

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says(prove)
            caller.phone.press(pin[:3])
            await here.until(
                lambda: any(
                    one.tool == "verify_caller" for one in here.of(e.ToolCalled)
                )
            )
            caller.phone.press(pin[3:])
            await here.happened(CallerVerified)
            await asyncio.sleep(KEYS_SECONDS)

        await here.call(script)
        assert "The caller pressed" not in told(here)
        assert here.of(e.CallEscalated) == []


async def test_of_several_keys_the_agent_learns_how_many_and_may_ask_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = obedient(monkeypatch)
    prove = model.order("prove", tool("transfer_to_support"), tool("verify_caller"))
    async with center(tmp_path) as here:
        await register(here)

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            caller.phone.press(PIN)
            await here.until(lambda: "The caller pressed 8 keys." in told(here))
            await caller.says(prove)
            await here.happened(CallerVerified)

        await here.call(script)
        assert " ".join(PIN) not in told(here)


async def test_what_was_proved_survives_a_broken_line_and_not_the_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = obedient(monkeypatch)
    prove = model.order(
        "it is me",
        tool("transfer_to_support"),
        tool("verify_by_facts", name="Kari Nilsen", postcode="5003"),
    )
    ask = model.order("what about my ticket", tool("look_up_ticket"))
    go = model.order(
        "support please", tool("transfer_to_support"), tool("look_up_ticket")
    )
    async with center(tmp_path) as here:
        await register(here)

        async def breaks(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks(prove)
            await here.happened(e.StreamStarted, times=2, timeout_s=10)
            await here.happened(e.CallResumed)
            assert "Squeaky brakes" in str(here.session.config["instructions"])
            caller.forgets()
            await caller.hears_agent()
            await caller.asks(ask)

        await here.call(breaks, faults=StreamFaults(reset_after_ms=2_500))
        (found,) = [o for o in here.of(e.ToolReturned) if o.tool == "look_up_ticket"]
        assert "Squeaky" in found.output

        async def calls_again(caller: Caller) -> None:
            await caller.hears_agent()
            assert "Squeaky" not in str(here.session.config["instructions"])
            await caller.asks(go)

        await here.call(calls_again)
        last = [o for o in here.of(e.ToolReturned) if o.tool == "look_up_ticket"][-1]
        assert "Squeaky" not in last.output
        assert len(here.of(CallerVerified)) == 1
