"""What all legs of the simulated carrier share: the telephone exchange."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import partial

from callcenter.simulator.carrier.faults import Network
from callcenter.simulator.carrier.fields import status_fields, voice_fields
from callcenter.simulator.carrier.leg import Leg, StatusCallback
from callcenter.simulator.carrier.operators import OperatorBehaviour, Unreachable
from callcenter.simulator.carrier.phone import Phone
from callcenter.simulator.carrier.records import (
    DebuggerEntry,
    PhoneEvent,
    Recording,
    new_sid,
    utc_now,
)
from callcenter.simulator.carrier.room import Room
from callcenter.simulator.carrier.webhooks import WebhookFailed, Webhooks
from callcenter.wire.mulaw import silence


@dataclass(frozen=True, slots=True)
class Options:
    """Where Twilio's documents are silent, and what makes a test quick."""

    connect_action_on_redirect: bool = False
    """Is `<Connect action>` requested when REST replaces the document?"""
    action_on_hang_up: bool = True
    """Is a waiting action requested when the caller hangs up?"""
    declined_dial_status: str = "completed"
    """DialCallStatus when the far end answered but was never bridged."""
    abandoned_dial_status: str = "no-answer"
    """DialCallStatus when the caller gave up while it rang."""
    first_to_answer_wins: bool = True
    """Of phones that ring together: does answering end the others' ringing, or only
    accepting the screening?"""
    sign_stream_as_wss: bool = False
    """Sign `ws://` stream URLs under their `wss://` spelling."""
    say_ms_per_character: int = 60
    longest_say_ms: int = 400
    """Only for the silent default voice."""
    webhook_timeout_s: float = 15.0
    transcription: str = ""
    """What is understood of a message that is to be written down; empty: nothing."""
    deliver_twice: bool = False
    """Each webhook arrives twice, with one idempotency token, as after a connection
    that broke before Twilio read the answer."""
    mark_delay_ms: int = 0
    """Between the end of the audio and its mark: a start-up buffer, a round trip."""
    playback_limit_ms: int | None = None
    """How much unplayed audio a stream may queue; None: any amount."""


@dataclass(slots=True)
class Number:
    """Our telephone number, as configured at the carrier."""

    phone_number: str
    voice_url: str
    voice_fallback_url: str | None = None
    status_callback: str | None = None
    voice_method: str = "POST"
    status_callback_method: str = "POST"
    friendly_name: str = "callcenter"
    sid: str = field(default_factory=lambda: new_sid("PN"))


class Exchange:
    """Shared state, and the services that verbs need."""

    def __init__(
        self,
        *,
        account_sid: str,
        number: Number,
        operators: dict[str, OperatorBehaviour],
        speak: Callable[[str], Awaitable[bytes]] | None,
        network: Network,
        options: Options,
        hurry: float,
        webhooks: Webhooks,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self.account_sid = account_sid
        self.number = number
        self.operators = operators
        self.speak = speak
        self.network = network
        self.options = options
        self.hurry = hurry
        self.webhooks = webhooks
        self._tasks = tasks
        self._running: set[asyncio.Task[None]] = set()
        self.api_url = ""
        self.on_event: Callable[[Phone, PhoneEvent], None] | None = None
        """Sees every event of phones that have no listener of their own."""
        self.started_at = utc_now()
        self.calls: dict[str, Leg] = {}
        self.warnings: list[DebuggerEntry] = []
        self.recordings: dict[str, Recording] = {}
        self.messages: dict[str, dict[str, object]] = {}
        self.rooms: dict[str, Room] = {}
        """All conferences there were, by their SID."""

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        """Run something that may outlive its leg, but not the exchange."""
        task = self._tasks.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def settle(self, timeout_s: float) -> None:
        """Wait until no leg lives and no callback is on its way."""
        async with asyncio.timeout(timeout_s):
            while self._running:
                await asyncio.wait(set(self._running))

    def cut_everything(self) -> None:
        for task in list(self._running):
            task.cancel()

    def warn(self, code: int, text: str, leg: Leg | None = None) -> None:
        """Write an entry into the debugger's log."""
        self.warnings.append(DebuggerEntry(code, text, leg.sid if leg else ""))

    def hurried_s(self, seconds: float) -> float:
        """How long a wait of the real network takes here."""
        return seconds / self.hurry

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(self.hurried_s(seconds))

    async def voice(self, text: str) -> bytes:
        """`text` as `<Say>` speaks it."""
        if self.speak is not None:
            return await self.speak(text)
        ms = len(text) * self.options.say_ms_per_character
        return silence(min(ms, self.options.longest_say_ms))

    def behaviour(self, number: str) -> OperatorBehaviour:
        return self.operators.get(number, Unreachable())

    def fields(self, leg: Leg) -> dict[str, str]:
        return voice_fields(leg, self.account_sid)

    def register(self, leg: Leg, tasks: asyncio.TaskGroup) -> None:
        """Let a leg be found by CallSid, and its subscriber know what it becomes."""
        self.calls[leg.sid] = leg
        if leg.phone.on_event is None and self.on_event is not None:
            leg.phone.on_event = partial(self.on_event, leg.phone)

        def tell(changed: Leg) -> None:
            callback = changed.status_callback
            if callback is not None and callback.wants(changed.status):
                sequence = changed.callbacks_sent
                changed.callbacks_sent += 1
                fields = status_fields(changed, self.account_sid, sequence)
                tasks.create_task(self.notify(callback, fields, changed))

        leg.on_status = tell

    async def notify(
        self, callback: StatusCallback, fields: Mapping[str, str], leg: Leg
    ) -> None:
        """Deliver a status callback. It is not retried, and its answer is ignored."""
        try:
            reply = await self.webhooks.send(callback.method, callback.url, fields)
        except WebhookFailed as failure:
            self.warn(failure.code, f"status callback: {failure}", leg)
            return
        if reply.status >= 400:
            self.warn(11200, f"status callback answered {reply.status}", leg)
