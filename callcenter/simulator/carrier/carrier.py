"""The simulated carrier: Twilio's REST API, webhooks, TwiML and Media Streams."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Self

import aiohttp

from callcenter.simulator.carrier.conversation import converse, follow, live
from callcenter.simulator.carrier.exchange import Exchange, Number, Options
from callcenter.simulator.carrier.faults import (
    NO_FAULTS,
    Network,
    RestFault,
    Signature,
    StreamFaults,
)
from callcenter.simulator.carrier.leg import (
    Direction,
    Fetch,
    Leg,
    StatusCallback,
)
from callcenter.simulator.carrier.lines import Ringing
from callcenter.simulator.carrier.operators import OperatorBehaviour, Script
from callcenter.simulator.carrier.phone import Phone
from callcenter.simulator.carrier.raw_stream import RawStream, open_raw_stream
from callcenter.simulator.carrier.records import (
    DebuggerEntry,
    Exchanged,
    PhoneEvent,
    Recording,
)
from callcenter.simulator.carrier.rest import RestApi
from callcenter.simulator.carrier.room import Room
from callcenter.simulator.carrier.verb_table import VERBS
from callcenter.simulator.carrier.webhooks import Webhooks


class CarrierSimulator:
    """Use as `async with`. Leaving it cuts all calls.

    `reroute` maps the beginning of a public URL to where it is reached from here, so
    that a server may believe in its PUBLIC_URL. `hurry` divides the waits for ringing,
    keys and pauses; media stays in real time. `on_event` sees the events of all phones,
    the operators' too, that have no listener of their own.
    """

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        number: str,
        voice_url: str,
        voice_fallback_url: str | None = None,
        status_callback: str | None = None,
        operators: Mapping[str, OperatorBehaviour] | None = None,
        speak: Callable[[str], Awaitable[bytes]] | None = None,
        network: Network | None = None,
        options: Options | None = None,
        hurry: float = 1.0,
        host: str = "127.0.0.1",
        reroute: Mapping[str, str] | None = None,
        on_event: Callable[[Phone, PhoneEvent], None] | None = None,
    ) -> None:
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.number = Number(number, voice_url, voice_fallback_url, status_callback)
        self.requests: list[Exchanged] = []
        self.stream_faults: StreamFaults = NO_FAULTS
        """For calls placed from now on, unless they bring their own."""
        self.operators: dict[str, OperatorBehaviour] = dict(operators or {})
        """Who answers at which number, and how; may be changed at any time."""
        self._speak = speak
        self._network = network or Network()
        self._options = options or Options()
        self._hurry = hurry
        self._host = host
        self._on_event = on_event
        self._reroute = dict(reroute or {})
        self._tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        # No connection outlives its webhook: a server that stops need not wait for us.
        connector = aiohttp.TCPConnector(force_close=True)
        self._session = aiohttp.ClientSession(connector=connector)
        webhooks = Webhooks(
            self._session,
            self.auth_token,
            self.requests,
            reroute=self._reroute,
            timeout_s=self._options.webhook_timeout_s,
            deliver_twice=self._options.deliver_twice,
        )
        self._exchange = Exchange(
            account_sid=self.account_sid,
            number=self.number,
            operators=self.operators,
            speak=self._speak,
            network=self._network,
            options=self._options,
            hurry=self._hurry,
            webhooks=webhooks,
            tasks=self._tasks,
        )
        self._exchange.on_event = self._on_event
        self._rest = RestApi(self._exchange, self.auth_token, self.requests, VERBS)
        self._exchange.api_url = await self._rest.start(self._host)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._rest.stop()
        self._exchange.cut_everything()
        cancelled = kind if error is None else type(error)
        try:
            if isinstance(error, asyncio.CancelledError):
                await self._tasks.__aexit__(cancelled, error, trace)
            else:
                await self._tasks.__aexit__(None, None, None)
        finally:
            await self._session.close()

    @property
    def api_url(self) -> str:
        """To be put in place of `https://api.twilio.com`."""
        return self._exchange.api_url

    @property
    def calls(self) -> dict[str, Leg]:
        """All legs there were, by CallSid."""
        return self._exchange.calls

    @property
    def warnings(self) -> list[DebuggerEntry]:
        """What Twilio's debugger would show."""
        return self._exchange.warnings

    @property
    def conferences(self) -> list[Room]:
        """All there were, the oldest first."""
        return list(self._exchange.rooms.values())

    @property
    def recordings(self) -> dict[str, Recording]:
        return self._exchange.recordings

    @property
    def messages(self) -> list[dict[str, object]]:
        """The SMS that were sent, as REST resources."""
        return list(self._exchange.messages.values())

    def webhooks_to(self, path: str) -> list[Exchanged]:
        """The webhooks whose URL contains this."""
        return [
            request
            for request in self.requests
            if request.kind == "webhook" and path in request.url
        ]

    def legs_of(self, call: Leg) -> list[Leg]:
        """The legs that this one's `<Dial>`s rang, oldest first."""
        return [leg for leg in self.calls.values() if leg.parent_sid == call.sid]

    async def settle(self, timeout_s: float = 30.0) -> None:
        """Wait until all calls are over and all callbacks are delivered."""
        await self._exchange.settle(timeout_s)

    def fail_next(self, *faults: RestFault) -> None:
        """The next REST requests meet these, in order."""
        self._rest.faults.extend(faults)

    async def place_call(
        self,
        from_number: str,
        script: Script,
        to: str | None = None,
        *,
        hang_up_after_script: bool = False,
        faults: StreamFaults | None = None,
        on_event: Callable[[PhoneEvent], None] | None = None,
        **extra_fields: str,
    ) -> Leg:
        """Telephone our number. `extra_fields` go into every webhook of the call."""
        phone = Phone(from_number, on_event)
        leg = Leg(
            phone,
            from_number=from_number,
            to_number=to or self.number.phone_number,
            direction=Direction.INBOUND,
        )
        leg.line = Ringing()
        leg.extra_fields = dict(extra_fields)
        leg.stream_faults = faults or self.stream_faults
        leg.fallback_url = self.number.voice_fallback_url
        if url := self.number.status_callback:
            leg.status_callback = StatusCallback(
                url, self.number.status_callback_method
            )
        self._exchange.calls[leg.sid] = leg

        async def control(tasks: asyncio.TaskGroup) -> None:
            acting = follow(
                leg, lambda: script(phone), hang_up_afterwards=hang_up_after_script
            )
            leg.script = tasks.create_task(acting)
            start = Fetch(self.number.voice_url, self.number.voice_method)
            await converse(self._exchange, leg, start, VERBS)

        self._exchange.spawn(live(self._exchange, leg, control))
        return leg

    async def open_stream(
        self,
        url: str,
        *,
        call_sid: str,
        parameters: Mapping[str, str] | None = None,
        signature: Signature = Signature.RIGHT,
    ) -> RawStream:
        """A bare Media Stream without a call. Raises `HandshakeFailed`."""
        return await open_raw_stream(
            self._exchange,
            url,
            call_sid=call_sid,
            parameters=dict(parameters or {}),
            signature=signature,
        )
