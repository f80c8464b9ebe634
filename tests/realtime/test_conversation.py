"""A session with the agents, with a model in the test's hands."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from agents.realtime import (
    RealtimeModel,
    RealtimeModelConfig,
    RealtimeModelEvent,
    RealtimeModelListener,
)
from agents.realtime.model_events import (
    RealtimeModelAudioEvent,
    RealtimeModelExceptionEvent,
    RealtimeModelRawServerEvent,
)
from agents.realtime.model_inputs import (
    RealtimeModelSendAudio,
    RealtimeModelSendEvent,
    RealtimeModelSendRawMessage,
)
from typing_extensions import override

from callcenter.bridge.patience import Due
from callcenter.domain import events as e
from callcenter.domain.handover import Handover
from callcenter.domain.ids import AgentName, CallId, ItemId
from callcenter.domain.opening import Opening, after_a_break, greeting
from callcenter.domain.tool import Tool
from callcenter.domain.transcript import Speaker, Turn
from callcenter.domain.verification import Method
from callcenter.errors import ModelError
from callcenter.realtime import terms
from callcenter.realtime.conversation import Conversation
from callcenter.realtime.line import CallerLine
from callcenter.tools.deeds import Forgetful
from callcenter.wire.media import (
    Frame,
    Mark,
    MarkEcho,
    Media,
    render_from_twilio,
)
from tests.fakes.center import CALLER, Center, center
from tests.fakes.wires import STARTED, STREAM, Socket

UPDATED = {"type": "session.updated"}
HELLO = greeting(AgentName("triage"), "Hello.", recorded=False)


def refusal(code: str) -> dict[str, Any]:
    return {"type": "error", "error": {"code": code, "message": "No."}}


class Inner(RealtimeModel):
    """It answers the settings with `answer`, and is gone when sent `deaf_to`."""

    def __init__(
        self, answer: dict[str, Any] | None = UPDATED, deaf_to: str = ""
    ) -> None:
        self.sent: list[dict[str, Any]] = []
        self.heard = b""
        self.options: Any = None
        self._answer = answer
        self._deaf_to = deaf_to
        self._listeners: list[RealtimeModelListener] = []

    @override
    async def connect(self, options: RealtimeModelConfig) -> None:
        self.options = options
        if self._answer:
            await self.tell(RealtimeModelRawServerEvent(data=self._answer))

    async def tell(self, event: RealtimeModelEvent) -> None:
        for listener in list(self._listeners):
            await listener.on_event(event)

    @override
    def add_listener(self, listener: RealtimeModelListener) -> None:
        self._listeners.append(listener)

    @override
    def remove_listener(self, listener: RealtimeModelListener) -> None:
        self._listeners.remove(listener)

    @override
    async def send_event(self, event: RealtimeModelSendEvent) -> None:
        if isinstance(event, RealtimeModelSendAudio):
            self.heard += event.audio
        if isinstance(event, RealtimeModelSendRawMessage):
            kind = event.message["type"]
            assert kind != self._deaf_to, "Not connected"
            self.sent.append({"type": kind, **event.message.get("other_data", {})})

    @override
    async def close(self) -> None:
        """Nothing to close."""


class Unproved:
    """Of a caller who cannot prove anything."""

    verified = False
    tries_left = 0

    def begin_try(self, method: Method) -> bool:
        return False

    def proved(self, method: Method) -> None: ...


class Unlimited:
    """Of a call that may go on for ever."""

    def over(self, tools: Mapping[str, Tool]) -> Mapping[str, Tool]:
        return tools


class Control:
    """What the tools may do to a call that there is none of."""

    deeds = Forgetful()
    standing = Unproved()
    allowance = Unlimited()
    stays_meanwhile = False

    async def escalate(self, reason: str, topic: str) -> str:
        return ""

    async def stop_transfer(self) -> bool:
        return False

    def reopens(self) -> str:
        return ""

    async def end_when_heard(self, reason: str) -> None: ...

    async def take_message(self, text: str) -> None: ...

    async def request_callback(
        self, when: str, reason: str, due_at: datetime | None = None
    ) -> None: ...

    async def leave_voicemail(self) -> None: ...

    async def choose_language(self, wish: str) -> str:
        return ""

    def last_turn(self) -> Turn | None: ...

    @property
    def agent(self) -> str:
        return "triage"

    def key(self, digit: str) -> None: ...

    async def mind_the_silence(self, due: Due) -> None: ...

    async def rescue(self, reason: str) -> None: ...

    async def keep_within_limits(self) -> None: ...

    typing_secrets = False

    def secret_entry(self) -> AbstractContextManager[None]:
        return nullcontext()

    async def collect_digits(self, count: int, timeout_s: float) -> str:
        return ""


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Center]:
    async with center(tmp_path) as here:
        yield here


def conversation(
    here: Center,
    inner: Inner,
    opening: Opening = HELLO,
    line: CallerLine | None = None,
    language: str = "",
) -> tuple[Conversation, list[e.Event]]:
    """With the house's own cards and tools."""
    house, facts = here.node.floor.house, list[e.Event]()
    made: Any = house.conversations
    talk = made(
        opening,
        house.toolbox(CallId("call_1"), CALLER, Control()),
        roster=house.rosters.current(),
        language=language,
        line=line or a_line(),
        briefing="It is Sunday.",
        handover=Handover(),
        may_pass=lambda: "",
        record=facts.append,
        clock=lambda: 0,
        inner=inner,
    )
    return talk, facts


def a_line() -> CallerLine:
    """One whose caller is never too quiet."""
    return CallerLine(clock=lambda: 0, on_key=lambda _: None, on_due=lambda _: None)


async def test_settings_that_are_not_accepted_in_time_are_a_lost_model(
    here: Center, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terms, "ACCEPT_SECONDS", 0.1)
    talk, facts = conversation(here, Inner(answer=None))
    with pytest.raises(ModelError, match="did not accept the session within") as lost:
        await talk.open()
    assert lost.value.retry
    assert facts == []
    await talk.close()


@pytest.mark.parametrize(
    ("code", "retry"),
    [
        ("insufficient_quota", False),
        ("invalid_api_key", False),
        ("model_not_found", False),
        ("rate_limit_exceeded", True),
        ("invalid_value", True),
        (None, True),
    ],
)
async def test_a_refusal_says_whether_to_try_again(
    here: Center, code: str, retry: bool
) -> None:
    talk, _ = conversation(here, Inner(answer=refusal(code)))
    with pytest.raises(ModelError, match="refused the session") as lost:
        await talk.open()
    assert lost.value.retry is retry
    await talk.close()


@pytest.mark.parametrize("kind", ["conversation.item.create", "response.create"])
async def test_a_model_that_is_gone_as_soon_as_it_was_there_is_a_lost_one(
    here: Center, kind: str
) -> None:
    """What cannot be sent is no surprise; the session's own end is what counts."""
    inner = Inner(deaf_to=kind)
    talk, _ = conversation(here, inner)
    await talk.open()
    await inner.tell(RealtimeModelExceptionEvent(exception=OSError("reset")))
    with pytest.raises(ModelError, match="broke"):
        await asyncio.wait_for(talk.hold(60), 2)
    await talk.close()


async def test_the_model_is_asked_for_the_sound_of_telephones(here: Center) -> None:
    inner = Inner()
    talk, facts = conversation(here, inner)
    await talk.open()
    audio = inner.options["initial_model_settings"]["audio"]
    for direction in ("input", "output"):
        assert audio[direction]["format"] == {"type": "audio/pcmu"}
    assert audio["input"]["turn_detection"]["interrupt_response"]
    assert [type(fact) for fact in facts] == [e.SessionOpened]
    await talk.close()


async def test_what_was_heard_is_replayed_before_the_agent_goes_on(
    here: Center,
) -> None:
    history = (
        Turn(ItemId("1"), Speaker.AGENT, AgentName("triage"), "Good", "Good day.", 0),
        Turn(ItemId("2"), Speaker.CALLER, None, "Rain?", "Rain?", 10),
        Turn(ItemId("3"), Speaker.AGENT, AgentName("triage"), "", "Not heard.", 20),
    )
    inner = Inner()
    opening = after_a_break(AgentName("weather"), history)
    talk, facts = conversation(here, inner, opening)
    await talk.open()
    items = [one["item"] for one in inner.sent if "item" in one]
    texts = [(one["role"], one["content"][0]["text"]) for one in items]
    assert texts[:2] == [("assistant", "Good"), ("user", "Rain?")]
    assert [role for role, _ in texts] == ["assistant", "user", "system"]
    assert inner.sent[-1] == {"type": "response.create"}
    resumed = [fact for fact in facts if isinstance(fact, e.CallResumed)]
    assert [one.agent for one in resumed] == ["weather"]
    await talk.close()


EARLY = RealtimeModelAudioEvent(
    data=b"\x10" * 800, response_id="r", item_id="i", content_index=0
)


async def test_words_from_before_the_stream_are_played_and_the_caller_is_heard(
    here: Center,
) -> None:
    inner, line = Inner(), a_line()
    talk, _ = conversation(here, inner, line=line)
    await talk.open()
    await inner.tell(EARLY)
    socket = Socket(render_from_twilio(Frame(20, b"\x20" * 160), STREAM))
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(line.serve(socket, STARTED))
        await here.until(lambda: inner.heard and len(socket.sent) == 3)
        assert [type(one) for one in socket.sent] == [Mark, Media, Mark]
        assert inner.heard == b"\x20" * 160
        await socket.close(1000)
    assert serving.result() == "the caller's socket closed"
    await talk.close()


async def test_a_model_that_breaks_is_a_loss_and_the_stream_goes_on(
    here: Center,
) -> None:
    inner, line, socket = Inner(), a_line(), Socket()
    talk, _ = conversation(here, inner, line=line)
    await talk.open()
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(line.serve(socket, STARTED))
        await inner.tell(RealtimeModelExceptionEvent(exception=OSError("reset")))
        with pytest.raises(ModelError, match="broke"):
            await asyncio.wait_for(talk.hold(60), 2)
        await talk.close()
        await asyncio.sleep(0.05)
        assert not serving.done()
        line.end()
    assert serving.result() == "the caller's socket closed"


async def test_the_next_session_takes_the_line_and_the_last_one_has_no_say(
    here: Center,
) -> None:
    line, socket = a_line(), Socket()
    old, new = Inner(), Inner()
    before, _ = conversation(here, old, line=line)
    after, _ = conversation(here, new, line=line)
    await before.open()
    await after.open()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(line.serve(socket, STARTED))
        await old.tell(EARLY)
        socket.hears(Frame(20, b"\x20" * 160))
        await here.until(lambda: new.heard)
        assert (socket.sent, old.heard) == ([], b"")
        await new.tell(EARLY)
        await here.until(lambda: len(socket.sent) == 3)
        line.end()
    await before.close()
    await after.close()


async def test_a_session_is_renewed_only_when_the_line_is_quiet(here: Center) -> None:
    inner, line, socket = Inner(), a_line(), Socket()
    talk, _ = conversation(here, inner, line=line)
    await talk.open()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(line.serve(socket, STARTED))
        await inner.tell(EARLY)
        await inner.tell(
            RealtimeModelRawServerEvent(
                data={"type": "response.output_audio.done", "item_id": "i"}
            )
        )
        holding = tasks.create_task(talk.hold(0))
        await here.until(lambda: len(socket.sent) == 3)
        await asyncio.sleep(0.05)
        assert not holding.done(), "the caller still hears the agent"
        for mark in [one for one in socket.sent if isinstance(one, Mark)]:
            socket.hears(MarkEcho(mark.name))
        await asyncio.wait_for(holding, 2)
        line.end()
    await talk.close()


async def test_last_words_are_waited_for_only_so_long(here: Center) -> None:
    line = a_line()
    talk, _ = conversation(here, Inner(), line=line)
    await talk.open()
    async with asyncio.timeout(1):
        await line.last_words(timeout_s=0.1)
    await talk.close()
