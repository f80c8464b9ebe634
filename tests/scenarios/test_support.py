"""A caller with a question or a complaint, and the people who hear of it."""

import json
from pathlib import Path
from typing import Any

from callcenter.domain import events as e
from callcenter.simulator.carrier import Answers, Happening
from callcenter.tools.spoken import spelled
from tests.fakes.center import ADA, Caller, Center, center
from tests.fakes.speech import SENTENCE


def answer(here: Center, tool: str) -> dict[str, Any]:
    [returned] = [one for one in here.of(e.ToolReturned) if one.tool == tool]
    found: dict[str, Any] = json.loads(returned.output)
    return found


async def test_a_question_is_answered_from_an_article_by_who_knows_them(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("can i return a bicycle")

        await here.call(script)
        [handoff] = here.of(e.AgentHandedOff)
        assert handoff.to_agent == "support"
        first, *_ = answer(here, "search_knowledge")["passages"]
        assert first["source"] == "returns-and-refunds.md"
        spoken = here.of(e.AgentSpoke)[-1]
        assert spoken.agent == "support"
        assert spoken.heard.startswith("A bicycle may be returned within fourteen days")


async def test_what_nobody_wrote_down_is_not_known_and_becomes_a_ticket(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("can you repair a boat")
            assert "nothing written down about that" in here.voice.said[-1]
            await caller.asks("yes please")

        call = await here.call(script)
        assert answer(here, "search_knowledge")["passages"] == []
        ticket = answer(here, "open_ticket")
        assert ticket["summary"] == "Can you repair a boat"
        assert spelled(ticket["code"]) in here.voice.said[-1]
        assert [one["tool"] for one in (await here.story(call))["tool_calls"]] == [
            "search_knowledge",
            "open_ticket",
        ]


async def test_the_operator_hears_the_ticket_s_code_whatever_was_done_since(
    tmp_path: Path,
) -> None:
    takes = Answers(after_s=0.2, talks=SENTENCE, hangs_up_after_s=0.1)
    async with center(tmp_path, operators={ADA: takes}) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("my new bike has a broken gear i want a refund")
            for text in ("One.", "Two.", "Three.", "Four."):
                more = json.dumps({"message": text})
                await caller.asks(f"use tool take_message with {more}")
            await caller.says("i want to talk to a person")
            await caller.phone.happens(Happening.BRIDGED)
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(script, wait=False)
        await call.ended()
        code = spelled(answer(here, "open_ticket")["code"])
        [leg] = here.carrier.legs_of(call)
        assert f"opened ticket {code}" in leg.phone.said_texts[0]
        assert f"opened ticket {code}" in here.of(e.OperatorBriefed)[0].briefing
