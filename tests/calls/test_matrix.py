"""Every state of a call meets every fault: somebody is heard, and nothing is left."""

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from functools import partial
from itertools import product
from pathlib import Path

import pytest

from callcenter.domain import events as e
from callcenter.domain.tool import ToolResult
from callcenter.realtime import terms
from callcenter.simulator.carrier import (
    Answers,
    CarrierSimulator,
    Happening,
    OperatorBehaviour,
    Phone,
    RestFault,
    Scripted,
)
from callcenter.simulator.carrier.sound import tone
from callcenter.simulator.model.faults import Faults
from callcenter.telephony import rest as telephony
from tests.fakes.asking import asking, form
from tests.fakes.center import ADA, CALLER, TOKEN, Caller, Center, center
from tests.fakes.nodes import tear
from tests.fakes.rooms import with_tool
from tests.fakes.speech import VOICE_MS, milliseconds
from tests.fakes.trouble import (
    QUICK,
    fails_next,
    hasten,
    rejects_next_update,
    spoil,
)

BOUND_S = 4.0
"""Of real time: the hurried watchdog's 2.4 s, and a busy machine."""

LONG = tone((300.0,), 500)
VOICE = tone((180.0,), 4_000)
"""An operator who does not stop talking."""

RULES = {"watch_s": 0.3, "last_words_s": 0.6}

State = Callable[[Center, Caller], Awaitable[None]]
Fault = Callable[[Center, Caller], Awaitable[None]]


def spoken_ms(text: str) -> int:
    return 1_200 if "We offer" in text else VOICE_MS


# The states. Each ends while the call is in it.


async def idle(here: Center, caller: Caller) -> None:
    """The agent has greeted, and waits."""


async def caller_speaking(here: Center, caller: Caller) -> None:
    here.told.texts.append("thank you")
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    caller.phone._mouth.append((LONG, done))
    session = here.session
    await here.until(lambda: session.events("input_audio_buffer.speech_started"))


async def agent_speaking(here: Center, caller: Caller) -> None:
    await caller.says("what services do you offer")
    caller.forgets()
    await caller.phone.hears_sound()


async def tool_running(here: Center, caller: Caller) -> None:
    await caller.says("what services do you offer")
    await here.happened(e.ToolCalled)


async def handoff(here: Center, caller: Caller) -> None:
    session = here.session
    updates = len(session.events("session.update"))
    spoil(session, Faults(ignore_updates=True))
    await caller.says("what services do you offer")
    await here.until(lambda: len(session.events("session.update")) > updates)
    spoil(session, Faults())


async def ringing(here: Center, caller: Caller) -> None:
    await caller.says("I want to talk to a person")
    await here.happened(e.OperatorCalled)
    await here.until(lambda: len(here.carrier.calls) > 1)


async def screening(here: Center, caller: Caller) -> None:
    await caller.says("I want to talk to a person")
    await here.happened(e.OperatorBriefed)


async def bridged(here: Center, caller: Caller) -> None:
    await caller.says("I want to talk to a person")
    await caller.phone.happens(Happening.BRIDGED)


# The faults.


async def hangs_up(here: Center, caller: Caller) -> None:
    caller.phone.hang_up()


async def vanishes(here: Center, caller: Caller) -> None:
    """No stop, and no webhook says so."""
    leg = next(leg for leg in here.carrier.calls.values() if leg.phone is caller.phone)
    leg.status_callback = None
    await tear(leg)
    caller.phone.hang_up()


async def closes(code: int, here: Center, caller: Caller) -> None:
    await here.session.close(code)


async def malformed(here: Center, caller: Caller) -> None:
    await here.session.send_raw('{"type": "response.')


async def stalls(here: Center, caller: Caller) -> None:
    spoil(here.session, Faults(stall_s=60))


async def fails(here: Center, caller: Caller) -> None:
    fails_next(here.session)


async def rejects(here: Center, caller: Caller) -> None:
    rejects_next_update(here.session)


async def tears(here: Center, caller: Caller) -> None:
    leg = next(leg for leg in here.carrier.calls.values() if leg.phone is caller.phone)
    await tear(leg)


async def repeats(here: Center, caller: Caller) -> None:
    """Twilio asks again what it has asked last."""
    last = [
        one for one in here.carrier.requests if one.kind == "webhook" and one.status
    ][-1]
    async with asking(here.address) as twilio:
        again = await twilio.post(last.url.removeprefix(here.address), last.params)
    assert again.status_code == last.status


async def reorders(here: Center, caller: Caller) -> None:
    """What is long over is told now; what was never asked is answered."""
    sid = next(iter(here.carrier.calls))
    async with asking(here.address) as twilio:
        for status in ("initiated", "ringing", "in-progress"):
            await twilio.post("/voice/status", form(sid, CallStatus=status))
        await twilio.post(
            "/voice/dial-ended?attempt=att_0", form(sid, CallStatus="in-progress")
        )


async def rest_fails(fault: RestFault, here: Center, caller: Caller) -> None:
    here.carrier.fail_next(fault)
    if here.of(e.OperatorCalled) == []:
        caller.phone.press("0")
        await here.happened(e.OperatorCalled)


async def locks(here: Center, caller: Caller) -> None:
    """Somebody has the database for themselves, for as long as this call lasts."""
    path = here.settings.database_url.partition("///")[2]
    lock = sqlite3.connect(path, timeout=5, check_same_thread=False)
    await asyncio.to_thread(lock.execute, "BEGIN EXCLUSIVE")

    async def until_the_call_is_over() -> None:
        with closing(lock):
            await here.happened(e.CallEnded, timeout_s=30)
            lock.rollback()

    here.carrier._exchange.spawn(until_the_call_is_over())


STATES: dict[str, State] = {
    "idle": idle,
    "caller speaking": caller_speaking,
    "agent speaking": agent_speaking,
    "tool running": tool_running,
    "handoff": handoff,
    "ringing": ringing,
    "screening": screening,
    "bridged": bridged,
}
FAULTS: dict[str, Fault] = {
    "hangs up": hangs_up,
    "vanishes": vanishes,
    "model 1000": partial(closes, 1000),
    "model 1001": partial(closes, 1001),
    "model 1011": partial(closes, 1011),
    "model reset": partial(closes, 1006),
    "model malformed": malformed,
    "model stalls": stalls,
    "model fails": fails,
    "model rejects": rejects,
    "stream reset": tears,
    "webhook repeated": repeats,
    "callbacks reordered": reorders,
    "REST 429": partial(rest_fails, RestFault.TOO_MANY),
    "REST 500": partial(rest_fails, RestFault.SERVER_ERROR),
    "REST executed": partial(rest_fails, RestFault.EXECUTED_THEN_HANG),
    "database locked": locks,
}
WITH_OPERATOR = ("ringing", "screening", "bridged")


def senseless(state: str, fault: str) -> str:
    """Why a cell is no case; empty when it is one."""
    if state in WITH_OPERATOR and fault.startswith("model"):
        return "the model's session was closed before the operator was called"
    if state in WITH_OPERATOR and fault == "stream reset":
        return "there is no stream while an operator is called"
    if fault == "model rejects" and state not in ("idle", "handoff"):
        return "no update is sent then"
    return ""


CELLS = [
    pytest.param(
        state,
        fault,
        marks=[pytest.mark.skip(reason=reason)] if reason else [],
        id=f"{state}, {fault}",
    )
    for state, fault in product(STATES, FAULTS)
    for reason in [senseless(state, fault)]
]


async def takes(phone: Phone) -> None:
    """Hear the question out, think a little, take the call, talk."""
    await phone.happens(Happening.PROMPTED)
    await phone.waits(100)  # the question is open for a quarter of a second
    phone.press("1")
    await phone.happens(Happening.BRIDGED)
    await phone.say(VOICE)


def operators(state: str) -> dict[str, OperatorBehaviour]:
    if state == "ringing":
        return {ADA: Answers(after_s=12.0, talks=VOICE)}  # 0.6 s, at this hurry
    return {ADA: Scripted(takes, after_s=0.1)}


async def is_not_left_alone(here: Center, caller: Caller, since_ms: int) -> None:
    """Say something, if it is one's turn; hear something, or be hung up on."""

    def heard() -> bool:
        phone = caller.phone
        return phone.over or any(
            part.at_ms + milliseconds(part.audio) > since_ms for part in phone.heard
        )

    async with asyncio.timeout(BOUND_S):
        await asyncio.sleep(0.2)
        if not heard():
            await caller.says("thank you")
        while not heard():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@asynccontextmanager
async def prepared(folder: Path, state: str) -> AsyncIterator[Center]:
    async with center(
        folder,
        settings=QUICK,
        rules=RULES,
        operators=operators(state),
        voice_ms=spoken_ms,
    ) as here:
        if state == "tool running":

            async def works(_: str) -> ToolResult:
                await asyncio.sleep(0.6)
                return ToolResult(json.dumps({"say": "Here it is."}))

            with_tool(here, "list_services", works)
        yield here


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    hasten(monkeypatch)
    monkeypatch.setattr(terms, "UPDATE_SECONDS", 0.2)
    monkeypatch.setattr(telephony, "TIMEOUT_SECONDS", 0.3)


@pytest.mark.parametrize(("state", "fault"), CELLS)
async def test_somebody_is_heard_and_nothing_is_left(
    tmp_path: Path,
    state: str,
    fault: str,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with prepared(tmp_path, state) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await STATES[state](here, caller)
            since_ms = caller.phone.now_ms
            await FAULTS[fault](here, caller)
            await is_not_left_alone(here, caller, since_ms)

        call = await here.call(script)
        await here.happened(e.CallEnded)
        await here.nothing_is_left()
        story = await here.story(call)
        assert story["ended_at"] is not None
        assert [one["kind"] for one in story["events"]].count("CallEnded") == 1
        assert greeted_once(here)
        no_secrets(here.carrier, capsys.readouterr().out + caplog.text)


def greeted_once(here: Center) -> bool:
    return sum("Fjord Cycles" in text for text in here.voice.said) == 1


def no_secrets(carrier: CarrierSimulator, log: str) -> None:
    assert log
    tokens = re.findall(
        r'name="token" value="([^"]+)"', "".join(one.body for one in carrier.requests)
    )
    assert tokens
    for secret in (TOKEN, "sk-test", CALLER.removeprefix("+"), *tokens):
        assert secret not in log
    assert "Digits" not in log
    assert re.search(r"digits?=", log) is None
