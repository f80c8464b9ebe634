"""The caller's end of a conversation: one media stream, and what was heard of it.

A line outlives the model's sessions: when one dies, the next is connected to it, and
the caller stays. Whoever handles audio here waits for no socket.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from callcenter.bridge import events as b
from callcenter.bridge.bridge import Bridge
from callcenter.bridge.commands import (
    Clear,
    Command,
    FallSilent,
    Keep,
    Listen,
    Play,
    Report,
    SetMark,
    Truncate,
)
from callcenter.bridge.patience import Due, Limits, Patience
from callcenter.bridge.playback import Playback
from callcenter.bridge.tape import Tape
from callcenter.domain.ids import ItemId, ResponseId
from callcenter.realtime.hush import Hush
from callcenter.realtime.inbox import CallerInbox
from callcenter.realtime.last_words import LastWords
from callcenter.realtime.outbox import CallerOutbox, ModelOutbox
from callcenter.realtime.party import Party
from callcenter.wire import media
from callcenter.wire.sockets import MediaSocket

NO_AUDIO_SECONDS: Final = 10.0
"""A caller's frame comes every 20 ms; without any for this long, nobody is there."""

TICK_SECONDS: Final = 0.25
LATE_SECONDS: Final = 0.05
"""An event loop that wakes us so late has not read its sockets, either."""

MARK_EVERY_MS: Final = 100
"""Between two marks Twilio's own clock says what was heard; the real service's deltas
are longer than this, and each gets its mark."""
LOCAL: Final = ResponseId("local")
"""The response of sounds that no model made."""


class CallerLine:
    """Made before the caller's stream comes; what is played until then is kept."""

    def __init__(
        self,
        *,
        clock: Callable[[], int],
        on_key: Callable[[str], None],
        on_due: Callable[[Due], None],
        tape: Tape | None = None,
        keep: Callable[[bytes], None] = lambda _: None,
        limits: Limits | None = None,
    ) -> None:
        self.patience = Patience(limits or Limits())
        self.hush = Hush()
        self._clock = clock
        self._on_due = on_due
        self._keep = keep
        self._bridge = Bridge(tape, Playback(mark_every_ms=MARK_EVERY_MS))
        self._to_caller = CallerOutbox()
        self._to_model = ModelOutbox()
        self._party: Party | None = None
        self._connected = asyncio.Event()
        self._owners: dict[ItemId, Party] = {}
        self._last_words = LastWords()
        self._ended = asyncio.Event()
        self._sounds = 0
        self._presence: asyncio.Timeout | None = None
        self._inbox = CallerInbox(self._handle_now, on_key)
        self._forgetting: asyncio.Queue[tuple[Party, Truncate]] = asyncio.Queue()

    @property
    def frames(self) -> int:
        """Frames of the caller's that came."""
        return self._inbox.frames

    @property
    def malformed(self) -> int:
        """Messages on the caller's socket that were none of Twilio's, or too many."""
        return self._inbox.malformed

    @property
    def dropped(self) -> int:
        """Frames of the caller's that no session was quick enough to take."""
        return self._to_model.dropped

    @property
    def quiet(self) -> bool:
        """Whether the caller has heard all, and the model is not about to go on."""
        return self._bridge.quiet

    # The session's side.

    async def connect(self, party: Party) -> None:
        """Talk with this session from now on; the one before has no say any more."""
        if self._party is not None:
            await self.disconnect(self._party)
        self._party = party
        self._connected.set()

    async def disconnect(self, party: Party) -> None:
        """This session is gone. What it has said goes on playing; nothing follows."""
        if party is self._party:
            self._party = None
            self._connected.clear()
            await self._handle(b.SessionLeft())

    async def response_began(self, party: Party, response_id: ResponseId) -> None:
        if party is self._party:
            self._last_words.began(response_id)
            await self._handle(b.ResponseBegan(response_id))

    async def response_ended(
        self, party: Party, response_id: ResponseId, *, more: bool = False
    ) -> None:
        """It is over; `more` when it was no answer yet: another one follows."""
        if party is self._party:
            self._last_words.ended(response_id, more=more)
            await self._handle(b.ResponseEnded(response_id))

    async def item_ended(self, party: Party, item_id: ItemId) -> None:
        if party is self._party:
            await self._handle(b.AgentItemEnded(item_id))

    async def play(
        self, party: Party, item_id: ItemId, response_id: ResponseId, audio: bytes
    ) -> None:
        """Let the caller hear the model."""
        self.play_now(party, item_id, response_id, audio)

    def play_now(
        self, party: Party, item_id: ItemId, response_id: ResponseId, audio: bytes
    ) -> None:
        """The same, without waiting."""
        if party is not self._party:
            return
        first = item_id not in self._owners
        self._owners[item_id] = party
        self._last_words.voiced(response_id)
        self.patience.agent_spoke()
        self._handle_now(b.AgentAudio(item_id, response_id, audio))
        if first and item_id in self._owners:  # it may have been dropped
            party.audible(item_id, round(self._bridge.wait_ms))

    async def interrupt(self, party: Party) -> None:
        """The caller barged in on this session, or it cut itself off."""
        if party is self._party:
            await self._handle(b.Interrupted())

    def is_with(self, party: Party) -> bool:
        """Whether this session is the one that the caller talks with."""
        return party is self._party

    def rest(self) -> None:
        """The agents are done with this caller: silence is no fault any more."""
        self.patience.rest()

    def expect_more(self) -> None:
        """What was said is not the answer yet."""
        self.patience.expect_more(self._clock())

    def owe(self) -> None:
        """The caller waits for an answer from now on."""
        self.patience.owe(self._clock())

    async def play_sound(self, audio: bytes) -> None:
        """Let the caller hear a sound of our own; it ends when they barge in."""
        self._sounds += 1
        item_id = ItemId(f"local_{self._sounds}")
        await self._handle(b.AgentAudio(item_id, LOCAL, audio))
        await self._handle(b.AgentItemEnded(item_id))

    async def callers_turn(self) -> None:
        """Wait until all was heard and nothing is owed: a quiet moment."""
        while not (self._bridge.quiet and self.patience.callers_turn):  # noqa: ASYNC110  # three may change it
            await asyncio.sleep(TICK_SECONDS)

    async def last_words(self, *, timeout_s: float) -> None:
        """Wait until the next words have been heard to their end, or the time is up."""
        await self._last_words.heard(lambda: self.quiet, timeout_s)

    # The caller's side.

    async def serve(self, socket: MediaSocket, started: media.Started) -> str:
        """Own the caller's socket until the stream ends; returns why it did.

        Cancelling is safe. What was played before the caller came is heard first.
        """
        async with asyncio.TaskGroup() as tasks:
            working = [
                tasks.create_task(self._to_caller.run(socket, started.stream_sid)),
                tasks.create_task(self._to_model.run(self._pass_on)),
                tasks.create_task(self._forget()),
                tasks.create_task(self._tick()),
                tasks.create_task(self._hang_up_when_ended(socket)),
            ]
            try:
                async with asyncio.timeout(NO_AUDIO_SECONDS) as self._presence:
                    return await self._inbox.run(socket)
            except TimeoutError:
                return "no audio came from the caller"
            finally:
                for task in working:
                    task.cancel()
                for command in self._bridge.handle(b.StreamClosed()):
                    self._perform(command)

    def end(self) -> None:
        """Close the caller's stream; Twilio then asks what comes next."""
        self._ended.set()

    async def _hang_up_when_ended(self, socket: MediaSocket) -> None:
        await self._ended.wait()
        await socket.close(1000, "the stream is over")

    async def _pass_on(self, audio: bytes) -> None:
        """While there is no session, the caller's last seconds wait for the next."""
        await self._connected.wait()
        if self._party is not None:
            await self._party.hear(audio)

    async def _tick(self) -> None:
        if self._bridge.quiet:
            self.patience.owe(self._clock())
        frames = 0
        while True:
            due_s = asyncio.get_running_loop().time() + TICK_SECONDS
            await asyncio.sleep(TICK_SECONDS)
            now_s = asyncio.get_running_loop().time()
            if self._inbox.frames != frames and self._presence is not None:
                frames = self._inbox.frames
                self._presence.reschedule(now_s + NO_AUDIO_SECONDS)
            # Were we late ourselves, the frames are there and only wait to be read.
            late = now_s - due_s > LATE_SECONDS
            if not late and (missing_ms := self._inbox.missing(now_s)):
                await self._handle(b.FramesMissing(missing_ms))
            for due in self.patience.tick(self._clock()):
                self._on_due(due)

    # The bridge between them.

    async def _handle(self, event: b.Event) -> None:
        self._handle_now(event)
        while not self._forgetting.empty():
            party, cut = self._forgetting.get_nowait()
            await party.truncate(cut.item_id, cut.heard_ms)

    def _handle_now(self, event: b.Event) -> None:
        for command in self._bridge.handle(event, self._clock()):
            self._perform(command)

    async def _forget(self) -> None:
        """Truncate what nobody waited for."""
        while True:
            party, cut = await self._forgetting.get()
            await party.truncate(cut.item_id, cut.heard_ms)

    def _listen(self, audio: bytes) -> None:
        """Pass the caller's audio on at once; or behind what waits already."""
        party = self._party if self._to_model.empty else None
        if party is None or not party.hear_now(audio):
            self._to_model.put(audio)

    def _perform(self, command: Command) -> None:  # noqa: C901  # a case a command
        match command:
            case Listen(audio):
                self._listen(self.hush.over(audio))
            case Play(audio):
                self._to_caller.put(media.Media(audio))
            case SetMark(name):
                self._to_caller.put(media.Mark(name))
            case Clear():
                self._to_caller.clear()
            case Truncate(item_id):
                owner = self._owners.get(item_id)
                if owner is not None and owner is self._party:
                    self._forgetting.put_nowait((owner, command))
            case Report(heard):
                if owner := self._owners.pop(heard.item_id, None):
                    owner.heard(heard)
            case Keep(sound):
                self._keep(sound)
            case FallSilent():
                self._last_words.look()
                self.patience.agent_quiet(self._clock())
