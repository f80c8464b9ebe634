"""What agents do to the world: once, after it is written, and to its end."""

import asyncio
import json
from pathlib import Path
from typing import Any

from callcenter.domain import events as e
from callcenter.domain.outcomes import ToolOutcome
from callcenter.domain.tool import ToolResult
from callcenter.simulator.carrier import Leg, RestFault
from callcenter.telephony import rest
from tests.fakes.center import CALLER, OURS, Caller, Center, center
from tests.fakes.nodes import PUBLIC, dies, second_node
from tests.fakes.rooms import with_tool


def use(tool: str, **arguments: Any) -> str:
    """What a caller says to a model that obeys."""
    return f"use tool {tool} with {json.dumps(arguments)}"


TEXT = use("send_sms", text="Your code is K7M4X.")


async def tools_of(here: Center, call: Leg) -> list[tuple[str, str | None]]:
    story = await here.story(call)
    return [(one["tool"], one["outcome"]) for one in story["tool_calls"]]


async def test_a_caller_is_texted_at_the_number_they_call_from(tmp_path: Path) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks(TEXT)

        call = await here.call(script)
        [message] = here.carrier.messages
        assert (message["from"], message["to"]) == (OURS, CALLER)
        assert message["body"] == "Your code is K7M4X."
        assert await tools_of(here, call) == [("send_sms", "ok")]


async def test_a_text_that_is_asked_for_twice_is_sent_once(tmp_path: Path) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks(TEXT)
            caller.forgets()
            await caller.asks(use("send_sms", text=" Your code  is K7M4X."))

        call = await here.call(script)
        assert len(here.carrier.messages) == 1
        assert await tools_of(here, call) == [("send_sms", "ok")] * 2
        first, second = here.of(e.ToolReturned)
        assert first.output == second.output
        assert (first.done, second.done) == ("sent the caller a text", "")


async def test_an_intent_is_stored_before_anything_is_done(tmp_path: Path) -> None:
    stored: list[Any] = []
    async with center(tmp_path) as here:
        send = here.node.floor.house.ledger.flush

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks(TEXT)

        async def flush(timeout_s: float) -> bool:
            stored.append(len(here.carrier.messages))
            return await send(timeout_s)

        here.node.ledger.flush = flush  # type: ignore[method-assign]
        await here.call(script)
        assert stored[0] == 0
        assert len(here.carrier.messages) == 1


async def test_a_caller_who_hangs_up_does_not_stop_what_was_begun(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:
        over, begun = asyncio.Event(), asyncio.Event()

        async def slow(arguments: str) -> ToolResult:
            begun.set()
            await over.wait()
            return ToolResult('{"say":"Done."}', done="sent the caller a text")

        with_tool(here, "send_sms", slow)

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says(TEXT)
            await begun.wait()

        call = await here.call(script)
        await here.happened(e.CallEnded)
        await here.until(lambda: not here.model.open_sessions)
        assert here.of(e.ToolReturned) == []
        over.set()
        await here.happened(e.ToolReturned)
        assert await tools_of(here, call) == [("send_sms", "ok")]
        kinds = [type(fact.event) for fact in here.facts]
        assert kinds.index(e.CallEnded) < kinds.index(e.ToolReturned)


async def test_a_caller_who_hangs_up_stops_what_changes_nothing(tmp_path: Path) -> None:
    async with center(tmp_path) as here:
        begun, stopped = asyncio.Event(), asyncio.Event()

        async def slow(arguments: str) -> ToolResult:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                stopped.set()
            raise AssertionError

        with_tool(here, "search_knowledge", slow)

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says(use("search_knowledge", question="returns"))
            await begun.wait()

        call = await here.call(script)
        async with asyncio.timeout(5):
            await stopped.wait()
        await here.happened(e.CallEnded)
        assert await tools_of(here, call) == [("search_knowledge", None)]


async def test_the_next_node_knows_what_was_done(tmp_path: Path) -> None:
    async with center(tmp_path, public=PUBLIC) as here, second_node(here) as other:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks(TEXT)
            await here.happened(e.ToolReturned)
            caller.forgets()
            await dies(here, other, call)
            await other.happened(e.CallResumed)
            await caller.hears_agent()
            await caller.asks(TEXT)

        call = await here.call(script, wait=False)
        again = await other.happened(e.ToolReturned, 20)
        assert again.output == here.of(e.ToolReturned)[0].output
        assert len(here.carrier.messages) == 1
        call.phone.hang_up()
        await call.ended()
        await other.happened(e.CallEnded)


async def test_what_a_node_died_over_is_not_done_again_and_the_caller_is_told(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, public=PUBLIC) as here, second_node(here) as other:
        begun, never = asyncio.Event(), asyncio.Event()

        async def hangs(arguments: str) -> ToolResult:
            begun.set()
            await never.wait()
            raise AssertionError

        with_tool(here, "send_sms", hangs)

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says(TEXT)
            await begun.wait()
            caller.forgets()
            await dies(here, other, call)
            await other.happened(e.CallResumed)
            await caller.hears_agent()
            await caller.asks(TEXT)

        call = await here.call(script, wait=False)
        again = await other.happened(e.ToolReturned, 20)
        assert again.outcome is ToolOutcome.FAILED
        assert "nobody knows whether it was done" in again.output
        assert here.carrier.messages == []
        call.phone.hang_up()
        await call.ended()
        await other.happened(e.CallEnded)
        never.set()


async def test_a_text_that_twilio_swallowed_is_not_sent_again(
    tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(rest, "TIMEOUT_SECONDS", 0.3)
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            here.carrier.fail_next(RestFault.EXECUTED_THEN_HANG)
            await caller.asks(TEXT)
            caller.forgets()
            await caller.asks(TEXT)

        await here.call(script)
        first, second = here.of(e.ToolReturned)
        assert first.unsure
        assert "may come in a moment" in first.output
        assert first.output == second.output
        assert len(here.carrier.messages) == 1


async def test_a_text_that_was_refused_may_be_tried_again(tmp_path: Path) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            here.carrier.fail_next(RestFault.TOO_MANY)
            await caller.asks(TEXT)
            caller.forgets()
            await caller.asks(TEXT)

        await here.call(script)
        first, second = here.of(e.ToolReturned)
        assert (first.outcome, second.outcome) == (ToolOutcome.FAILED, ToolOutcome.OK)
        assert len(here.carrier.messages) == 1


async def test_a_call_texts_three_times_and_not_a_fourth(tmp_path: Path) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            for number in range(4):
                caller.forgets()
                await caller.asks(use("send_sms", text=f"Text {number}."))

        await here.call(script)
        outcomes = [one.outcome for one in here.of(e.ToolReturned)]
        assert outcomes == [ToolOutcome.OK] * 3 + [ToolOutcome.FAILED]
        assert len(here.carrier.messages) == 3


async def test_a_message_is_taken_once_however_often_it_is_given(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:
        message = use("take_message", message="Ring Ada.")

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks(message)
            caller.forgets()
            await caller.asks(message)

        await here.call(script)
        assert len(here.of(e.ToolReturned)) == 2
        assert [one.text for one in here.of(e.MessageTaken)] == ["Ring Ada."]


async def test_what_the_caller_heard_last_is_said_again(tmp_path: Path) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await here.happened(e.AgentSpoke)
            caller.forgets()
            await caller.asks(use("repeat_slowly"))

        await here.call(script)
        heard = here.of(e.AgentSpoke)[0].heard
        [again] = here.of(e.ToolReturned)
        assert heard
        assert json.loads(again.output)["say"] == heard
