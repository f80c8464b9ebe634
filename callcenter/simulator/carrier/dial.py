"""`<Dial>`: ring other phones, let one of them be joined to this leg."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Final

from callcenter.simulator.carrier.attempt import Attempt, Target
from callcenter.simulator.carrier.conference import dial_conference
from callcenter.simulator.carrier.interpreter import Execution, Step
from callcenter.simulator.carrier.leg import Fetch, StatusCallback
from callcenter.simulator.carrier.lines import Line, Ringing, bridge
from callcenter.simulator.carrier.records import Happening
from callcenter.simulator.carrier.twiml import UNKNOWN_IN_SCHEMA, Verb
from callcenter.simulator.carrier.watch import Watch

RING_S: Final = 30.0
TIME_LIMIT_S: Final = 14400.0
BAD_CALLER_ID: Final = 13214
_TARGETS: Final = frozenset({"Number", "Sip", "Client"})


async def dial(run: Execution, verb: Verb) -> Step:
    """Without an action, the next verb follows; with one, never."""
    for noun in verb.children:
        if noun.name == "Conference":
            return await dial_conference(run, verb, noun)
    targets = _targets(run, verb)
    action = run.action(verb)
    if not targets:
        return action
    if not verb.flag("answerOnBridge"):
        run.leg.answer()
    watch = Watch()
    attempts = [Attempt(run, target, watch) for target in targets]
    party = _Party(run, attempts, watch)
    async with run.waiting(action, party.abandoned):
        await party.connect(
            verb.seconds("timeLimit", TIME_LIMIT_S), in_turn=verb.flag("sequential")
        )
    if action is None:
        return None
    return Fetch(action.url, action.method, party.result())


class _Party:
    """The phones that one `<Dial>` rings."""

    def __init__(self, run: Execution, attempts: list[Attempt], watch: Watch) -> None:
        self._run = run
        self._attempts = attempts
        self._watch = watch
        self._winner: Attempt | None = None

    async def connect(self, limit_s: float, *, in_turn: bool) -> None:
        """Ring until one is accepted or none is left; then bridge until it is over."""
        self._run.leg.line = Ringing()
        try:
            await self._ring(in_turn=in_turn)
            if self._winner is not None:
                await self._talk(self._winner, limit_s)
        finally:
            self._run.leg.line = Line()
            for attempt in self._attempts:
                attempt.abandon()

    async def _ring(self, *, in_turn: bool) -> None:
        """Find the winner: one attempt after another, or all at once."""
        for attempt in self._attempts:
            attempt.begin()
            if in_turn:
                await self._watch.until(partial(_settled, attempt))
                if attempt.accepted:
                    break
        await self._watch.until(self._decided)
        self._winner = next((a for a in self._attempts if a.accepted), None)

    def _decided(self) -> bool:
        if self._run.exchange.options.first_to_answer_wins:
            self._stop_the_others()
        return any(attempt.accepted for attempt in self._attempts) or all(
            attempt.over for attempt in self._attempts
        )

    def _stop_the_others(self) -> None:
        if any(attempt.leg.answered for attempt in self._attempts):
            for attempt in self._attempts:
                if not attempt.leg.answered:
                    attempt.abandon()

    async def _talk(self, winner: Attempt, limit_s: float) -> None:
        leg = self._run.leg
        for attempt in self._attempts:
            if attempt is not winner:
                attempt.abandon()
        leg.answer()
        leg.line, winner.leg.line = bridge()
        leg.phone.happen(Happening.BRIDGED, winner.leg.to_number)
        winner.leg.phone.happen(Happening.BRIDGED, leg.from_number)
        try:
            async with asyncio.timeout(limit_s):
                await self._watch.until(lambda: winner.over)
        except TimeoutError:
            winner.abandon()
            await self._watch.until(lambda: winner.over)
        finally:
            winner.leg.line = Line()
            leg.phone.happen(Happening.UNBRIDGED)

    def result(self) -> dict[str, str]:
        """What the action is told."""
        best = self._winner or self._last_answered()
        fields = {
            "DialCallStatus": self._status(),
            "DialCallSid": (best or self._attempts[0]).leg.sid,
            "DialBridged": "true" if self._winner else "false",
        }
        if best is not None:
            fields["DialCallDuration"] = str(best.leg.duration_s)
        return fields

    def abandoned(self) -> Mapping[str, str]:
        """What the action is told when the caller hung up first."""
        fields = self.result()
        if not self._winner:
            status = self._run.exchange.options.abandoned_dial_status
            fields["DialCallStatus"] = status
        return fields

    def _last_answered(self) -> Attempt | None:
        answered = [a for a in self._attempts if a.leg.answered]
        return answered[-1] if answered else None

    def _status(self) -> str:
        if self._winner is not None:
            return "completed"
        if self._last_answered() is not None:
            return self._run.exchange.options.declined_dial_status
        statuses = {attempt.leg.status for attempt in self._attempts}
        return statuses.pop() if len(statuses) == 1 else "no-answer"


def _settled(attempt: Attempt) -> bool:
    return attempt.accepted or attempt.over


def _targets(run: Execution, verb: Verb) -> list[Target]:
    """Whom to ring; nobody if the caller id isn't ours to show."""
    leg, exchange = run.leg, run.exchange
    shown = verb.attribute("callerId", leg.from_number)
    owned = {leg.from_number, leg.to_number, exchange.number.phone_number}
    if shown not in owned:
        exchange.warn(BAD_CALLER_ID, f"Invalid callerId {shown}", leg)
    nouns = [child for child in verb.children if child.name in _TARGETS]
    if len(nouns) != len(verb.children):
        exchange.warn(UNKNOWN_IN_SCHEMA, "<Dial> with a noun not simulated", leg)
    if verb.attribute("record", "do-not-record") != "do-not-record":
        exchange.warn(UNKNOWN_IN_SCHEMA, "<Dial record> is not simulated", leg)
    if verb.text and not nouns:
        nouns = [Verb("Number", {}, (), verb.text)]
    timeout_s = verb.seconds("timeout", RING_S)
    reachable = shown in owned
    return [_target(run, noun, shown, timeout_s, reachable) for noun in nouns]


def _target(
    run: Execution, noun: Verb, shown: str, timeout_s: float, reachable: bool
) -> Target:
    address = noun.text
    if noun.name == "Client":
        names = [child.text for child in noun.children if child.name == "Identity"]
        address = "client:" + (names[0] if names else noun.text)
    callback = None
    if url := noun.attribute("statusCallback"):
        events = noun.attribute("statusCallbackEvent", "completed").split()
        method = noun.attribute("statusCallbackMethod", "POST")
        callback = StatusCallback(run.resolve(url), method, frozenset(events))
    screening = None
    if url := noun.attribute("url"):
        screening = Fetch(run.resolve(url), noun.attribute("method", "POST"))
    return Target(address, shown, timeout_s, screening, callback, reachable=reachable)
