"""One call at work: its facts, its conversation, its end.

Everything that a call starts runs in the task group of `run`; when that ends, it all
has ended. Webhooks and the caller's socket come in from outside and only ask.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Final, TypeVar

from callcenter.bridge.patience import Due
from callcenter.domain import events as e, recording
from callcenter.domain.call import CallState, apply, disposition_of, fold
from callcenter.domain.ids import AgentName, CallId
from callcenter.domain.opening import Opening
from callcenter.domain.outcomes import Disposition
from callcenter.domain.phases import Phase
from callcenter.domain.tool import Tool
from callcenter.domain.voicemail import LateVoicemail
from callcenter.domain.welcome import Welcome, welcome
from callcenter.errors import CallerRefused, CarrierError
from callcenter.floor.addresses import Addresses
from callcenter.floor.errands import Errands
from callcenter.floor.house import House
from callcenter.floor.ports import CallControl
from callcenter.floor.talk import Talk
from callcenter.wire import twiml

NODE_FACTS: Final = 10_000
"""Where the numbers of the next node's facts begin: more than a call has."""

GOODBYES: Final = 3
"""So many looks after a last word, a call is over even if nobody says so."""

OVERTAKEN_SECONDS: Final = 2.0
"""By how much a webhook may overtake the end of the stream that it is about."""

Deed = TypeVar("Deed")


class LiveCall:
    """A caller's visit, from ring to wrap-up."""

    def __init__(self, call_id: CallId, addresses: Addresses, house: House) -> None:
        self.id = call_id
        self.house = house
        self.roster = house.rosters.current()
        """It stays the call's own, whatever is edited meanwhile."""
        self.addresses = addresses
        self.state = CallState()
        self.talk: Talk | None = None
        self.saying_goodbye = False
        self.model_failures = 0
        self.control: CallControl | None = None
        self.before_end: list[Callable[[], None]] = []
        self.sequence = 0
        self._patience = house.rules.model_failures
        self._began_ms = house.clock.steady_ms()
        self._over = asyncio.Event()
        self.floor: asyncio.TaskGroup | None = None
        """Owns what outlives the call."""
        self._errands = Errands(call_id, self._fault)

    # Facts.

    def remember(self, facts: Sequence[e.Fact]) -> None:
        """Take up a call that another node had: its state, and its clock."""
        self.state = fold(facts)
        self.roster = self.house.rosters.known(self.state.roster)
        # The last node's latest facts may still be on their way to the database.
        self.sequence = (self.state.last_sequence // NODE_FACTS + 1) * NODE_FACTS
        since = self.house.clock.now() - facts[0].at
        self._began_ms -= round(since.total_seconds() * 1000)

    def record(self, event: e.Event) -> None:
        """Enter a fact. After the end there are only ends of what had been begun."""
        over = self.state.phase is Phase.ENDED
        if over and not isinstance(event, e.ToolReturned | LateVoicemail):
            return
        self.state = apply(self.state, event)
        answered = isinstance(event, e.AgentSpoke) and event.latency_ms is not None
        if answered and self.model_failures < self._patience:
            self.model_failures = 0  # they count in a row, until a caller is answered
        self.sequence += 1
        fact = e.Fact(self.id, self.sequence, self.house.clock.now(), event)
        self.house.ledger.append(fact)
        self.house.tell(fact)

    @property
    def agent(self) -> AgentName:
        """Who talks with the caller; another roster may not have them any more."""
        known = {card.name for card in self.roster.cards}
        return self.state.agent if self.state.agent in known else self.roster.entry

    @property
    def welcome(self) -> Welcome:
        """How the call begins."""
        return welcome(self.roster, self.house.rules.greeting)

    @property
    def supervised(self) -> bool:
        """Whether a person of the house speaks in the agent's place."""
        return self.talk is not None and self.talk.line.taken

    @property
    def over(self) -> bool:
        """Whether it has ended, or is another node's by now."""
        return self._over.is_set()

    def clock_ms(self) -> int:
        """Milliseconds since the call was answered."""
        return self.house.clock.steady_ms() - self._began_ms

    # The life of the call.

    async def run(self) -> None:
        """Live until `finish`; then nothing of the call is left."""
        async with asyncio.TaskGroup() as tasks:
            self._errands.begin(tasks)
            self.start(self._watch())
            try:
                await self._over.wait()
            finally:
                self._let_go()  # also when we are cancelled: nothing may start now
                self.end_stream()  # if it is still there, it would be silent for ever
                self._errands.cancel()

    def finish(self, reason: str, disposition: Disposition | None = None) -> None:
        """The one end of every call, however it came; idempotent.

        If we had decided to hang up, that is why, whoever may notice the end first.
        """
        for settle in self.before_end:
            settle()
        why = reason if self.state.ending in reason else self.state.ending
        self.record(e.CallEnded(disposition or disposition_of(self.state), why))
        self._let_go()

    def leave(self) -> None:
        """Let go of the call without ending it: another node will take it up."""
        self._let_go()

    def _let_go(self) -> None:
        self._over.set()
        self._errands.refuse()

    def start(self, errand: Coroutine[Any, Any, None]) -> None:
        """Run something that must not outlive the call.

        A fault in it ends the stream, so that Twilio asks what the caller hears next.
        """
        self._errands.start(errand)

    def outlive(self, deed: Coroutine[Any, Any, Deed]) -> asyncio.Task[Deed]:
        """Run something that the end of the call must not stop.

        It keeps its own time-out, and never raises: the floor waits for it.
        """
        if self.floor is None:
            raise AssertionError("a call has its floor before anything happens to it")
        return self.floor.create_task(deed)

    def _fault(self) -> None:
        self.model_failures += 1
        self.end_stream()

    async def _watch(self) -> None:
        """Keep the call within its limits, and look for callers who left unnoticed."""
        told_goodbye = 0
        while True:
            await asyncio.sleep(self.house.rules.watch_s)
            if self.talk is not None and self.talk.streaming:
                if not self.supervised:  # a person minds the time
                    await self._reception().keep_within_limits()
            elif await self._has_left():
                self.finish("the caller had left")
            elif self.saying_goodbye:
                told_goodbye += 1
                if told_goodbye > GOODBYES:
                    self.finish("the caller was told goodbye")

    async def _has_left(self) -> bool:
        try:
            return await self.house.carrier.is_over(self.state.call_sid)
        except CarrierError:
            return False  # it says nothing about the caller; ask again later

    async def hang_up(self, reason: str) -> None:
        """End the telephone call, and with it this one.

        Recorded before it is done: the answer may never come, or somebody else's
        telling us of the end may come sooner.
        """
        self.record(e.HangUpDecided(reason))
        try:
            await self.house.carrier.hang_up(self.state.call_sid)
        except CarrierError as error:
            reason = f"{reason} ({error})"
        self.finish(reason)

    # Talking.

    def begin(self, opening: Opening) -> str:
        """Open a session early; returns the document that brings the caller to it."""
        if self.talk is not None:
            self.talk.finish()
        self.talk = talk = Talk(self, opening)
        if self._reception().typing_secrets:  # on the stream before this one
            talk.line.hush.begin()
        self.start(talk.run())
        recorded = self.welcome.recorded and not opening.reason
        return twiml.connect(
            self.addresses.stream,
            talk.admission.token,
            action=self.addresses.after_stream,
            status_callback=self.addresses.stream_status,
            greeting=self.welcome.words if recorded else "",
            language=self.welcome.say,
            notice=self._notice(),
        )

    def _notice(self) -> str:
        """Nobody is recorded who was not told, and nobody is told twice."""
        if self.house.recordings is None or self.state.announced:
            return ""
        return self.house.rules.recording_notice

    def pause_recording(self) -> None:
        """Let nothing be recorded until `resume_recording`, on later streams neither.

        Idempotent; does nothing when calls are not recorded.
        """
        if self.house.recordings is not None and not self.state.recording_paused:
            if self.talk is not None:
                self.talk.taping.pause()
            self.record(recording.RecordingPaused())

    def resume_recording(self) -> None:
        """Record again. Idempotent."""
        if self.state.recording_paused:
            self.record(recording.RecordingResumed())
            if self.talk is not None:
                self.talk.taping.resume()

    def admit(self, token: str) -> Talk:
        """Let a stream in. Raises CallerRefused, and nothing has changed."""
        if self.talk is None or self._over.is_set():
            raise CallerRefused("no stream is expected for this call")
        self.talk.admission.use(token, self.house.clock.steady_ms())
        return self.talk

    async def quiet_moment(self) -> None:
        """Wait until nobody is in the middle of a sentence of the agent's."""
        if self.talk is not None and self.talk.streaming:
            await self.talk.line.callers_turn()

    async def stream_gone(self) -> None:
        """Let the last words be recorded before what follows them.

        Twilio's webhooks may overtake the end of its stream.
        """
        if self.talk is not None:
            await self.talk.gone(OVERTAKEN_SECONDS)

    def end_stream(self) -> None:
        """Close the caller's stream: Twilio then asks what comes next."""
        if self.talk is not None:
            self.talk.end()

    def tools(self) -> Mapping[str, Tool]:
        """The tools of this call, bound to it."""
        control = self._reception()
        tools = self.house.toolbox(self.id, self.state.caller_number, control)
        return control.allowance.over(tools)

    def key(self, digit: str) -> None:
        """The caller pressed a key. A person has no use for it: they can be told."""
        if self.supervised:
            self.record(e.KeyPressed(self.clock_ms()))
        else:
            self._reception().key(digit)

    def due(self, due: Due) -> None:
        """It has been quiet for too long."""
        self.start(self._reception().mind_the_silence(due))

    async def rescue(self, reason: str) -> None:
        """The agents cannot go on: a human being must."""
        await self._reception().rescue(reason)

    def _reception(self) -> CallControl:
        if self.control is None:
            raise AssertionError("a call has its control before anything happens to it")
        return self.control
