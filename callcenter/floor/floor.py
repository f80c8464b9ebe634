"""The call floor: every call that this node has, by its CallSid."""

import asyncio
import secrets

import structlog

from callcenter.domain.events import CallAnswered
from callcenter.domain.ids import AttemptId, CallId, CallSid
from callcenter.domain.outcomes import Disposition
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
        self._tasks: asyncio.TaskGroup | None = None
        self._stopping = asyncio.Event()
        self._empty = asyncio.Event()

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
                reception.call.finish("the server stopped")
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

    def stop(self) -> None:
        """Make `run` return once every call has been closed."""
        self._stopping.set()

    # Webhooks.

    def answer(self, request: VoiceRequest, base: str) -> str:
        """Take a call; asked again (Twilio repeats), the answer is the same."""
        if known := self._calls.get(request.call_sid):
            return known.first_document
        full = self.live >= self.house.rules.max_calls
        if self._tasks is None or self.draining or full:
            return self.fallback(BUSY)
        call = LiveCall(
            CallId(f"call_{secrets.token_hex(8)}"),
            CallAnswered(
                request.call_sid,
                request.caller_number,
                request.called_number,
                self.house.rules.roster,
            ),
            Addresses(base),
            self.house,
        )
        try:
            reception = self._calls[request.call_sid] = Reception(call)
        except Exception:
            call.finish("a fault of ours", Disposition.FAILED)
            raise
        self._tasks.create_task(self._attend(reception), name=call.id)
        return reception.first_document

    def after_stream(self, request: VoiceRequest) -> str:
        """The next document when a stream is over."""
        if known := self._calls.get(request.call_sid):
            return known.after_stream(request)
        return twiml.hang_up() if request.over else self.fallback(FAREWELL)

    def dial_ended(self, attempt_id: AttemptId, ended: DialEnded) -> str:
        """The next document when an operator's leg is over."""
        if known := self._calls.get(ended.request.call_sid):
            return known.dial_ended(attempt_id, ended)
        return twiml.hang_up()

    def status(self, request: VoiceRequest) -> None:
        """A status callback: late, repeated or out of order, it does no harm."""
        known = self._calls.get(request.call_sid)
        if known is not None and request.over:
            known.call.finish(f"the carrier reported {request.status}")

    def stream_status(self, status: StreamStatus) -> None:
        """A stream's own callback: worth a line in the log when it is an error."""
        if status.error:
            logger.warning(
                "stream_error",
                call_sid=status.call_sid,
                stream_sid=status.stream_sid,
                error=status.error,
            )

    def brief(self, request: VoiceRequest, attempt_id: AttemptId) -> str:
        """The briefing, on the operator's leg."""
        if reception := self._with_attempt(request, attempt_id):
            return reception.ladder.brief(attempt_id)
        return twiml.hang_up("The caller has already hung up. Thank you.")

    def accept(self, request: VoiceRequest, attempt_id: AttemptId) -> str:
        """The operator pressed a key."""
        if reception := self._with_attempt(request, attempt_id):
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

    # Inside.

    async def _attend(self, reception: Reception) -> None:
        await reception.call.run()
        if self.live == 0:
            self._empty.set()
        if not self._stopping.is_set():
            await self._linger()
        self._calls.pop(reception.call.state.call_sid, None)

    async def _linger(self) -> None:
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                await self._stopping.wait()
        except TimeoutError:
            return

    def _with_attempt(
        self, request: VoiceRequest, attempt_id: AttemptId
    ) -> Reception | None:
        """Find the call by the operator's parent leg, or else by the attempt's id."""
        parent = request.parent_call_sid
        if parent is not None and parent in self._calls:
            return self._calls[parent]
        for reception in self._calls.values():
            escalation = reception.call.state.escalation
            if escalation and any(
                one.attempt_id == attempt_id for one in escalation.attempts
            ):
                return reception
        return None
