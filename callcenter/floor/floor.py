"""The call floor: every call that this node has, by its CallSid."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

import structlog

from callcenter.domain.events import CallAnswered, Event, Fact
from callcenter.domain.ids import AttemptId, CallId, CallSid
from callcenter.domain.outcomes import Disposition
from callcenter.domain.phases import Phase
from callcenter.errors import CallerRefused
from callcenter.floor.addresses import Addresses
from callcenter.floor.house import House
from callcenter.floor.live_call import OVERTAKEN_SECONDS, LiveCall
from callcenter.floor.no_call import (
    BUSY,
    FAREWELL,
    MOST_WAITS,
    OVER,
    anybody,
    hold,
    is_done,
)
from callcenter.floor.reception import Reception
from callcenter.floor.register import Register
from callcenter.wire import twiml
from callcenter.wire.media import Started
from callcenter.wire.sockets import MediaSocket
from callcenter.wire.webhooks import DialEnded, StreamStatus, VoiceRequest

logger = structlog.get_logger()

LINGER_SECONDS = 60.0
"""How long a finished call still answers: its last webhooks come late, and twice."""

SEEN_SECONDS: Final = 0.5
"""How long a new caller waits to be told from one whom the record knows."""


class Floor:
    """Calls at work. `run` must be running; it owns every call's tasks."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.draining = False
        self.moving = False
        self.register = Register()
        self._tasks: asyncio.TaskGroup | None = None
        self._stopping = asyncio.Event()
        self._empty = asyncio.Event()

    @property
    def live(self) -> int:
        """How many calls are not over."""
        return self.register.live

    @property
    def _calls(self) -> Mapping[CallSid, Reception]:
        return self.register.calls

    async def run(self) -> None:
        """Own the calls until `stop`; whatever still runs then is cancelled."""
        async with asyncio.TaskGroup() as self._tasks:
            await self._stopping.wait()
            for reception in self._calls.values():
                reception.call.leave()
        self._tasks = None

    async def drained(self, timeout_s: float) -> bool:
        """Wait until no call is left; False when the time is up first."""
        self._empty.set() if self.live == 0 else self._empty.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._empty.wait()
                return True
        return False

    def hurry(self) -> None:
        """Wait for no call any more."""
        self._empty.set()

    def stop(self) -> None:
        """Make `run` return once every call has been closed."""
        self._stopping.set()

    async def answer(self, request: VoiceRequest, base: str, waited: int = 0) -> str:
        """Take a call; asked again (Twilio repeats), the answer is the same.

        A call that is over is not taken a second time, whoever asks; and one that
        another node has begun goes on.
        """
        if self.draining and request.call_sid not in self._calls:
            again = Addresses(base).incoming(waited=waited + 1)
            return self._hold(again, waited)
        known = await self._known(request.call_sid, base, within_s=SEEN_SECONDS)
        if known:
            return known.welcome()
        if self.register.is_over(request.call_sid):
            return twiml.hang_up(OVER)
        crowded = self.register.with_agents >= self.house.rules.max_calls
        answered = CallAnswered(
            request.call_sid,
            request.caller_number,
            request.called_number,
            self.house.rosters.current().hash,
        )
        call_id = CallId(f"call_{secrets.token_hex(8)}")
        if (reception := self.begin(call_id, base, answered)) is None:
            return self.fallback(BUSY, base)
        return reception.welcome(crowded=crowded)

    def begin(self, call_id: CallId, base: str, *told: Event) -> Reception | None:
        """Take a call, a caller's or one that we placed; None: there is no room."""
        rules = self.house.rules
        # Whoever waits in line, or speaks a message, needs no agent.
        if self._tasks is None or self.live >= rules.max_calls + rules.most_waiting:
            return None
        call = LiveCall(call_id, Addresses(base), self.house)
        for event in told:
            call.record(event)
        return self._attend_to(call)

    async def after_stream(
        self, request: VoiceRequest, base: str, waited: int = 0
    ) -> str:
        """The next document when a stream is over."""
        if not request.over and self._sends_on(request.call_sid):
            again = Addresses(base).after_waiting(waited=waited + 1)
            return self._hold(again, waited)
        if known := await self._known(request.call_sid, base):
            await known.call.stream_gone()
            return known.after_stream(request)
        return twiml.hang_up() if request.over else self.fallback(FAREWELL)

    async def dial_ended(
        self, attempt_id: AttemptId, ended: DialEnded, base: str
    ) -> str:
        """The next document when an operator's leg is over."""
        if known := await self._known(ended.request.call_sid, base):
            return known.dial_ended(attempt_id, ended)
        done = is_done(ended) or self.register.is_over(ended.request.call_sid)
        return twiml.hang_up() if done else self.fallback(FAREWELL)

    async def status(self, request: VoiceRequest, base: str) -> None:
        """A status callback: late, repeated or out of order, it does no harm."""
        if not request.over:
            return
        if known := await self._known(request.call_sid, base):
            await known.call.stream_gone()
            await known.voicemail.settle(OVERTAKEN_SECONDS)
            known.call.finish(f"the telephone call is over ({request.status})")

    def stream_status(self, status: StreamStatus) -> None:
        """A stream's own callback: worth a line in the log when it is an error."""
        if status.error:
            logger.warning(
                "stream_error",
                call_sid=status.call_sid,
                stream_sid=status.stream_sid,
                error=status.error,
            )

    async def brief(
        self, request: VoiceRequest, attempt_id: AttemptId, base: str
    ) -> str:
        """The briefing, on the operator's leg."""
        if reception := await self._with_attempt(request, attempt_id, base):
            return reception.ladder.brief(attempt_id)
        return twiml.hang_up("The caller has already hung up. Thank you.")

    async def accept(
        self, request: VoiceRequest, attempt_id: AttemptId, base: str
    ) -> str:
        """The operator pressed a key."""
        if reception := await self._with_attempt(request, attempt_id, base):
            return reception.ladder.accept(attempt_id, request.digits)
        return twiml.hang_up("The caller has already hung up. Thank you.")

    def fallback(self, apology: str = FAREWELL, base: str = "") -> str:
        """A person, without the model or the database; at last, the tone."""
        house, rules = self.house, self.house.rules
        free = [one for one in house.operators() if not house.refuses(one, "")]
        base = base or rules.public_base
        return anybody(free, apology, base, limit_s=rules.max_talk_s)

    # Streams.

    async def serve(self, socket: MediaSocket, started: Started) -> None:
        """Let a stream in and serve it to its end. Raises CallerRefused.

        A stream that is refused has touched nothing: no session, no call.
        """
        known = self._calls.get(started.call_sid)
        if known is None:
            raise CallerRefused("no call has this CallSid")
        talk = known.call.admit(started.parameters.get("token", ""))
        await talk.serve(socket, started)

    async def move(self, timeout_s: float) -> None:
        """Send every talking caller to another node, each at a quiet moment.

        Twilio asks what comes next when a stream ends, and whoever is ready then takes
        the call up from its facts. Nobody is hung up on.
        """
        self.moving = True
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s), asyncio.TaskGroup() as tasks:
                for reception in self._calls.values():
                    tasks.create_task(reception.call.quiet_moment())
        for reception in self._calls.values():
            reception.call.end_stream()

    async def find(self, call_sid: CallSid, base: str) -> Reception | None:
        """A call that is here, or is taken up now; None when it is over or unknown."""
        return await self._known(call_sid, base)

    # Inside.

    def _sends_on(self, call_sid: CallSid) -> bool:
        """Whether a caller is for another node: while draining we keep our own."""
        return self.draining and (self.moving or call_sid not in self._calls)

    def _hold(self, again: str, waited: int) -> str:
        """Let a caller wait for the node that will be ready; at last, for a person."""
        if waited >= MOST_WAITS:
            logger.warning("nobody_took_over", waited=waited)
            return self.fallback(FAREWELL)
        return hold(again, waited)

    async def _known(
        self, call_sid: CallSid, base: str, *, within_s: float | None = None
    ) -> Reception | None:
        return await self.register.find(
            call_sid,
            self.house.recall,
            lambda facts: self._take_up(facts, base),
            within_s,
        )

    def here(self, call_sid: CallSid) -> Reception | None:
        """A call that this node has."""
        return self._calls.get(call_sid)

    def of(self, facts: Sequence[Fact], base: str) -> Reception | None:
        """A call made of its record, to answer one question; it is not taken up."""
        if self._tasks is None:
            return None
        call = LiveCall(facts[0].call_id, Addresses(base), self.house)
        call.floor = self._tasks
        call.remember(facts)
        return Reception(call)

    def _take_up(self, facts: Sequence[Fact], base: str) -> Reception | None:
        if not facts or self._tasks is None:
            return None
        call = LiveCall(facts[0].call_id, Addresses(base), self.house)
        call.remember(facts)
        if call.state.phase is Phase.ENDED:
            self.register.note_end(call.state.call_sid)
            return None
        return self._attend_to(call)

    def _attend_to(self, call: LiveCall) -> Reception:
        if self._tasks is None:
            raise AssertionError("a floor that does not run has no calls")
        call.floor = self._tasks
        reception = Reception(call)
        self.register.enter(reception)
        self._tasks.create_task(self._attend(reception), name=call.id)
        return reception

    async def _attend(self, reception: Reception) -> None:
        try:
            await reception.call.run()
        except Exception:  # a call's fault is never another call's
            logger.exception("call_failed", call_id=reception.call.id)
            reception.call.finish("a fault of ours", Disposition.FAILED)
        if self.live == 0:
            self._empty.set()
        if not self._stopping.is_set():
            await self._linger()
        self.register.forget(reception)

    async def _linger(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                await self._stopping.wait()

    async def _with_attempt(
        self, request: VoiceRequest, attempt_id: AttemptId, base: str
    ) -> Reception | None:
        """Find the call by the operator's parent leg, or else by the attempt's id."""
        if request.parent_call_sid is not None:
            return await self._known(request.parent_call_sid, base)
        return self.register.with_attempt(attempt_id)
