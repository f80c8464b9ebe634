"""A caller who is suddenly not there any more is noticed, whatever is not said."""

import asyncio
from pathlib import Path

import pytest

from callcenter.domain import events as e
from callcenter.realtime import line
from callcenter.simulator.carrier import Ending, Leg, Options, StreamFaults
from callcenter.simulator.carrier.leg import HangUp
from callcenter.simulator.carrier.stream import MediaStream
from tests.fakes.asking import asking, form
from tests.fakes.center import Caller, Center, center
from tests.fakes.trouble import hasten

assert line.NO_AUDIO_SECONDS <= 10, "the promise"
NO_AUDIO_S = 1.2
BOUND_S = 4.0
"""Of real time: the bound above, and a watch of half a second."""

RULES = {"watch_s": 0.3}
MUTE = Options(action_on_hang_up=False)
"""A carrier that says nothing when the caller hangs up."""


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    hasten(monkeypatch)
    monkeypatch.setattr(line, "NO_AUDIO_SECONDS", NO_AUDIO_S)


async def talking(here: Center, faults: StreamFaults | None = None) -> Leg:
    """A call in the middle of things, of whose end nobody will tell us."""
    here.carrier.number.status_callback = None

    async def script(caller: Caller) -> None:
        await caller.hears_agent()
        heard.set()
        await asyncio.Event().wait()

    heard = asyncio.Event()
    call = await here.call(script, wait=False, faults=faults)
    await heard.wait()
    return call


async def is_found_out(here: Center) -> None:
    await here.happened(e.CallEnded, timeout_s=BOUND_S)
    await here.until(lambda: not here.model.open_sessions, BOUND_S)
    await here.until(lambda: not here.node.floor._calls, BOUND_S)
    assert len(here.of(e.CallEnded)) == 1


@pytest.mark.parametrize("ending", Ending)
async def test_a_caller_who_hangs_up_is_noticed_however_the_stream_ends(
    tmp_path: Path, ending: Ending
) -> None:
    async with center(tmp_path, rules=RULES, options=MUTE) as here:
        call = await talking(here, StreamFaults(ending=ending))
        call.phone.hang_up()
        await is_found_out(here)


async def test_a_line_that_is_cut_is_taken_up_again_and_then_found_out(
    tmp_path: Path,
) -> None:
    """No stop, a TCP reset; the caller is gone, and no webhook ever says so."""
    async with center(tmp_path, rules=RULES, options=MUTE) as here:
        call = await talking(here)
        assert isinstance(call.line, MediaStream)
        await call.line._socket.reset()
        call.order(HangUp("the radio tunnel"))
        await here.happened(e.CallEnded, timeout_s=BOUND_S)
        await here.until(lambda: not here.model.open_sessions, BOUND_S)
        assert len(here.of(e.CallEnded)) == 1


async def test_a_frozen_socket_is_given_up_and_the_session_with_it(
    tmp_path: Path,
) -> None:
    """Neither media nor a close nor a reset comes: the other end is not there."""
    async with center(tmp_path, rules=RULES, options=MUTE) as here:
        frozen = StreamFaults(stall_at_ms=400, stall_ms=60_000)
        call = await talking(here, frozen)
        await here.happened(e.StreamEnded, timeout_s=BOUND_S)
        assert here.of(e.StreamEnded)[0].reason == "no audio came from the caller"
        call.phone.hang_up()
        await here.happened(e.CallEnded, timeout_s=BOUND_S)


async def test_a_caller_who_mutes_is_not_taken_for_one_who_vanished(
    tmp_path: Path,
) -> None:
    """Twilio goes on sending frames; they are silent."""
    async with center(tmp_path, rules=RULES, options=MUTE) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.phone.waits(round(1.5 * NO_AUDIO_S * 1000))
            await caller.asks("thank you")

        await here.call(script)
        assert len(here.of(e.StreamStarted)) == 1


async def test_a_bare_stream_that_says_no_more_than_its_start_is_closed(
    tmp_path: Path,
) -> None:
    """Somebody with a valid token, and nothing to say."""
    async with (
        center(tmp_path, rules=RULES, options=MUTE) as here,
        asking(here.address) as twilio,
    ):
        sid = "CA" + "b" * 32
        document = (await twilio.post("/incoming-call", form(sid))).text
        token = document.partition('name="token" value="')[2].partition('"')[0]
        url = f"{here.address.replace('http', 'ws', 1)}/media-stream"
        stream = await here.carrier.open_stream(
            url, call_sid=sid, parameters={"token": token}
        )
        await stream.start()
        await here.happened(e.StreamEnded, timeout_s=BOUND_S)
        closed = False
        async with asyncio.timeout(BOUND_S):
            while not closed:
                try:
                    closed = await stream.receive() is None
                except ConnectionError:  # our goodbye comes too late: it is gone
                    closed = True
        await stream._socket._session.close()
        await here.happened(e.CallEnded, timeout_s=BOUND_S)
        await here.until(lambda: not here.model.open_sessions, BOUND_S)
