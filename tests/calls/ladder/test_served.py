"""Callers in line reach an operator, in the order in which they came."""

from pathlib import Path

import pytest

from callcenter.domain import events as e
from callcenter.domain.outcomes import Disposition
from callcenter.domain.queueing import LineOutcome, QueueEntered, QueueLeft
from callcenter.simulator.carrier import Declines, Happening, NoAnswer, RestFault
from tests.calls.ladder.line import busy, hears, hears_music, house, stays
from tests.fakes.center import ADA, Caller


async def test_who_finds_everybody_busy_hears_music_and_gets_the_next_who_is_free(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as here:
        first = await busy(here)

        async def waits(caller: Caller) -> None:
            await hears_music(caller.phone)
            first.phone.hang_up()
            await caller.phone.happens(Happening.BRIDGED)

        call = await here.call(waits)
        said = await hears(call.phone, "first in line")
        assert "All my colleagues are busy" in said
        assert "in a few minutes" in said, "nobody can know how long"
        assert "press 1" in said
        assert "press 2" in said
        assert "press 3" not in said, "there is no agent to go back to"
        texts = call.phone.said_texts
        assert "A colleague is free now" in texts[-1]
        assert texts[-2].startswith("[plays http")
        assert texts[-2].endswith("/sounds/hold.wav]")
        assert len(here.of(QueueEntered)) == 1
        (left,) = here.of(QueueLeft)
        assert left.outcome is LineOutcome.SERVED
        ended = here.of(e.CallEnded, call)
        assert [one.disposition for one in ended] == [Disposition.ESCALATED]
        assert here.carrier.warnings == []


async def test_the_first_who_came_is_the_first_who_is_served(tmp_path: Path) -> None:
    async with house(tmp_path, rules={"tell_s": 0.1}) as here:
        talking = await busy(here)
        second = await here.call(stays, wait=False)
        await here.happened(QueueEntered)
        third = await here.call(stays, wait=False)
        await here.happened(QueueEntered, times=2)
        await hears(third.phone, "number two in line")
        talking.phone.hang_up()
        await second.phone.happens(Happening.BRIDGED)
        await hears(third.phone, "first in line")
        second.phone.hang_up()
        await third.phone.happens(Happening.BRIDGED)
        third.phone.hang_up()


async def test_an_operator_who_does_not_take_the_call_costs_nobody_their_place(
    tmp_path: Path,
) -> None:
    """And it rings on for whoever stands behind: the operator is free for those."""
    async with house(tmp_path) as here:
        call = await here.call(stays, wait=False)
        await here.happened(e.OperatorAnswered)
        second = await here.call(stays, wait=False)
        entered = await here.happened(QueueEntered)
        here.carrier.operators[ADA] = Declines(after_s=0.2, thinks_s=0.0)
        call.phone.hang_up()
        again = await here.happened(QueueEntered, times=2)
        assert (again.since, again.tried) == (entered.since, ("Ada",))
        assert len(here.of(e.AttemptEnded, second)) == 1
        second.phone.hang_up()


async def test_whose_telephone_rings_for_one_caller_is_not_rung_for_another(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, operators={ADA: NoAnswer()}) as here:
        await here.call(stays, wait=False)
        await here.happened(e.OperatorCalled)
        await here.call(stays, wait=False)
        await here.happened(QueueEntered)
        assert len(here.of(e.OperatorCalled)) == 1


@pytest.mark.parametrize("fault", [RestFault.SERVER_ERROR, RestFault.TOO_MANY])
async def test_whose_turn_it_is_is_put_through_though_the_network_cannot_be_asked(
    tmp_path: Path, fault: RestFault
) -> None:
    """The question after the music finds out the same."""
    async with house(tmp_path) as here:
        first = await busy(here)

        async def waits(caller: Caller) -> None:
            await hears_music(caller.phone)
            here.carrier.fail_next(fault)
            first.phone.hang_up()
            await caller.phone.happens(Happening.BRIDGED)

        call = await here.call(waits)
        assert len(here.carrier.legs_of(call)) == 1
