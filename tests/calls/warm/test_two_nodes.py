"""Two nodes: an operator's call asks either, and one may die while it rings."""

from pathlib import Path

from callcenter.domain import consultation as c, events as e
from callcenter.simulator.carrier import Answers, Happening
from tests.calls.warm.people import HELLO, outcomes, wants_a_person, warm
from tests.fakes.center import ADA, Caller
from tests.fakes.nodes import PUBLIC, dies, lead, second_node, tear

LATER = Answers(after_s=4, talks=HELLO, hangs_up_after_s=0.2)


async def test_an_operators_call_may_be_answered_where_the_caller_is_not(
    tmp_path: Path,
) -> None:
    async with (
        warm(tmp_path, {ADA: LATER}, hurry=4, public=PUBLIC) as here,
        second_node(here) as other,
    ):

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await here.happened(c.OperatorLegKnown)
            assert await here.node.ledger.flush(5)
            lead(here.carrier, other.address)
            await other.happened(c.OperatorWaits)
            lead(here.carrier, here.address)
            await caller.phone.happens(Happening.BRIDGED)
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(script, wait=False)
        await call.ended()
        assert len(here.of(c.CallerSent)) == 1, "who has the caller, moves them"
        assert len(here.of(c.CallerJoined)) == 1
        assert not other.of(e.StreamStarted)
        assert not other.of(e.CallEnded)
        assert HELLO in call.phone.heard_from("bridge")
        story = await here.story(call)
        (attempt,) = story["escalations"][0]["attempts"]
        assert attempt["outcome"] == "accepted"


async def test_a_node_that_dies_while_it_rings_leaves_the_transfer_to_another(
    tmp_path: Path,
) -> None:
    async with (
        warm(tmp_path, {ADA: LATER}, hurry=2, public=PUBLIC) as here,
        second_node(here) as other,
    ):

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await here.happened(c.OperatorLegKnown)
            await dies(here, other, call)
            await caller.phone.happens(Happening.BRIDGED)
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(script, wait=False)
        await call.ended()
        assert len(other.of(c.CallerJoined)) == len(other.of(e.OperatorLeft)) == 1
        assert outcomes(other) == []
        assert HELLO in call.phone.heard_from("bridge")
        assert len(here.of(e.OperatorCalled)) == 1
        assert other.of(e.OperatorCalled) == []


async def test_a_stream_that_breaks_while_it_rings_is_taken_up(tmp_path: Path) -> None:
    async with warm(tmp_path, {ADA: LATER}, hurry=2) as here:

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await here.happened(c.OperatorLegKnown)
            await tear(call)
            await meets_after(caller)

        async def meets_after(caller: Caller) -> None:
            await here.happened(e.StreamStarted, times=2)
            await caller.phone.happens(Happening.BRIDGED)
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(script, wait=False)
        await call.ended()
        assert len(here.of(c.CallerJoined)) == 1
        assert outcomes(here) == []
