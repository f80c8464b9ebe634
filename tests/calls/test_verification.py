"""A caller proves who they are, in a whole call; and the digits stay with us."""

import json
from pathlib import Path

import pytest

from callcenter.domain import events as e
from callcenter.domain.verification import (
    CallerVerified,
    Detail,
    Method,
    VerificationTried,
)
from callcenter.simulator.carrier import StreamFaults
from callcenter.storage.customers import Customers
from callcenter.storage.engine import Database
from callcenter.storage.tickets import TicketBook
from tests.fakes.center import CALLER, Caller, Center, center
from tests.fakes.obedience import obedient, tool

PIN = "27493816"


async def register(here: Center) -> None:
    database = Database.open(here.settings.database_url)
    try:
        facts = {Detail.NAME: "Kari Nilsen", Detail.POSTCODE: "5003"}
        await Customers(database).add(CALLER, facts, pin=PIN)
        await TicketBook(database).open("Squeaky brakes", "Both.", CALLER, None)  # type: ignore[arg-type]
    finally:
        await database.close()


def told(here: Center) -> str:
    """All that any model was ever told."""
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
            caller.phone.press(f"{PIN}#")
            await here.happened(CallerVerified)
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
            assert "these keys" not in record
    assert not any(PIN.encode() in data for data in files(tmp_path))


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
