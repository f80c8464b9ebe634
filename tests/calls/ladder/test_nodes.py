"""Callers in line, and the nodes that have them."""

from pathlib import Path

from callcenter.domain import events as e
from callcenter.domain.ids import CallId
from callcenter.domain.queueing import LineOutcome, QueueEntered, QueueLeft
from callcenter.simulator.carrier import Happening
from tests.calls.ladder.line import busy, hears_music, house, stays
from tests.fakes.nodes import PUBLIC, dies, lead, second_node


async def test_whose_node_dies_keeps_their_place_and_is_served_by_another(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, public=PUBLIC) as here, second_node(here) as other:
        talking = await busy(here)
        call = await here.call(stays, wait=False)
        entered = await here.happened(QueueEntered)
        await hears_music(call.phone)
        await dies(here, other, call)
        await other.until(lambda: other.node.floor._calls)
        talking.phone.hang_up()
        await other.happened(e.OperatorAnswered)
        await call.phone.happens(Happening.BRIDGED)
        assert other.of(QueueEntered) == [], "they never left it"
        (left,) = other.of(QueueLeft)
        assert left.outcome is LineOutcome.SERVED
        assert other.state(call).line is not None
        assert other.state(call).line.since == entered.since  # type: ignore[union-attr]
        call.phone.hang_up()
        await other.happened(e.CallEnded, times=2)
        lead(here.carrier, here.address)


async def test_a_caller_at_another_node_stands_in_the_same_line(tmp_path: Path) -> None:
    async with house(tmp_path, public=PUBLIC) as here, second_node(here) as other:
        await busy(here)
        first = await here.call(stays, wait=False)
        await here.happened(QueueEntered)
        queue = other.node.floor.house.queue
        assert queue is not None
        await other.until(lambda: queue.length() == 1)
        lead(here.carrier, other.address)
        second = await here.call(stays, wait=False)
        await other.happened(QueueEntered)
        place = queue.place(CallId(other.call_id(second)))
        assert place.number == 2
        second.phone.hang_up()
        await other.happened(e.CallEnded)
        lead(here.carrier, here.address)
        first.phone.hang_up()
