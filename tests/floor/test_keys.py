"""Keys: what a caller wishes by them, and what is nobody's business."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from callcenter.domain import events as e
from callcenter.domain.notes import SEVERAL_KEYS, SINGLE_KEY
from callcenter.errors import ToolFailed
from callcenter.floor import keys as module
from callcenter.floor.keys import AFTER_ENTRY_MS, EARLY_MS, SLOWLY_MS, Keys

PERSON = "a person"
WAIT_SECONDS = 0.02


@dataclass
class Call:
    """A call without a line; and what came of its keys."""

    now_ms: int = 60_000
    talk: None = None
    known: list[str] = field(default_factory=list)
    facts: list[e.Event] = field(default_factory=list)
    pauses: list[bool] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    keys: Keys = field(init=False)

    def __post_init__(self) -> None:
        self.keys = Keys(self, menu=lambda _: False, person=self.person, tell=self.tell)

    def clock_ms(self) -> int:
        return self.now_ms

    def record(self, event: e.Event) -> None:
        self.facts.append(event)

    def start(self, errand: Coroutine[Any, Any, None]) -> None:
        self.tasks.add(asyncio.get_running_loop().create_task(errand))

    def pause_recording(self) -> None:
        self.pauses.append(True)

    def resume_recording(self) -> None:
        self.pauses.append(False)

    async def person(self) -> None:
        self.known.append(PERSON)

    async def tell(self, note: str) -> None:
        self.known.append(note)

    def press(self, digits: str) -> None:
        for digit in digits:
            self.keys.press(digit)

    async def settles(self) -> list[str]:
        """All that anybody was told, once the waiting is over."""
        if self.tasks:
            await asyncio.wait(self.tasks)
        return self.known


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEYS_SECONDS", WAIT_SECONDS)


async def test_a_single_key_is_told_and_of_several_only_how_many() -> None:
    call = Call()
    call.press("3")
    assert await call.settles() == [SINGLE_KEY.format(key="3")]
    call.now_ms += SLOWLY_MS + 1
    call.press("274")
    assert (await call.settles())[1:] == [SEVERAL_KEYS.format(count=3)]


async def test_a_number_that_is_typed_slowly_is_not_told_key_by_key() -> None:
    call = Call()
    for digit in "2749":
        call.press(digit)
        await call.settles()
        call.now_ms += SLOWLY_MS
    counts = [SEVERAL_KEYS.format(count=count) for count in (2, 3, 4)]
    assert call.known == [SINGLE_KEY.format(key="2"), *counts]
    assert await call.keys.collect(4, 1) == "2749"


@pytest.mark.parametrize("typed", ["0", "00"])
async def test_nothing_but_0_is_a_wish_for_a_person(typed: str) -> None:
    call = Call()
    call.press(typed)
    assert await call.settles() == [PERSON]


async def test_a_number_that_begins_with_0_rings_nobody() -> None:
    call = Call()
    call.press("0749")
    assert await call.settles() == [SEVERAL_KEYS.format(count=4)]


async def test_what_is_typed_before_anybody_asks_belongs_to_who_asks() -> None:
    call = Call()
    call.press("07")
    with call.keys.secret():
        assert call.pauses == [True]
        call.press("4")
        await asyncio.sleep(WAIT_SECONDS * 3)
        call.press("9#")
        assert await call.keys.collect(8, 1) == "0749"
        call.press("5")  # while it is judged: nobody's
    assert call.pauses == [True, False]
    assert await call.settles() == []
    assert len(call.facts) == 2


async def test_the_answer_to_a_menu_is_no_part_of_a_number() -> None:
    call = Call()
    call.press("1")
    await call.settles()
    with call.keys.secret():
        call.press("2749")
        assert await call.keys.collect(4, 1) == "2749"


async def test_what_was_typed_long_ago_is_no_part_of_a_number() -> None:
    call = Call()
    call.press("55")
    await call.settles()
    call.now_ms += EARLY_MS + 1
    with call.keys.secret():
        call.press("2749")
        assert await call.keys.collect(4, 1) == "2749"


async def test_two_cannot_ask_at_once() -> None:
    call = Call()
    with call.keys.secret():
        async with asyncio.TaskGroup() as tasks:
            first = tasks.create_task(call.keys.collect(2, 1))
            await asyncio.sleep(0)
            with pytest.raises(ToolFailed):
                await call.keys.collect(2, 1)
            call.press("12")
        assert first.result() == "12"


async def test_late_keys_are_nobodys_until_a_while_after_the_last() -> None:
    call = Call()
    assert await call.keys.collect(4, 0.01) == ""
    for _ in range(3):
        call.now_ms += AFTER_ENTRY_MS - 1
        call.press("7")
    assert call.facts == []
    call.now_ms += AFTER_ENTRY_MS
    call.press("7")
    assert await call.settles() == [SINGLE_KEY.format(key="7")]
