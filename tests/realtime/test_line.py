"""The caller's end: it outlives sessions, and knows what was heard of each."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from callcenter.bridge.patience import Due, Limits
from callcenter.bridge.run import Heard
from callcenter.domain.ids import ItemId, ResponseId
from callcenter.realtime import line as lines
from callcenter.realtime.line import CallerLine
from callcenter.realtime.sounds import CHIME
from callcenter.wire.media import Clear, Digit, Frame, Mark, MarkEcho, Media, Stopped
from tests.fakes.wires import STARTED, Socket

HELLO, ANSWER = ItemId("hello"), ItemId("answer")
R1 = ResponseId("r1")
VOICE = b"\x10" * 800  # 100 ms
CALLER = b"\x20" * 160


@dataclass
class Session:
    """A model's session, as the line sees it."""

    listened: bytes = b""
    forgot: list[tuple[ItemId, int]] = field(default_factory=list)
    reported: list[Heard] = field(default_factory=list)
    began: list[ItemId] = field(default_factory=list)

    def hear_now(self, audio: bytes) -> bool:
        return False  # it likes to be waited for

    async def hear(self, audio: bytes) -> None:
        self.listened += audio

    async def truncate(self, item_id: ItemId, heard_ms: int) -> None:
        self.forgot.append((item_id, heard_ms))

    def heard(self, heard: Heard) -> None:
        self.reported.append(heard)

    def audible(self, item_id: ItemId, wait_ms: int) -> None:
        self.began.append(item_id)


@dataclass
class Stage:
    """A line that is being served, and what became of it."""

    line: CallerLine
    socket: Socket
    dues: list[Due]
    keys: list[str]
    now_ms: int = 0
    reason: str = ""

    def sent(self, kind: type) -> list[object]:
        return [one for one in self.socket.sent if isinstance(one, kind)]

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(2):
            while not true():  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    async def plays_all(self) -> None:
        """The phone plays what it was sent, and says so."""
        await asyncio.sleep(0.02)
        for at, mark in enumerate(self.sent(Mark)):
            assert isinstance(mark, Mark)
            self.socket.hears(Frame(1_000 + 20 * at, CALLER))
            self.socket.hears(MarkEcho(mark.name))
        await asyncio.sleep(0.02)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "TICK_SECONDS", 0.01)


@asynccontextmanager
async def served(limits: Limits | None = None) -> AsyncIterator[Stage]:
    dues: list[Due] = []
    keys: list[str] = []
    line = CallerLine(
        clock=lambda: stage.now_ms,
        on_key=keys.append,
        on_due=dues.append,
        limits=limits,
    )
    stage = Stage(line, Socket(), dues, keys)

    async def serve() -> None:
        stage.reason = await line.serve(stage.socket, STARTED)

    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(serve())
        yield stage
        line.end()
        await asyncio.wait([serving], timeout=2)


async def says(
    stage: Stage, party: Session, item_id: ItemId, *, more: bool = False
) -> None:
    """One whole response."""
    await stage.line.response_began(party, R1)
    await stage.line.play(party, item_id, R1, VOICE)
    await stage.line.item_ended(party, item_id)
    await stage.line.response_ended(party, R1, more=more)


async def test_what_the_caller_says_waits_for_the_next_session() -> None:
    async with served() as stage:
        first, second = Session(), Session()
        await stage.line.connect(first)
        await stage.line.disconnect(first)
        stage.socket.hears(Frame(20, CALLER))
        await asyncio.sleep(0.03)
        assert first.listened == b""
        await stage.line.connect(second)
        await stage.until(lambda: second.listened == CALLER)


async def test_what_a_session_had_said_is_heard_out_after_its_end() -> None:
    async with served() as stage:
        first, second = Session(), Session()
        await stage.line.connect(first)
        await says(stage, first, HELLO)
        await stage.line.disconnect(first)
        await stage.line.connect(second)
        assert not stage.line.quiet
        await stage.plays_all()
        assert first.reported == [Heard(HELLO, 100, 100)]
        assert stage.sent(Clear) == []


async def test_who_left_has_no_say_any_more() -> None:
    async with served() as stage:
        first, second = Session(), Session()
        await stage.line.connect(first)
        await stage.line.connect(second)
        await says(stage, first, HELLO)
        await stage.line.interrupt(first)
        assert stage.line.quiet
        await asyncio.sleep(0.02)
        assert stage.socket.sent == []


async def test_a_barge_in_on_words_of_a_session_that_left_truncates_nothing() -> None:
    """The next one never said them; it was told what was heard as history."""
    async with served() as stage:
        first, second = Session(), Session()
        await stage.line.connect(first)
        await says(stage, first, HELLO)
        await stage.line.connect(second)
        await stage.line.interrupt(second)
        await stage.until(lambda: stage.sent(Clear))
        await stage.plays_all()
        assert first.forgot == second.forgot == []
        assert [one.item_id for one in first.reported] == [HELLO]


async def test_a_sound_of_our_own_is_played_and_is_no_answer() -> None:
    async with served(Limits(fill_ms=500, give_up_ms=1_000)) as stage:
        await stage.line.connect(Session())
        stage.line.owe()
        await stage.line.play_sound(CHIME)
        await stage.until(lambda: stage.sent(Media))
        stage.now_ms = 1_000
        await stage.until(lambda: Due.GIVE_UP in stage.dues)


async def test_a_caller_who_just_arrived_is_owed_something() -> None:
    async with served(Limits(fill_ms=500)) as stage:
        await stage.line.connect(Session())
        await asyncio.sleep(0.02)
        stage.now_ms = 500
        await stage.until(lambda: stage.dues == [Due.FILL])


async def test_keys_are_passed_on_one_by_one() -> None:
    async with served() as stage:
        for digit in "42#":
            stage.socket.hears(Digit(digit))
        await stage.until(lambda: stage.keys == ["4", "2", "#"])


async def test_nonsense_is_counted_and_the_stream_goes_on() -> None:
    async with served() as stage:
        session = Session()
        await stage.line.connect(session)
        stage.socket._messages.put_nowait("this is not JSON")
        stage.socket.hears(STARTED)
        stage.socket.hears(Frame(20, CALLER))
        await stage.until(lambda: session.listened == CALLER)
        assert (stage.line.malformed, stage.line.frames) == (2, 1)


async def test_a_stream_that_stops_says_so() -> None:
    async with served() as stage:
        stage.socket.hears(Stopped())
        await stage.until(lambda: stage.reason == "the stream stopped")


async def test_a_stream_without_media_ends_and_one_with_media_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "NO_AUDIO_SECONDS", 0.2)
    async with served() as stage:
        for at in range(20):
            stage.socket.hears(Frame(20 * at, CALLER))
            await asyncio.sleep(0.02)
        assert stage.reason == ""
        await stage.until(lambda: stage.reason == "no audio came from the caller")


async def test_when_the_stream_ends_it_is_known_of_each_item_what_was_heard() -> None:
    async with served() as stage:
        session = Session()
        await stage.line.connect(session)
        await says(stage, session, HELLO)
        stage.socket.hears(Stopped())
        await stage.until(lambda: stage.reason)
        assert [one.item_id for one in session.reported] == [HELLO]
        assert not session.reported[0].whole


async def test_the_callers_turn_comes_when_all_was_heard_and_nothing_is_owed() -> None:
    async with served() as stage:
        session = Session()
        await stage.line.connect(session)
        stage.line.owe()
        async with asyncio.TaskGroup() as tasks:
            turn = tasks.create_task(stage.line.callers_turn())
            await asyncio.sleep(0.03)
            assert not turn.done(), "an answer is owed"
            await says(stage, session, ANSWER)
            await asyncio.sleep(0.03)
            assert not turn.done(), "the answer is still heard"
            await stage.plays_all()
            await asyncio.wait([turn], timeout=1)
            assert turn.done()


async def test_last_words_are_over_when_they_were_heard() -> None:
    async with served() as stage:
        session = Session()
        await stage.line.connect(session)
        async with asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(stage.line.last_words(timeout_s=5))
            await asyncio.sleep(0.02)
            await says(stage, session, HELLO)
            await asyncio.sleep(0.02)
            assert not waiting.done()
            await stage.plays_all()
            await asyncio.wait([waiting], timeout=1)
            assert waiting.done()


async def test_neither_a_filler_nor_a_bare_tool_call_is_a_last_word() -> None:
    async with served() as stage:
        session = Session()
        await stage.line.connect(session)
        async with asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(stage.line.last_words(timeout_s=5))
            await asyncio.sleep(0.02)
            await stage.line.response_began(session, R1)
            await stage.line.response_ended(session, R1)
            await says(stage, session, HELLO, more=True)
            await stage.plays_all()
            await asyncio.sleep(0.02)
            assert not waiting.done(), "the goodbye has yet to come"
            await says(stage, session, ANSWER)
            await stage.plays_all()
            await asyncio.wait([waiting], timeout=1)
            assert waiting.done()


async def test_last_words_that_the_caller_breaks_off_are_over() -> None:
    async with served() as stage:
        session = Session()
        await stage.line.connect(session)
        async with asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(stage.line.last_words(timeout_s=5))
            await asyncio.sleep(0.02)
            await stage.line.response_began(session, R1)
            await stage.line.play(session, HELLO, R1, VOICE)
            await stage.line.interrupt(session)
            await stage.plays_all()
            await stage.line.response_ended(session, R1)
            await asyncio.wait([waiting], timeout=1)
            assert waiting.done()
