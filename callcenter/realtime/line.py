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
from callcenter.realtime.chair import Chair
from callcenter.realtime.colleague import Colleague
from callcenter.realtime.hush import Hush
from callcenter.realtime.inbox import CallerInbox
from callcenter.realtime.items import Items
from callcenter.realtime.last_words import LastWords
from callcenter.realtime.outbox import CallerOutbox, ModelOutbox
from callcenter.realtime.party import Party
from callcenter.realtime.presence import Presence
from callcenter.wire import media
from callcenter.wire.sockets import MediaSocket
from callcenter.wire.sound import Tap

NO_AUDIO_SECONDS: Final = 10.0
"""A caller's frame comes every 20 ms; without any for this long, nobody is there."""

TICK_SECONDS: Final = 0.25
MARK_EVERY_MS: Final = 100
"""Between marks Twilio's own clock counts; real deltas are longer, and get one each."""
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
        self.tap: Tap | None = None
        """Set while somebody listens in."""
        self._clock = clock
        self._on_due = on_due
        self._keep = keep
        self._bridge = Bridge(tape, Playback(mark_every_ms=MARK_EVERY_MS))
        self._to_caller = CallerOutbox()
        self._to_model = ModelOutbox()
        self._chair = Chair()
        self._items = Items()
        self._last_words = LastWords()
        self._ended = asyncio.Event()
        self._sounds = 0
        self._inbox = CallerInbox(self._handle_now, on_key)
        self._presence = Presence(self._inbox)

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
        if self._chair.session is not None:
            await self.disconnect(self._chair.session)
        self._chair.seat(party)

    async def disconnect(self, party: Party) -> None:
        """This session is gone. What it has said goes on playing; nothing follows."""
        if self._chair.leave(party):
            await self._handle(b.SessionLeft())

    async def response_began(self, party: Party, response_id: ResponseId) -> None:
        if party is self._chair.party:
            self._last_words.began(response_id)
            await self._handle(b.ResponseBegan(response_id))

    async def response_ended(
        self, party: Party, response_id: ResponseId, *, more: bool = False
    ) -> None:
        """It is over; `more` when it was no answer yet: another one follows."""
        if party is self._chair.party:
            self._last_words.ended(response_id, more=more)
            await self._handle(b.ResponseEnded(response_id))

    async def item_ended(self, party: Party, item_id: ItemId) -> None:
        if party is self._chair.party:
            await self._handle(b.AgentItemEnded(item_id))

    async def play(
        self, party: Party, item_id: ItemId, response_id: ResponseId, audio: bytes
    ) -> None:
        self.play_now(party, item_id, response_id, audio)

    def play_now(
        self, party: Party, item_id: ItemId, response_id: ResponseId, audio: bytes
    ) -> None:
        """Let the caller hear whoever talks with them."""
        if party is not self._chair.party:
            return
        first = self._items.own(item_id, party)
        self._last_words.voiced(response_id)
        self.patience.agent_spoke()
        self._handle_now(b.AgentAudio(item_id, response_id, audio))
        if first and item_id in self._items:  # it may have been dropped
            party.audible(item_id, round(self._bridge.wait_ms))

    async def interrupt(self, party: Party) -> None:
        """The caller barged in on this session, or it cut itself off."""
        if party is self._chair.party:
            await self._handle(b.Interrupted())

    def is_with(self, party: Party) -> bool:
        """Whether this session is the one that the caller talks with."""
        return party is self._chair.party

    # A colleague's side.

    @property
    def taken(self) -> bool:
        """Whether a colleague speaks in the agent's place."""
        return self._chair.taken

    async def take(self) -> Colleague:
        """Let a colleague speak from now on; what the agent was saying is cut off."""
        guest = Colleague(self.play_now, lambda: self._bridge.wait_ms, self._clock)
        if session := self._chair.session:
            await self.interrupt(session)
        self._chair.take(guest)
        await self._handle(b.SessionLeft())
        return guest

    async def give_back(self, guest: Colleague) -> None:
        """Let the agents go on: they owe the caller the next word."""
        if guest is self._chair.party:
            await self._handle(b.SessionLeft())
            self._chair.give_back(guest)
            self.owe()

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
                tasks.create_task(self._to_model.run(self._chair.hear)),
                tasks.create_task(self._items.run()),
                tasks.create_task(self._tick()),
                tasks.create_task(self._hang_up_when_ended(socket)),
            ]
            try:
                async with self._presence.required(NO_AUDIO_SECONDS):
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

    async def _tick(self) -> None:
        if self._bridge.quiet:
            self.patience.owe(self._clock())
        while True:
            due_s = asyncio.get_running_loop().time() + TICK_SECONDS
            await asyncio.sleep(TICK_SECONDS)
            if missing_ms := self._presence.look(due_s):
                await self._handle(b.FramesMissing(missing_ms))
            if not self.taken:  # a person minds the silence
                for due in self.patience.tick(self._clock()):
                    self._on_due(due)

    # The bridge between them.

    async def _handle(self, event: b.Event) -> None:
        self._handle_now(event)
        await self._items.forget()

    def _handle_now(self, event: b.Event) -> None:
        for command in self._bridge.handle(event, self._clock()):
            self._perform(command)

    def _listen(self, audio: bytes) -> None:
        """Pass the caller's audio on at once; or behind what waits already."""
        party = self._chair.party if self._to_model.empty else None
        if party is None or not party.hear_now(audio):
            self._to_model.put(audio)

    def _perform(self, command: Command) -> None:  # noqa: C901, PLR0912  # a case a command
        match command:
            case Listen(audio):
                heard = self.hush.over(audio)
                if self.tap is not None:
                    self.tap.caller(heard)
                self._listen(heard)
            case Play(audio):
                self._to_caller.put(media.Media(audio))
                if self.tap is not None:
                    self.tap.agent(audio)
            case SetMark(name):
                self._to_caller.put(media.Mark(name))
            case Clear():
                self._to_caller.clear()
                if self.tap is not None:
                    self.tap.cleared()
            case Truncate():
                self._items.cut(command, self._chair.session)
            case Report(heard):
                self._items.heard(heard)
            case Keep(sound):
                self._keep(sound)
            case FallSilent():
                self._last_words.look()
                self.patience.agent_quiet(self._clock())
