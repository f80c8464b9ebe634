"""Whoever listens hears every fact once, in order, and by its call."""

import asyncio
from collections.abc import Callable

from callcenter.assembly.broadcast import ALL_CALLS, broadcasting, channel_of
from callcenter.bus.local import LocalBus
from callcenter.domain.events import Fact
from callcenter.wire.facts import dump_line, load_lines
from tests.storage.story import call

Watcher = Callable[[Fact], None]


async def test_each_fact_is_told_once_in_order_and_by_its_call() -> None:
    bus, watchers = LocalBus(), list[Watcher]()
    ours, others = call("A"), call("B")
    async with (
        bus.subscribe(ALL_CALLS) as everything,
        bus.subscribe(channel_of("A")) as one,
        broadcasting(bus, watchers),
    ):
        for pair in zip(ours, others, strict=True):
            for fact in pair:
                watchers[0](fact)
        heard: list[Fact] = []
        async with asyncio.timeout(2):
            while len(heard) < len(ours):
                heard += load_lines(await anext(one))
            assert heard == ours
            heard = []
            while len(heard) < 2 * len(ours):
                heard += load_lines(await anext(everything))
    assert [fact for fact in heard if fact.call_id == "B"] == others


async def test_what_a_node_saw_last_is_told_before_it_is_gone() -> None:
    bus, watchers = LocalBus(), list[Watcher]()
    last = call("A")[-1]
    async with bus.subscribe(ALL_CALLS) as everything:
        async with broadcasting(bus, watchers):
            await asyncio.sleep(0)
            watchers[0](last)
        async with asyncio.timeout(2):
            assert load_lines(await anext(everything)) == [last]


def test_a_kind_that_is_not_known_costs_only_itself() -> None:
    first, second = call("A")[:2]
    strange = b'{"call_id":"A","sequence":9,"at":"2026-01-01T00:00:00Z",'
    lines = dump_line(first) + strange + b'"kind":"Unheard","data":{}}\n'
    assert load_lines(lines + dump_line(second)) == [first, second]
