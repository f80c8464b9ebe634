"""Callers who do not wait to the end: each way out of the line."""

from pathlib import Path

from callcenter.domain import events as e, voicemail as v
from callcenter.domain.outcomes import Disposition
from callcenter.domain.queueing import LineOutcome, QueueEntered, QueueLeft
from callcenter.simulator.carrier import Happening
from tests.calls.ladder.line import busy, hears, hears_music, house, stays
from tests.fakes.center import Caller, Center


def left(here: Center) -> list[LineOutcome]:
    return [one.outcome for one in here.of(QueueLeft)]


async def test_one_keeps_the_place_for_a_callback(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        await busy(here)

        async def calls_back(caller: Caller) -> None:
            await hears_music(caller.phone)
            caller.phone.press("1")
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(calls_back, wait=False)
        await call.ended()
        assert "keep your place in line" in call.phone.said_texts[-1]
        (entered,) = here.of(QueueEntered)
        (wished,) = here.of(e.CallbackRequested)
        assert (wished.queued_at, wished.topic) == (entered.since, "general")
        assert left(here) == [LineOutcome.CALLBACK]
        await here.happened(e.CallEnded)
        assert here.of(e.CallEnded, call)[0].disposition is Disposition.CALLBACK


async def test_two_leads_to_the_tone(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        await busy(here)

        async def speaks(caller: Caller) -> None:
            await hears_music(caller.phone)
            caller.phone.press("2")
            await caller.phone.happens(Happening.RECORDING)

        await here.call(speaks)
        assert left(here) == [LineOutcome.VOICEMAIL]
        assert len(here.of(v.VoicemailBegan)) == 1


async def test_three_means_nothing_where_there_are_no_agents(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        await busy(here)

        async def presses(caller: Caller) -> None:
            await hears_music(caller.phone)
            caller.phone.press("3")
            await caller.phone.waits(300)

        await here.call(presses)
        await here.happened(QueueLeft)
        assert left(here) == [LineOutcome.ABANDONED]


async def test_who_hangs_up_in_line_has_given_up_and_it_is_known_how_long_they_waited(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as here:
        await busy(here)

        async def waits(caller: Caller) -> None:
            await hears_music(caller.phone)

        call = await here.call(waits)
        await here.happened(e.CallEnded)
        (gone,) = here.of(QueueLeft)
        assert (gone.outcome, gone.waited_s) == (LineOutcome.ABANDONED, 0)
        assert here.of(e.CallEnded, call)[0].disposition is Disposition.ABANDONED
        assert here.node.floor.house.queue is not None
        assert here.node.floor.house.queue.length() == 0


async def test_who_has_waited_too_long_is_offered_what_is_left_and_gets_the_tone(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, rules={"line_s": 0.3}) as here:
        await busy(here)

        async def waits(caller: Caller) -> None:
            await hears(caller.phone, "none of my colleagues has become free")
            await caller.phone.happens(Happening.RECORDING)

        await here.call(waits)
        assert left(here) == [LineOutcome.TOO_LONG]
        assert len(here.of(v.VoicemailBegan)) == 1


async def test_a_full_line_takes_nobody(tmp_path: Path) -> None:
    async with house(tmp_path, rules={"most_waiting": 1}) as here:
        await busy(here)
        await here.call(stays, wait=False)
        await here.happened(QueueEntered)

        async def comes_late(caller: Caller) -> None:
            await caller.phone.happens(Happening.RECORDING)

        await here.call(comes_late)
        assert len(here.of(QueueEntered)) == 1


async def test_with_more_in_line_than_can_be_served_nobody_is_rung_for_those_who_come(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, rules={"crowded": 0}) as here:
        await busy(here)
        await here.call(stays, wait=False)
        await here.happened(QueueEntered)
        await here.call(stays, wait=False)
        await here.happened(QueueEntered, times=2)
        assert len(here.of(e.OperatorCalled)) == 1


async def test_the_whole_way_to_a_person_has_an_end(tmp_path: Path) -> None:
    async with house(tmp_path, rules={"ladder_s": 0.0}) as here:

        async def wants_somebody(caller: Caller) -> None:
            await caller.phone.happens(Happening.RECORDING)

        await here.call(wants_somebody)
        assert here.of(e.OperatorCalled) == []
        assert here.of(QueueEntered) == []
