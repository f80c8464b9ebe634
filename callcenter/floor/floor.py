"""The call floor: every call that this node has, by its CallSid."""

import asyncio
import secrets
from collections import deque
from contextlib import suppress
from typing import Final

import structlog

from callcenter.domain.events import CallAnswered
from callcenter.domain.ids import AttemptId, CallId, CallSid
from callcenter.domain.outcomes import Disposition
from callcenter.domain.phases import Phase
from callcenter.errors import CallerRefused
from callcenter.floor.addresses import Addresses
from callcenter.floor.house import House
from callcenter.floor.live_call import LiveCall
from callcenter.floor.reception import Reception
from callcenter.wire import twiml
from callcenter.wire.media import Started
from callcenter.wire.sockets import MediaSocket
from callcenter.wire.webhooks import DialEnded, StreamStatus, VoiceRequest

logger = structlog.get_logger()

LINGER_SECONDS = 60.0
"""How long a finished call still answers: its last webhooks come late, and twice."""

MOST_ENDED: Final = 1_000
"""So many calls are known to be over, though the database may not know it yet."""

BUSY = (
    "I am sorry, all our lines are busy at the moment. I am trying to connect you to "
    "a colleague."
)
FAREWELL = "Something went wrong on our side. I am connecting you to a colleague."
NOBODY = "I am sorry, we cannot take your call right now. Please call again later."


class Floor:
    """Calls at work. `run` must be running; it owns every call's tasks."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.draining = False
        self._calls: dict[CallSid, Reception] = {}
        self._ended: deque[CallSid] = deque(maxlen=MOST_ENDED)
        self._tasks: asyncio.TaskGroup | None = None
        self._stopping = asyncio.Event()
        self._empty = asyncio.Event()
        self._recalling = asyncio.Lock()

    @property
    def live(self) -> int:
        """How many calls are not over."""
        return sum(
            1 for one in self._calls.values() if one.call.state.disposition is None
        )

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
        try:
            async with asyncio.timeout(timeout_s):
                await self._empty.wait()
        except TimeoutError:
            return False
        return True

    def hurry(self) -> None:
        """Wait for no call any more."""
        self._empty.set()

    def stop(self) -> None:
        """Make `run` return once every call has been closed."""
        self._stopping.set()

    # Webhooks.

    def answer(self, request: VoiceRequest, base: str) -> str:
        """Take a call; asked again (Twilio repeats), the answer is the same."""
        if known := self._calls.get(request.call_sid):
            return known.welcome()
        if self.draining:
            return twiml.wait(Addresses(base).incoming)
        if self._tasks is None or self.live >= self.house.rules.max_calls:
            return self.fallback(BUSY)
        call = LiveCall(
            CallId(f"call_{secrets.token_hex(8)}"), Addresses(base), self.house
        )
        call.record(
            CallAnswered(
                request.call_sid,
                request.caller_number,
                request.called_number,
                self.house.rules.roster,
            )
        )
        return self._attend_to(call).welcome()

    async def after_stream(self, request: VoiceRequest, base: str) -> str:
        """The next document when a stream is over."""
        if self.draining and not request.over:
            return twiml.wait(Addresses(base).after_stream)
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
        return twiml.hang_up()

    async def status(self, request: VoiceRequest, base: str) -> None:
        """A status callback: late, repeated or out of order, it does no harm."""
        if not request.over:
            return
        if known := await self._known(request.call_sid, base):
            await known.call.stream_gone()
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

    def fallback(self, apology: str = FAREWELL) -> str:
        """A person, without the model or the database."""
        operators = self.house.operators()
        if not operators:
            return twiml.hang_up(NOBODY)
        return twiml.dial_anyone(operators, apology=apology, caller_id="")

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
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s), asyncio.TaskGroup() as tasks:
                for reception in self._calls.values():
                    tasks.create_task(reception.call.quiet_moment())
        for reception in self._calls.values():
            reception.call.end_stream()

    # Inside.

    async def _known(self, call_sid: CallSid, base: str) -> Reception | None:
        """A call of this node; or one that had another, taken up from its facts."""
        if known := self._calls.get(call_sid):
            return known
        if call_sid in self._ended:
            return None
        async with self._recalling:
            facts = await self.house.recall(call_sid)
            if known := self._calls.get(call_sid):
                return known  # somebody asked at the same time
            if not facts or self._tasks is None:
                return None
            call = LiveCall(facts[0].call_id, Addresses(base), self.house)
            call.remember(facts)
            if call.state.phase is Phase.ENDED:
                return None
            return self._attend_to(call)

    def _attend_to(self, call: LiveCall) -> Reception:
        if self._tasks is None:
            raise AssertionError("a floor that does not run has no calls")
        call.floor = self._tasks
        reception = self._calls[call.state.call_sid] = Reception(call)
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
        if reception.call.state.phase is Phase.ENDED:
            self._ended.append(reception.call.state.call_sid)
        self._calls.pop(reception.call.state.call_sid, None)

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
        for reception in self._calls.values():
            escalation = reception.call.state.escalation
            if escalation and any(
                one.attempt_id == attempt_id for one in escalation.attempts
            ):
                return reception
        return None
