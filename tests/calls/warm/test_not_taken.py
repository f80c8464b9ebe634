"""Whoever does not press 1: the caller stays with the agent meanwhile."""

from pathlib import Path

import pytest

from callcenter.domain import consultation as c, events as e
from callcenter.domain.outcomes import AttemptOutcome
from callcenter.simulator.carrier import (
    Answers,
    Busy,
    Declines,
    NoAnswer,
    OperatorBehaviour,
    Scripted,
    Unreachable,
    Voicemail,
)
from callcenter.simulator.carrier.phone import Phone
from callcenter.simulator.carrier.records import Happening
from tests.calls.warm.people import (
    HELLO,
    legs,
    meets,
    outcomes,
    rung,
    wants_a_person,
    warm,
)
from tests.fakes.center import ADA, BEA, CAI, Caller

TAKES = Answers(after_s=0.2, talks=HELLO, hangs_up_after_s=0.1)
NOBODY: dict[str, OperatorBehaviour] = {ADA: Busy(), BEA: Busy(), CAI: Busy()}


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        (Declines(after_s=0.2), AttemptOutcome.DECLINED),
        (Busy(), AttemptOutcome.BUSY),
        (NoAnswer(), AttemptOutcome.NO_ANSWER),
        (Unreachable(), AttemptOutcome.FAILED),
        (Voicemail(after_s=0.2, greeting=HELLO), AttemptOutcome.VOICEMAIL),
    ],
    ids=["declined", "busy", "no answer", "failed", "voicemail"],
)
async def test_whoever_does_not_press_one_is_followed_by_the_next(
    tmp_path: Path, behaviour: OperatorBehaviour, outcome: AttemptOutcome
) -> None:
    async with warm(tmp_path, {ADA: behaviour, BEA: TAKES}) as here:
        call = await here.call(meets, wait=False)
        await call.ended()
        assert rung(here) == ["Ada", "Bea"]
        assert outcomes(here) == [outcome]
        assert len(here.of(e.StreamStarted)) == 1, "the caller stayed with the agent"
        assert len(here.of(c.CallerJoined)) == 1
        assert HELLO in call.phone.heard_from("bridge")


async def test_when_nobody_takes_the_call_the_agent_says_so_and_goes_on(
    tmp_path: Path,
) -> None:
    async with warm(tmp_path, NOBODY) as here:

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await here.happened(c.AgentWentOn)
            await here.until(
                lambda: any(
                    "could take the call just now" in one for one in here.voice.said
                )
            )
            # Heard to their end: else they would pass for the next answer.
            await here.happened(e.AgentSpoke, times=3)
            caller.forgets()
            await caller.asks("please take a message, my chain is broken again")

        call = await here.call(script)
        assert outcomes(here) == [AttemptOutcome.BUSY] * 3
        assert len(here.of(e.StreamStarted)) == 1
        assert len(here.of(e.EscalationFailed)) == 1
        story = await here.story(call)
        assert "chain is broken" in story["messages"][0]["text"]
        assert story["disposition"] == "voicemail"


async def test_the_caller_can_talk_with_the_agent_while_it_rings(
    tmp_path: Path,
) -> None:
    async with warm(tmp_path, {ADA: NoAnswer()}, hurry=1) as here:

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await here.happened(c.OperatorLegKnown)
            await caller.hears_agent()
            await caller.asks("what are your opening hours")

        await here.call(script)
        assert "what are your opening hours" in str(here.of(e.CallerSpoke))
        tools = [one.tool for one in here.of(e.ToolReturned)]
        assert "transfer_to_human" in tools
        assert len(here.of(e.AgentSpoke)) >= 3


async def test_all_operators_together_have_a_time(tmp_path: Path) -> None:
    rules = {"consult_s": 0.5}
    async with warm(tmp_path, {ADA: NoAnswer()}, hurry=1, rules=rules) as here:

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await here.happened(c.AgentWentOn)

        await here.call(script)
        assert rung(here) == ["Ada"]
        assert outcomes(here) == [AttemptOutcome.NO_ANSWER]
        (leg,) = legs(here)
        await leg.ended()
        assert leg.status == "canceled"


async def test_an_operator_hears_the_briefing_again_for_three(tmp_path: Path) -> None:
    async def listens(phone: Phone) -> None:
        await phone.happens(Happening.PROMPTED)
        phone.press("3")
        while len(phone.said_texts) < 2:
            await phone.waits(20)
        phone.press("1")
        await phone.happens(Happening.BRIDGED)
        phone.hang_up()

    async with warm(tmp_path, {ADA: Scripted(listens, after_s=0.2)}) as here:
        call = await here.call(meets, wait=False)
        await call.ended()
        (leg,) = legs(here)
        assert leg.phone.said_texts[0] == leg.phone.said_texts[1]
        assert len(here.of(e.OperatorLeft)) == 1


async def test_whom_the_guard_refuses_no_call_is_placed_to(tmp_path: Path) -> None:
    from dataclasses import replace

    from callcenter.domain.destinations import Refusal

    async with warm(tmp_path, {BEA: TAKES}) as here:
        house = here.node.floor.house

        def refuses(operator: object, caller: str) -> Refusal | None:
            ada = getattr(operator, "name", "") == "Ada"
            return Refusal.TOO_MANY if ada else None

        here.node.floor.house = replace(house, refuses=refuses)
        call = await here.call(meets, wait=False)
        await call.ended()
        assert outcomes(here) == [AttemptOutcome.REFUSED]
        assert [leg.to_number for leg in legs(here)] == [BEA]
