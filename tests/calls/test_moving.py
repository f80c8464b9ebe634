"""Calls outlive their node: another one takes them up from what was recorded."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from callcenter.domain import events as e
from callcenter.domain.outcomes import Disposition
from callcenter.simulator.carrier import (
    Answers,
    CarrierSimulator,
    Happening,
    OperatorBehaviour,
    Options,
    Phone,
    Scripted,
)
from callcenter.simulator.carrier.sound import tone
from callcenter.simulator.model.reply import Pace
from callcenter.simulator.model.server import ModelSimulator
from callcenter.storage.engine import Database
from callcenter.storage.history import History
from tests.fakes.asking import asking, form
from tests.fakes.center import ACCOUNT, ADA, CALLER, OURS, TOKEN, Caller, Center, center
from tests.fakes.nodes import PUBLIC, Balancer, dies, lead, second_node
from tests.fakes.process import serving
from tests.fakes.speech import Hum, Told, hushed

HELLO = tone((180.0,), 120)
TAKES = Answers(after_s=0.1, talks=HELLO, hangs_up_after_s=0.1)


def greetings(here: Center) -> int:
    return sum("Fjord Cycles" in text for text in here.voice.said)


async def test_a_call_whose_node_dies_goes_on_at_another_with_the_same_agent(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, public=PUBLIC) as here, second_node(here) as other:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("what services do you offer")
            await here.happened(e.AgentSpoke, times=2)
            caller.forgets()
            await dies(here, other, call)
            resumed = await other.happened(e.CallResumed)
            assert resumed.agent == "scheduling"
            await caller.hears_agent()
            await caller.asks("thank you")

        call = await here.call(script, wait=False)
        await here.until(lambda: other.of(e.CallerSpoke), 20)
        await other.happened(e.AgentSpoke, times=2)
        call.phone.hang_up()
        await call.ended()
        await other.happened(e.CallEnded)
        assert here.of(e.CallEnded) == []
        assert greetings(here) == 1
        texts = [item.text for item in here.session.items]
        assert "what services do you offer" in texts
        story = await other.story(call)
        assert story["disposition"] == "resolved"
        heard = [turn["heard"] for turn in story["turns"]]
        assert "what services do you offer" in heard
        assert "thank you" in heard
        kinds = [type(fact.event).__name__ for fact in (*here.facts, *other.facts)]
        assert [one["kind"] for one in story["events"]] == kinds, "nothing is lost"


async def test_an_operator_who_was_being_asked_is_joined_by_the_other_node(
    tmp_path: Path,
) -> None:
    """The briefing came from the node that died; 1 is pressed at the next."""

    async def waits_then_takes(phone: Phone) -> None:
        await phone.happens(Happening.PROMPTED)
        await dies(here, other, call)
        phone.press("1")
        await phone.happens(Happening.BRIDGED)
        await phone.say(HELLO)
        phone.hang_up()

    operators = {ADA: Scripted(waits_then_takes, after_s=0.1)}
    async with (
        center(tmp_path, public=PUBLIC, operators=operators) as here,
        second_node(here) as other,
    ):

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says("I want to talk to a person")
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(script, wait=False)
        await call.ended()
        await other.happened(e.CallEnded)
        assert len(here.of(e.OperatorBriefed)) == 1
        assert len(other.of(e.OperatorAnswered)) == len(other.of(e.OperatorLeft)) == 1
        assert call.phone.heard_from("bridge")
        assert other.of(e.CallEnded)[0].disposition is Disposition.ESCALATED
        ((attempt,),) = [
            one["attempts"] for one in (await other.story(call))["escalations"]
        ]
        assert attempt["outcome"] == "accepted"


async def test_an_operator_who_declines_at_the_other_node_is_followed_by_the_next(
    tmp_path: Path,
) -> None:
    async def declines(phone: Phone) -> None:
        await phone.happens(Happening.PROMPTED)
        await dies(here, other, call)
        phone.press("2")

    operators: dict[str, OperatorBehaviour] = {
        ADA: Scripted(declines, after_s=0.1),
        "+15005550102": TAKES,
    }
    async with (
        center(tmp_path, public=PUBLIC, operators=operators) as here,
        second_node(here) as other,
    ):

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says("I want to talk to a person")
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(script, wait=False)
        await call.ended()
        await other.happened(e.CallEnded)
        assert [one.operator for one in other.of(e.OperatorCalled)] == ["Bea"]
        assert len(other.of(e.OperatorLeft)) == 1
        assert len((await other.story(call))["escalations"]) == 1


async def test_a_call_that_ends_while_its_node_is_down_is_ended_by_the_other(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, public=PUBLIC) as here, second_node(here) as other:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await here.happened(e.AgentSpoke)
            await dies(here, other, call)
            caller.phone.hang_up()

        call = await here.call(script, wait=False)
        await call.ended()
        await other.happened(e.CallEnded)
        assert await here.node.ledger.flush(5)
        assert (await other.story(call))["ended_at"] is not None
        await here.until(lambda: not other.node.floor._calls)
        async with asking(other.address, PUBLIC) as twilio:  # late, and again
            late = await twilio.post(
                "/voice/status", form(call.sid, CallStatus="completed")
            )
        assert late.status_code == 204
        assert len(other.of(e.CallEnded)) == 1


async def test_two_questions_at_once_take_a_call_up_once(tmp_path: Path) -> None:
    async with center(tmp_path, public=PUBLIC) as here, second_node(here) as other:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await here.happened(e.AgentSpoke)
            assert await here.node.ledger.flush(5)
            fields = form(call.sid, CallStatus="in-progress")
            async with (
                asking(other.address, PUBLIC) as twilio,
                asyncio.TaskGroup() as tasks,
            ):
                asked = [
                    tasks.create_task(twilio.post("/voice/after-stream", fields))
                    for _ in range(3)
                ]
            assert len({one.result().text for one in asked}) == 1
            assert len(other.node.floor._calls) == 1
            here.lets_go = True
            here.node.floor.stop()
            lead(here.carrier, other.address)

        call = await here.call(script, wait=False)
        await here.until(lambda: here.lets_go)
        call.phone.hang_up()
        await call.ended()
        assert len(other.of(e.CallResumed)) <= 1


# Processes.


@asynccontextmanager
async def far_ends() -> AsyncIterator[
    tuple[ModelSimulator, CarrierSimulator, Balancer, Told, dict[str, str]]
]:
    """The model, the carrier and a balancer; and what a server must know of them."""
    told, balancer = Told(), Balancer()
    quick = Pace(think_ms=0, times_real=50, transcribe_ms=0)
    async with (
        balancer.running() as address,
        ModelSimulator(ears=told, voice=Hum(), pace=quick) as model,
        CarrierSimulator(
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            number=OURS,
            voice_url=f"{PUBLIC}/incoming-call",
            status_callback=f"{PUBLIC}/voice/status",
            speak=hushed,
            hurry=20,
            options=Options(webhook_timeout_s=60),
            reroute={
                PUBLIC: address,
                PUBLIC.replace("http", "ws", 1): address.replace("http", "ws", 1),
            },
        ) as carrier,
    ):
        environment = {
            "PUBLIC_URL": PUBLIC,
            "OPENAI_API_KEY": "sk-test",
            "OPENAI_REALTIME_URL": model.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_URL": carrier.api_url,
            "GREETING": "",
        }
        yield model, carrier, balancer, told, environment


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


async def stories(folder: Path, sids: list[str]) -> list[dict[str, Any]]:
    database = Database.open(f"sqlite+aiosqlite:///{folder / 'callcenter.db'}")
    try:
        found = [await History(database).show_call(sid) for sid in sids]
    finally:
        await database.close()
    return [one for one in found if one is not None]


async def stands_there(caller: Caller, moved: asyncio.Event) -> None:
    """Hear the agent again, at the next node."""
    await moved.wait()
    caller.forgets()
    await caller.phone.hears_pause(120, timeout_s=60)


async def test_a_server_killed_in_mid_conversation_goes_on_when_it_is_back(
    tmp_path: Path,
) -> None:
    async with far_ends() as (model, carrier, balancer, told, environment):
        async with serving(tmp_path, environment) as (process, address):
            balancer.port = port_of(address)
            moved = asyncio.Event()

            async def script(phone: Phone) -> None:
                caller = Caller(phone, told)
                await caller.phone.hears_pause(120, timeout_s=20)
                await caller.asks("what services do you offer")
                await asyncio.sleep(0.5)  # what was said is stored by now
                process.kill()
                await process.wait()
                caller.forgets()
                await moved.wait()
                await caller.phone.hears_pause(120, timeout_s=60)
                await caller.asks("thank you")
                await asyncio.sleep(1)  # what was said is stored by now, too

            call = await carrier.place_call(CALLER, script, hang_up_after_script=True)
            await process.wait()
        async with serving(tmp_path, environment, port=balancer.port):
            moved.set()
            await call.ended(60)
            await asyncio.sleep(0.5)
            (story,) = await stories(tmp_path, [call.sid])
    heard = [turn["heard"] for turn in story["turns"]]
    assert "what services do you offer" in heard
    assert "thank you" in heard
    assert story["disposition"] == "resolved"
    assert [one["kind"] for one in story["events"]].count("CallEnded") == 1
    welcomes = [text for text in heard if text and "Fjord Cycles" in text]
    assert len(welcomes) == 1, "nobody is welcomed twice"
    assert model.open_sessions == 0


CALLS = 20


async def test_a_server_told_to_end_sends_all_its_callers_on_and_loses_none(
    tmp_path: Path,
) -> None:
    async with (
        far_ends() as (model, carrier, balancer, told, environment),
        serving(tmp_path, environment | {"DRAIN_SECONDS": "2"}) as (old, address),
        serving(tmp_path, environment) as (_, next_address),
    ):
        balancer.port = port_of(address)
        moved = asyncio.Event()

        async def script(phone: Phone) -> None:
            await stands_there(Caller(phone, told), moved)

        calls = [
            await carrier.place_call(CALLER, script, hang_up_after_script=True)
            for _ in range(CALLS)
        ]
        async with asyncio.timeout(60):
            while any(len(call.phone.heard_from("stream")) == 0 for call in calls):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        await asyncio.sleep(0.5)  # all of them have heard the agent out
        old.send_signal(signal.SIGTERM)
        balancer.port = port_of(next_address)
        moved.set()
        async with asyncio.timeout(60):
            assert await old.wait() == 0
        for call in calls:
            await call.ended(60)
        async with asyncio.timeout(20):
            while True:  # the last facts are stored a moment later
                told_of = await stories(tmp_path, [call.sid for call in calls])
                if all(story["ended_at"] for story in told_of):
                    break
                await asyncio.sleep(0.2)
    assert len(told_of) == CALLS
    for story in told_of:
        kinds = [one["kind"] for one in story["events"]]
        assert kinds.count("CallEnded") == 1
        assert kinds.count("CallResumed") == 1
        heard = [turn["heard"] for turn in story["turns"] if turn["heard"]]
        assert any("cut off" in text for text in heard)
        welcomes = [text for text in heard if "Fjord Cycles" in text]
        assert len(welcomes) == 1, "nobody is welcomed twice"
    assert model.open_sessions == 0
