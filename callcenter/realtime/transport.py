"""The transport between a caller's media stream and an agent's Realtime session.

`TwilioRealtimeTransportLayer` is a `RealtimeModel`, so the SDK's session, runner, tools
and handoffs work on top of it unchanged. It wraps another one (by default the SDK's own
WebSocket model) and, through its line, owns the Twilio socket after the handshake.
Audio goes from leg to leg through the pure bridge and never waits in the session's
event queue; what the caller heard is told to the model by us, so the SDK's own guess is
switched off. The SDK's known silences end in `callcenter.realtime.debts`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

from agents.realtime import (
    RealtimeModel,
    RealtimeModelConfig,
    RealtimeModelEvent,
    RealtimeModelListener,
    RealtimePlaybackTracker,
)
from agents.realtime.model_inputs import (
    RealtimeModelSendAudio,
    RealtimeModelSendEvent,
    RealtimeModelSendInterrupt,
    RealtimeModelSendRawMessage,
    RealtimeModelSendSessionUpdate,
    RealtimeModelSendToolOutput,
)
from typing_extensions import override
from websockets.exceptions import WebSocketException

from callcenter.bridge.run import Heard
from callcenter.domain.ids import ItemId, ResponseId
from callcenter.domain.prices import Tokens
from callcenter.errors import ModelError
from callcenter.realtime.debts import Debts, is_no_answer
from callcenter.realtime.dictation import Dictation
from callcenter.realtime.lean_model import LeanModel
from callcenter.realtime.line import CallerLine
from callcenter.realtime.telephone import telephone
from callcenter.realtime.terms import Terms
from callcenter.realtime.turns import Turns
from callcenter.realtime.usage import tokens_of
from callcenter.wire.media import Started
from callcenter.wire.sockets import MediaSocket

_NOT_FOR_THE_SESSION: Final = frozenset({"audio", "raw_server_event"})
"""The session would only queue them; we have acted on them already."""


async def _unwatched(event: dict[str, Any]) -> None:
    """Nobody minds what the agent says."""


class TwilioRealtimeTransportLayer(RealtimeModel, RealtimeModelListener):
    """One session's transport: connect it through a session, then `serve` the caller.

    The line may be another's before and after: a session that dies leaves it behind.
    """

    def __init__(
        self,
        turns: Turns,
        line: CallerLine,
        *,
        on_lost: Callable[[ModelError], None],
        on_used: Callable[[Tokens], None] = lambda _: None,
        tuned: Callable[[Any], Any] = lambda settings: settings,
        watch: Callable[[dict[str, Any]], Awaitable[None]] = _unwatched,
        inner: RealtimeModel | None = None,
    ) -> None:
        self._inner = inner or LeanModel()
        self._turns = turns
        self._line = line
        self._on_lost = on_lost
        self._debts = Debts(on_lost)
        self._on_used = on_used
        self._watch = watch
        self._cut_off_by_us = False
        self._listeners: list[RealtimeModelListener] = []
        self.dictation = Dictation(self.send_raw, turns.record)
        self._terms = Terms(self._inner.send_event, tuned, on_lost)

    # The RealtimeModel, as the session above sees it.

    @override
    async def connect(self, options: RealtimeModelConfig) -> None:
        """Open the inner model and wait until it has accepted the settings.

        Raises ModelError when it refuses them or does not answer in time.
        """
        options = options.copy()
        options["initial_model_settings"] = telephone(
            options.get("initial_model_settings")
        )
        # One that is told nothing reports nothing, so the SDK truncates nothing.
        options["playback_tracker"] = RealtimePlaybackTracker()
        self._inner.add_listener(self)
        if isinstance(self._inner, LeanModel):
            self._inner.play = self._play
        await self._inner.connect(options)
        await self._terms.accepted()

    @override
    def add_listener(self, listener: RealtimeModelListener) -> None:
        if listener not in self._listeners:
            self._listeners.append(listener)

    @override
    def remove_listener(self, listener: RealtimeModelListener) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)

    @override
    async def send_event(self, event: RealtimeModelSendEvent) -> None:
        match event:
            case RealtimeModelSendSessionUpdate(session_settings=settings):
                await self._terms.change(settings)
                return
            case RealtimeModelSendInterrupt():
                await self._line.interrupt(self)
            case RealtimeModelSendToolOutput() if self._line.taken:
                event = replace(event, start_response=False)
            case _:
                pass
        await self._inner.send_event(event)

    @override
    async def send_event_if(
        self, event: RealtimeModelSendEvent, send_if: Callable[[], bool]
    ) -> bool:
        return await self._inner.send_event_if(event, send_if)

    @override
    def _retire_response_audio(self, response_id: str) -> None:
        self._inner._retire_response_audio(response_id)  # noqa: SLF001  # its counterpart

    @override
    async def close(self) -> None:
        """Close the inner model. A silent server makes this take up to 10 s."""
        await self._inner.close()

    # The listener, as the inner model sees it.

    @override
    async def on_event(self, event: RealtimeModelEvent) -> None:
        if event.type == "audio":
            self._play(event.item_id, event.response_id, event.data)
        elif event.type == "raw_server_event":
            await self._read(event.data)
        elif event.type == "exception":
            self._terms.refuse(ModelError(f"The model's socket: {event.context}"))
        if event.type not in _NOT_FOR_THE_SESSION:
            for listener in list(self._listeners):
                await listener.on_event(event)

    def _play(self, item: str, response: str, audio: bytes) -> None:
        item_id = ItemId(item)
        self._turns.agent_audio(item_id)
        self._line.play_now(self, item_id, ResponseId(response), audio)

    async def _read(self, event: Any) -> None:  # noqa: ANN401, C901, PLR0912  # a case a kind
        """Take what the SDK does not tell from the server's own event."""
        if not isinstance(event, dict):
            return
        match event:
            case {"type": "session.updated"}:
                self._terms.accept()
            case {"type": "error", "error": {"code": code, "message": text} as error}:
                self._debts.error(code, text)
                self._terms.refuse_if_waiting(error)
            case {"type": "input_audio_buffer.speech_started"}:
                self._cut_off_by_us = False
                await self._line.interrupt(self)
                if self._line.is_with(self):
                    self._line.patience.caller_spoke()
            case {"type": "input_audio_buffer.speech_stopped"}:
                if self._line.is_with(self):
                    self._line.owe()
            case {"type": "response.created", "response": {"id": str(response_id)}}:
                self._debts.began(response_id)
                if self._line.taken:  # it was on its way before
                    await self.send_raw("response.cancel")
                await self._line.response_began(self, ResponseId(response_id))
            case {"type": "response.output_audio.done", "item_id": str(item_id)}:
                await self._line.item_ended(self, ItemId(item_id))
            case {
                "type": "response.done",
                "response": {"id": str(response_id)} as done,
            }:
                more = is_no_answer(done)
                await self._line.response_ended(
                    self, ResponseId(response_id), more=more
                )
                if more and self._line.is_with(self):
                    self._line.expect_more()
                self._on_used(tokens_of(done))
                self._debts.ended(done)
            case _:
                pass
        if not await self.dictation.read(event):
            self._turns.read(event)
        await self._watch(event)

    # What the line needs of a session.

    async def hear(self, audio: bytes) -> None:
        """Send the caller's audio; what does not reach a dead session is lost."""
        try:
            await self._inner.send_event(RealtimeModelSendAudio(audio=audio))
        except (
            AssertionError,
            WebSocketException,
        ):  # "Not connected"; it is known soon
            return

    def hear_now(self, audio: bytes) -> bool:
        """Send it if the model's socket takes it at once."""
        return isinstance(self._inner, LeanModel) and self._inner.append_now(audio)

    async def truncate(self, item_id: ItemId, heard_ms: int) -> None:
        """Make the model forget what the caller did not hear of an item."""
        if not self._cut_off_by_us:
            self._turns.barged_in(item_id, heard_ms)
        await self.send_raw(
            "conversation.item.truncate",
            item_id=item_id,
            content_index=0,
            audio_end_ms=heard_ms,
        )

    def audible(self, item_id: ItemId, in_ms: int) -> None:
        """The caller begins to hear an item in so many ms."""
        self._turns.audible(item_id, in_ms)

    def heard(self, heard: Heard) -> None:
        """An item is over."""
        self._turns.heard(heard)

    # What a conversation needs beside.

    async def serve(self, socket: MediaSocket, started: Started) -> str:
        """Own the caller's socket until the stream ends; returns why it did."""
        await self._line.connect(self)
        return await self._line.serve(socket, started)

    async def cut_off(self) -> None:
        """Stop what the agent is saying, though the caller did not: it must not."""
        self._cut_off_by_us = True  # how much was heard is known only later
        await self._line.interrupt(self)

    async def stand_by(self) -> None:
        """Answer nobody from now on; what is being said will be cut off."""
        self._cut_off_by_us = True
        if self._debts.responding:
            await self.send_raw("response.cancel")
        await self.dictation.begin(speaking=self._turns.speaking)

    async def ask_again(self) -> None:
        """Ask for an answer; one that was begun and does not come is given up."""
        if self._debts.responding:
            self._debts.owe_after_this_one()
            await self.send_raw("response.cancel")
        else:
            await self.send_raw("response.create")

    def owe_answer(self) -> None:
        """The model has to be asked for an answer: nobody else will."""
        self._debts.owe()

    async def answer_debts(self) -> None:
        """Ask, after a breath, whenever an answer is owed. Run it as a task."""
        await self._debts.pay(lambda: self.send_raw("response.create"))

    async def send_raw(self, kind: str, **fields: object) -> None:
        """Send one client event of the Realtime protocol; lost on a dead session.

        While a colleague speaks, the model is not asked to.
        """
        if kind == "response.create" and self._line.taken:
            return
        try:
            await self._inner.send_event(
                RealtimeModelSendRawMessage(
                    message={"type": kind, "other_data": fields}
                )
            )
        except (AssertionError, WebSocketException):
            return
