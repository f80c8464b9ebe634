"""A caller and the appointment book: found, booked, moved, cancelled, waited for."""

import json
from pathlib import Path
from typing import Any

import pytest

from callcenter.assembly import errands
from callcenter.domain import events as e
from callcenter.domain.outcomes import ToolOutcome
from callcenter.simulator.carrier import Leg
from callcenter.storage import offers
from callcenter.tools.spoken import spelled
from tests.fakes.center import CALLER, Caller, Center, center

SERVICE = "bicycle service"
FREE_NEXT_WEEK = ("find_free_slots", {"service": SERVICE, "day": "next week"})
STANDS = 2
"""The house's: so many bicycles are served at once."""


def use(tool: str, **arguments: Any) -> str:
    """What a caller says to a model that obeys."""
    return f"use tool {tool} with {json.dumps(arguments)}"


async def looks_for_a_time(caller: Caller) -> None:
    """Be with the agent who keeps the calendar, and hear what is free next week."""
    await caller.hears_agent()
    await caller.asks("what services do you offer")
    await caller.asks(use(FREE_NEXT_WEEK[0], **FREE_NEXT_WEEK[1]))


def answers(here: Center, tool: str, call: Leg | None = None) -> list[dict[str, Any]]:
    return [
        json.loads(one.output)
        for one in here.of(e.ToolReturned, call)
        if one.tool == tool
    ]


async def test_an_appointment_is_booked_moved_and_cancelled_in_one_call(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await looks_for_a_time(caller)
            await caller.asks("the first one please the name is anna berg b e r g")
            assert "spelled B, E, R, G. Shall I book it?" in here.voice.said[-1]
            assert answers(here, "book_appointment") == []
            await caller.asks("yes please")
            await caller.asks("move my appointment")
            await caller.asks("the last one please")
            await caller.asks("cancel my appointment")

        call = await here.call(script)
        slots = answers(here, "find_free_slots")[0]["slots"]
        [booked] = answers(here, "book_appointment")
        [moved] = answers(here, "move_appointment")
        [gone] = answers(here, "cancel_appointment")
        assert booked["name"] == "Anna Berg"
        assert [booked["start"], moved["start"]] == [slots[0], slots[-1]]
        assert booked["code"] == moved["code"] == gone["code"]
        assert gone["cancelled"] is True
        code = f"Your code is {spelled(booked['code'])}."
        assert sum(code in text for text in here.voice.said) == 2
        outcomes = [one["outcome"] for one in (await here.story(call))["tool_calls"]]
        assert set(outcomes) == {"ok"}


async def test_a_time_that_another_caller_took_meanwhile_is_not_booked_twice(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:

        async def takes_the_first(caller: Caller) -> None:
            await looks_for_a_time(caller)
            start = answers(here, "find_free_slots")[0]["slots"][0]
            for stand in range(STANDS):
                name = f"Quick {stand}"
                await caller.asks(
                    use("book_appointment", service=SERVICE, start=start, name=name)
                )

        async def script(caller: Caller) -> None:
            await looks_for_a_time(caller)
            await here.call(takes_the_first)
            caller.forgets()
            await caller.asks("the first one please the name is anna berg")
            await caller.asks("the last one please the name is anna berg")

        slow = await here.call(script)
        tried = [
            one
            for one in here.of(e.ToolReturned, slow)
            if one.tool == "book_appointment"
        ]
        assert [one.outcome for one in tried] == [ToolOutcome.FAILED, ToolOutcome.OK]
        refused, booked = answers(here, "book_appointment", slow)
        wanted = answers(here, "find_free_slots")[0]["slots"][0]
        assert wanted not in refused["slots"]
        assert booked["start"] == refused["slots"][-1]
        assert refused["say"] in here.voice.said


async def test_a_freed_time_is_offered_by_text_to_who_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (errands, offers):  # whenever this test runs
        monkeypatch.setattr(module, "is_decent", lambda _: True)
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await looks_for_a_time(caller)
            start = answers(here, "find_free_slots")[0]["slots"][0]
            day, clock = start.split("T")
            for name in ("Anna", "Bea"):
                await caller.asks(
                    use("book_appointment", service=SERVICE, start=start, name=name)
                )
            wish = {"service": SERVICE, "name": "Cleo", "day": day}
            await caller.asks(
                use("join_waiting_list", **wish, time_of_day=f"before {clock[:2]}:30")
            )
            assert "we send a text message" in here.voice.said[-1]
            assert here.carrier.messages == []
            code = answers(here, "book_appointment")[0]["code"]
            await caller.asks(use("cancel_appointment", code=code))
            await here.until(lambda: here.carrier.messages, timeout_s=8)
            await caller.asks(use("find_my_appointments"))

        await here.call(script)
        [offer] = here.carrier.messages
        assert offer["to"] == CALLER
        [kept] = answers(here, "find_my_appointments")[0]["kept_for_you"]
        assert kept["code"] in str(offer["body"])
        assert kept["start"] == answers(here, "find_free_slots")[0]["slots"][0]
