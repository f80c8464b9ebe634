"""What a caller may ask of any agent, whatever the matter is."""

import asyncio
import json
from pathlib import Path
from typing import Any

from callcenter.domain import events as e
from callcenter.domain.language_facts import LanguageChosen
from callcenter.domain.tool import ToolResult
from tests.fakes.center import CALLER, Caller, center
from tests.fakes.rooms import with_tool
from tests.fakes.trouble import QUICK


def use(tool: str, **arguments: Any) -> str:
    """What a caller says to a model that obeys."""
    return f"use tool {tool} with {json.dumps(arguments)}"


async def test_a_message_is_asked_for_taken_word_for_word_and_stored(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("please take a message")
            assert here.of(e.MessageTaken) == []
            await caller.asks("my bicycle is red and it is late")

        call = await here.call(script)
        [message] = (await here.story(call))["messages"]
        assert message["text"] == "My bicycle is red and it is late"


async def test_a_callback_goes_to_the_number_that_called(tmp_path: Path) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("please call me back tomorrow")

        call = await here.call(script)
        story = await here.story(call)
        [callback] = story["callbacks"]
        assert callback["when"] == "tomorrow"
        assert story["caller_number"] == CALLER


async def test_another_number_that_the_model_makes_up_gets_no_text(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks(use("send_sms", text="Hello.", to="+15005550199"))
            caller.forgets()
            await caller.asks(use("send_sms", text="Hello."))

        await here.call(script)
        assert [one["to"] for one in here.carrier.messages] == [CALLER]


async def test_what_is_repeated_slowly_has_its_code_letter_by_letter(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:

        async def tells(_: str) -> ToolResult:
            return ToolResult(json.dumps({"say": "Your code is K7M4X."}))

        with_tool(here, "search_knowledge", tells)

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("what are your opening hours")
            await here.happened(e.AgentSpoke, times=2)
            caller.forgets()
            await caller.asks("can you repeat that")

        await here.call(script)
        assert here.voice.said[-2:] == [
            "Your code is K7M4X.",
            "Your code is K, 7, M, 4, X.",
        ]


async def test_who_speaks_norwegian_hears_norwegian_while_a_tool_works(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, settings=QUICK) as here:
        over = asyncio.Event()

        async def slow(_: str) -> ToolResult:
            await over.wait()
            return ToolResult(json.dumps({"say": "Vi åpner klokken ni."}))

        with_tool(here, "search_knowledge", slow, filler="One moment.")

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks(use("switch_language", language="norsk"))
            await here.happened(LanguageChosen)
            caller.forgets()
            await caller.says("what are your opening hours")
            await here.until(lambda: "Et øyeblikk." in here.voice.said)
            await caller.hears_agent()
            over.set()
            caller.forgets()
            await caller.hears_agent()

        await here.call(script)
        assert "One moment." not in here.voice.said
        assert here.voice.said[-1] == "Vi åpner klokken ni."
