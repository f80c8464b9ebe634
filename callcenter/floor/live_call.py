"""One call at work: its facts, its conversation, its end.

Everything that a call starts runs in the task group of `run`; when that ends, it all
has ended. Webhooks and the caller's socket come in from outside and only ask.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

import structlog

from callcenter.domain import events as e
from callcenter.domain.call import CallState, apply, disposition_of
from callcenter.domain.ids import CallId
from callcenter.domain.opening import Opening
from callcenter.domain.outcomes import Disposition
from callcenter.domain.phases import Phase
from callcenter.domain.tool import Tool
from callcenter.errors import CallerRefused, CarrierError, ModelError
from callcenter.floor.addresses import Addresses
from callcenter.floor.admission import Admission
from callcenter.floor.house import House
from callcenter.floor.ports import CallControl, Conversation
from callcenter.wire import twiml
from callcenter.wire.media import Started
from callcenter.wire.sockets import MediaSocket

CLOSE_SECONDS: Final = 10.0
"""A model that does not answer our goodbye is left after this."""

MS: Final = 1000

logger = structlog.get_logger()


class Episode:
    """One session with the agents, from its document to the end of its stream."""

    def __init__(self, conversation: Conversation, admission: Admission) -> None:
        self.conversation = conversation
        self.admission = admission
        self.opened = asyncio.Event()
        self.failure: ModelError | None = None
        self.streaming = False
        self.streamed = False
        """Whether a stream has ever come for it."""


class LiveCall:
    """A caller's visit, from ring to wrap-up."""

    def __init__(
        self,
        call_id: CallId,
        answered: e.CallAnswered,
        addresses: Addresses,
        house: House,
    ) -> None:
        self.id = call_id
        self.house = house
        self.addresses = addresses
        self.state = CallState()
        self.episode: Episode | None = None
        self._earlier: list[Conversation] = []
        self.saying_goodbye = False
        self.model_failures = 0
        self.control: CallControl | None = None
        self.before_end: list[Callable[[], None]] = []
        self._sequence = 0
        self._began_ms = house.clock.steady_ms()
        self._over = asyncio.Event()
        self._tasks: asyncio.TaskGroup | None = None
        self._errands: list[Coroutine[Any, Any, None]] = []
        self._running: list[asyncio.Task[None]] = []
        self.record(answered)

    # Facts.

    def record(self, event: e.Event) -> None:
        """Enter a fact. After the end of the call there are none."""
        if self.state.phase is Phase.ENDED:
            return
        self.state = apply(self.state, event)
        self._sequence += 1
        fact = e.Fact(self.id, self._sequence, self.house.clock.now(), event)
        self.house.ledger.append(fact)
        for watch in self.house.watchers:
            watch(fact)

    def clock_ms(self) -> int:
        """Milliseconds since the call was answered."""
        return self.house.clock.steady_ms() - self._began_ms

    # The life of the call.

    async def run(self) -> None:
        """Live until `finish`; then nothing of the call is left."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            for errand in (*self._errands, self._watch()):
                self.start(errand)
            try:
                await self._over.wait()
            finally:
                self._over.set()  # also when we are cancelled: nothing may start now
                for task in self._running:
                    task.cancel()
        await self._close_conversation()

    def finish(self, reason: str, disposition: Disposition | None = None) -> None:
        """The one end of every call, however it came; idempotent."""
        for settle in self.before_end:
            settle()
        self.record(e.CallEnded(disposition or disposition_of(self.state), reason))
        self._over.set()

    def start(self, errand: Coroutine[Any, Any, None]) -> None:
        """Run something that must not outlive the call."""
        if self._over.is_set():
            errand.close()
        elif self._tasks is None:
            self._errands.append(errand)
        else:
            task = self._tasks.create_task(self._guard(errand))
            # A task that is cancelled before its first step leaves this unawaited.
            task.add_done_callback(lambda _: errand.close())
            self._running.append(task)

    async def _guard(self, errand: Coroutine[Any, Any, None]) -> None:
        """Keep a fault of ours from this call's end, and from all the other calls.

        It ends the stream, so that Twilio asks what the caller hears next.
        """
        try:
            await errand
        except Exception:  # whatever it is, the other callers must not pay for it
            logger.exception("errand_failed", call_id=self.id)
            await self._close_conversation()

    async def _watch(self) -> None:
        """Look for callers of whom nobody has told us that they left."""
        rules = self.house.rules
        try:
            async with asyncio.timeout(rules.max_call_s):
                while True:
                    await asyncio.sleep(rules.watch_s)
                    streaming = self.episode is not None and self.episode.streaming
                    if not streaming and await self._has_left():
                        self.finish("the caller had left")
        except TimeoutError:
            await self.hang_up("the call reached its longest time")

    async def _has_left(self) -> bool:
        try:
            return await self.house.carrier.is_over(self.state.call_sid)
        except CarrierError:
            return False  # it says nothing about the caller; ask again later

    async def hang_up(self, reason: str) -> None:
        """End the telephone call, and with it this one."""
        try:
            await self.house.carrier.hang_up(self.state.call_sid)
        except CarrierError as error:
            reason = f"{reason} ({error})"
        self.finish(reason)

    # Conversations.

    def begin(self, opening: Opening) -> str:
        """Open a session early; returns the document that brings the caller to it."""
        rules = self.house.rules
        life_ms = int(rules.stream_s * MS)
        if self.episode is not None:
            self._earlier.append(self.episode.conversation)
            self.start(self._close(self.episode.conversation))
        self.episode = episode = Episode(
            self.house.conversations(
                opening,
                self._tools(),
                briefing=self.house.briefing(self.state.caller_number),
                record=self.record,
                clock=self.clock_ms,
                on_key=lambda _: self.record(e.KeyPressed(self.clock_ms())),
            ),
            Admission(self.house.clock.steady_ms() + life_ms),
        )
        self.start(self._open(episode))
        recorded = rules.recorded_greeting and not opening.reason
        return twiml.connect(
            self.addresses.stream,
            episode.admission.token,
            action=self.addresses.after_stream,
            status_callback=self.addresses.stream_status,
            greeting=rules.greeting if recorded else "",
        )

    def _tools(self) -> Mapping[str, Tool]:
        if self.control is None:
            raise AssertionError("a call has its control before it has tools")
        return self.house.toolbox(self.id, self.state.caller_number, self.control)

    async def _open(self, episode: Episode) -> None:
        try:
            await episode.conversation.open()
        except ModelError as error:
            self._lost(episode, error)
            return
        finally:
            episode.opened.set()
        await asyncio.sleep(self.house.rules.stream_s)
        if not episode.streaming:
            await episode.conversation.close()

    def _lost(self, episode: Episode, error: ModelError) -> None:
        episode.failure = error
        self.model_failures += 1 if error.retry else self.house.rules.model_failures
        self.record(e.SessionLost(str(error)))

    def admit(self, token: str) -> Episode:
        """Let a stream in. Raises CallerRefused, and nothing has changed."""
        if self.episode is None or self._over.is_set():
            raise CallerRefused("no stream is expected for this call")
        self.episode.admission.use(token, self.house.clock.steady_ms())
        return self.episode

    async def serve(
        self, episode: Episode, socket: MediaSocket, started: Started
    ) -> None:
        """Let the caller talk until the stream ends. Cancelling is safe."""
        episode.streaming = episode.streamed = True
        self.record(e.StreamStarted(started.stream_sid))
        reason = "the stream was closed"
        try:
            await episode.opened.wait()
            if episode.failure is None:
                reason = await episode.conversation.serve(socket, started)
            else:
                reason = "the model could not be reached"
        except ModelError as error:
            self._lost(episode, error)
            reason = "the model was lost"
        finally:
            episode.streaming = False
            self._stream_ended(episode, started, reason)

    def _stream_ended(self, episode: Episode, started: Started, reason: str) -> None:
        wear = episode.conversation.wear
        self.record(
            e.StreamEnded(
                started.stream_sid, reason, wear.frames, wear.malformed, wear.dropped
            )
        )
        self.start(self._close(episode.conversation))

    async def _close_conversation(self) -> None:
        """Close them all: of an earlier one, the closing may have been cancelled."""
        for conversation in self._earlier:
            await self._close(conversation)
        if self.episode is not None:
            await self._close(self.episode.conversation)

    @staticmethod
    async def _close(conversation: Conversation) -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await conversation.close()
        except (TimeoutError, ModelError, OSError):
            return
