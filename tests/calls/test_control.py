"""What agents may do with the call itself, in whole calls."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from callcenter.domain import events as e
from callcenter.domain.language_facts import LanguageChosen
from callcenter.domain.outcomes import ToolOutcome
from callcenter.simulator.model.scene import CallTool
from tests.fakes.center import Caller, center
from tests.fakes.obedience import obedient, tool


def use(tool: str, **arguments: Any) -> str:
    """What a caller says to a model that obeys."""
    return f"use tool {tool} with {json.dumps(arguments)}"


DIGITS = "4755598765"


async def test_typed_digits_reach_the_people_of_the_house_and_no_model(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says(use("collect_digits", purpose="callback_number"))
            await here.happened(e.ToolCalled)
            caller.phone.press(f"{DIGITS}#")
            await here.happened(e.ToolReturned)
            caller.forgets()
            await caller.hears_agent()

        call = await here.call(script)
        [returned] = here.of(e.ToolReturned)
        assert json.loads(returned.output)["digits_received"] == len(DIGITS)
        assert here.of(e.KeyPressed) == []
        told = json.dumps([item.to_json() for item in here.session.items])
        assert DIGITS not in told
        assert " ".join(DIGITS) not in told
        [message] = (await here.story(call))["messages"]
        assert DIGITS in message["text"]


async def test_a_caller_goes_on_in_a_language_that_the_card_declares(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks(use("switch_language", language="Norwegian"))
            caller.forgets()
            await caller.asks(use("switch_language", language="Japanese"))

        await here.call(script)
        assert [one.language for one in here.of(LanguageChosen)] == ["nb"]
        outcomes = [one.outcome for one in here.of(e.ToolReturned)]
        assert outcomes == [ToolOutcome.OK, ToolOutcome.REFUSED]


async def test_who_hangs_up_while_typing_leaves_nothing_behind(tmp_path: Path) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says(use("collect_digits", purpose="callback_number"))
            await here.happened(e.ToolCalled)
            caller.phone.press("47")
            await asyncio.sleep(0.1)

        await here.call(script)
        await here.happened(e.CallEnded)
        assert here.of(e.MessageTaken) == []
        assert here.of(e.ToolReturned) == []


@pytest.mark.parametrize(
    "leaves",
    [tool("end_call", reason="done"), tool("transfer_to_human", reason="brakes")],
)
async def test_who_uses_one_more_tool_still_gets_to_say_the_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leaves: CallTool
) -> None:
    model = obedient(monkeypatch)
    go = model.order("go", leaves, tool("get_current_time"), "So long, and goodbye.")
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says(go)
            await here.until(
                lambda: any("goodbye" in one.heard for one in here.of(e.AgentSpoke))
            )

        await here.call(script)
