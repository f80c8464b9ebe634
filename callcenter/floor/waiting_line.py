"""One caller's time in line: how things stand, whose turn it is, what else to do.

The database has the order. Here is what this caller hears, and the look, again and
again, whether an operator is free for them; the next webhook finds out the same at
whatever node it reaches.
"""

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final

from callcenter.domain import events as e, line_words as words
from callcenter.domain.ids import AttemptId
from callcenter.domain.operators import Operator
from callcenter.domain.phases import Phase
from callcenter.domain.queueing import LineOutcome, QueueEntered, QueueLeft
from callcenter.errors import CallIsOver, CarrierError
from callcenter.floor.live_call import LiveCall
from callcenter.wire import twiml, twiml_line

CHOICES: Final = {
    "1": LineOutcome.CALLBACK,
    "2": LineOutcome.VOICEMAIL,
    "3": LineOutcome.AGENT,
    "*": LineOutcome.AGENT,
}

MS: Final = 1000
QUIET_MS: Final = 5_000
"""Between two reports of how things stand, however quickly they change."""

AS_SOON_AS: Final = "as soon as it is my turn"

Dial = Callable[[Operator, AttemptId], str | None]


class WaitingLine:
    """One call's. `dial` records an attempt and returns the caller's document."""

    def __init__(self, call: LiveCall, dial: Dial) -> None:
        self._call = call
        self._dial = dial
        self._watching = False
        self._redirecting = False
        self._told: tuple[int, int] | None = None
        """When, and which place."""

    def is_open(self, topic: str, left_s: float) -> bool:
        """Whether one more may wait: somebody is at work, and there is room."""
        queue, rules = self._call.house.queue, self._call.house.rules
        if queue is None or left_s <= 0 or queue.length() >= rules.most_waiting:
            return False
        return queue.staffed(topic) and self._waited_s() < rules.line_s

    def enter(self, topic: str, tried: tuple[str, ...], announcement: str) -> str:
        """Take the place; whoever had one in this call keeps it."""
        state, now = self._call.state, self._call.house.clock.now()
        escalation = state.escalation
        if escalation is None:
            raise AssertionError("nobody has escalated this call")
        stay = state.line
        since = stay.since if stay and stay.outcome is None else self._kept() or now
        self._call.record(QueueEntered(escalation.escalation_id, topic, since, tried))
        self._told = None
        return self.document(f"{announcement} {words.ALL_BUSY}".strip())

    def document(self, before: str = "") -> str:
        """A round of music; with how things stand when that is due."""
        self._watch()
        addresses = self._call.addresses
        said = f"{before} {self._report()}".strip()
        return twiml_line.hold(said, addresses.hold_music, again=addresses.line)

    @property
    def pause(self) -> str | None:
        """While the network is asked to connect the caller, nothing else may."""
        return twiml.wait(self._call.addresses.line) if self._redirecting else None

    def chosen(self, key: str) -> LineOutcome | None:
        """What a key means here; None: go on waiting."""
        outcome = CHOICES.get(key)
        if outcome is LineOutcome.AGENT and not self._agents:
            return None
        if outcome is LineOutcome.CALLBACK and not self._number_known:
            return None
        return outcome

    @property
    def is_too_long(self) -> bool:
        return self._waited_s() >= self._call.house.rules.line_s

    @property
    def has_been_too_long(self) -> bool:
        """Whether they have left the line for that, and were offered the rest."""
        stay = self._call.state.line
        return stay is not None and stay.outcome is LineOutcome.TOO_LONG

    def leave(self, outcome: LineOutcome) -> None:
        """Recorded before anything else is done about it."""
        self._call.record(QueueLeft(outcome, round(self._waited_s())))

    def last_offer(self) -> str:
        """Nobody became free: what is left, to be chosen by key."""
        offered = words.offer(callback=self._number_known, agents=self._agents)
        said = f"{words.TOO_LONG} {offered}"
        return twiml_line.choice(said, action=self._call.addresses.line)

    def promise(self) -> str:
        """A callback is wished; the place in line is kept with it."""
        state = self._call.state
        reason = state.escalation.reason if state.escalation else ""
        topic = state.line.topic if state.line else ""
        since = state.line.since if state.line else None
        self._call.record(e.CallbackRequested(AS_SOON_AS, reason, topic, since))
        self._call.saying_goodbye = True
        return twiml.hang_up(words.WILL_CALL)

    def abandon(self) -> None:
        """The call is about to end; if they still wait, they have given up."""
        stay = self._call.state.line
        if stay is not None and stay.outcome is None:
            self.leave(LineOutcome.ABANDONED)

    # Inside.

    @property
    def _agents(self) -> bool:
        """Whether there are any to go back to."""
        return self._call.model_failures < self._call.house.rules.model_failures

    @property
    def _number_known(self) -> bool:
        return self._call.state.caller_number.startswith("+")

    def _in_line(self) -> bool:
        return self._call.state.phase is Phase.QUEUED

    def _waited_s(self) -> float:
        stay = self._call.state.line
        if stay is None or stay.outcome is not None:
            return 0.0
        waited_s = (self._call.house.clock.now() - stay.since).total_seconds()
        return min(waited_s, self._call.clock_ms() / MS)  # in this call

    def _kept(self) -> datetime | None:
        """The place of somebody who is called back, until they have had it."""
        told = self._call.state.called_back
        return told.queued_at if told and self._call.state.line is None else None

    def _report(self) -> str:
        """Where they stand, when that has changed or was long ago."""
        queue, now_ms = self._call.house.queue, self._call.clock_ms()
        if queue is None:
            return ""
        place = queue.place(self._call.id)
        if self._told is not None:
            said_ms, number = self._told
            since_ms = now_ms - said_ms
            changed = place.number != number and since_ms >= QUIET_MS
            if not changed and since_ms < self._call.house.rules.tell_s * 1000:
                return ""
        offered = words.offer(callback=self._number_known, agents=self._agents)
        self._told = now_ms, place.number
        return f"{words.standing(place.number, place.wait_s)} {offered}"

    def _watch(self) -> None:
        if not self._watching:
            self._watching = True
            self._call.start(self._wait_for_turn())

    async def _wait_for_turn(self) -> None:
        call = self._call
        queue = call.house.queue
        try:
            while queue is not None and self._in_line():
                queue.keep(call.id)
                attempt_id = AttemptId(f"att_{secrets.token_hex(8)}")
                operator = await queue.take(call.id, attempt_id)
                if operator is None:
                    await asyncio.sleep(call.house.rules.look_s)
                elif not self._in_line():  # gone, in this moment
                    await queue.release(operator, attempt_id)
                elif document := self._dial(operator, attempt_id):
                    await self._connect(document)
        finally:
            self._watching = False

    async def _connect(self, document: str) -> None:
        """At once; when the carrier will not, the next webhook gets the document."""
        self._redirecting = True
        try:
            await self._call.house.carrier.redirect(self._call.state.call_sid, document)
        except CallIsOver:
            self._call.finish("the caller hung up")
        except CarrierError:
            return
        finally:
            self._redirecting = False
