"""`<Dial><Conference>`: the leg enters a conference until it ends, or the leg does."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from callcenter.simulator.carrier.exchange import Exchange
from callcenter.simulator.carrier.interpreter import Execution, Step
from callcenter.simulator.carrier.leg import Fetch, StatusCallback
from callcenter.simulator.carrier.lines import Line
from callcenter.simulator.carrier.records import rfc2822, utc_now
from callcenter.simulator.carrier.room import Left, Manners, Room
from callcenter.simulator.carrier.twiml import UNKNOWN_IN_SCHEMA, Verb

TIME_LIMIT_S: Final = 14_400.0
NOBODY_TO_COACH: Final = 13_240
LABEL_TAKEN: Final = 16_025
MOST_MEMBERS: Final = 250
JOINED: Final = {"DialCallStatus": "answered"}

_WORDS: Final = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
}
"""What one subscribes to, by the name under which it is told."""


async def dial_conference(run: Execution, verb: Verb, noun: Verb) -> Step:
    """Blocks the document until the leg is out of the conference."""
    action = run.action(verb)
    run.leg.answer()
    room = _room(run, noun)
    manners = _manners(run, noun, room)
    if manners is None or len(room.members) >= _most(noun):
        return None if action is None else Fetch(action.url, action.method, JOINED)
    async with run.waiting(action, lambda: JOINED):
        member = room.enter(run.leg, manners)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(verb.seconds("timeLimit", TIME_LIMIT_S)):
                    await member.gone.wait()
        finally:
            room.leave(member, Left.HUNG_UP)
            if run.leg.line is member.seat:
                run.leg.line = Line()
    if action is None:
        return None
    return Fetch(action.url, action.method, JOINED)


def _room(run: Execution, noun: Verb) -> Room:
    """The conference of that name; made, with this leg's callback, if there is none."""
    exchange, name = run.exchange, noun.text
    for room in exchange.rooms.values():
        if room.name == name and not room.over:
            return room
    callback = None
    if url := noun.attribute("statusCallback"):
        events = frozenset(noun.attribute("statusCallbackEvent").split())
        method = noun.attribute("statusCallbackMethod", "POST")
        callback = StatusCallback(run.resolve(url), method, events)
    teller = _Teller(exchange, run, callback)
    room = Room(name, teller.tell)
    teller.room = room
    exchange.rooms[room.sid] = room
    return room


class _Teller:
    """One conference's callbacks: those that its first member asked for."""

    room: Room

    def __init__(
        self, exchange: Exchange, run: Execution, callback: StatusCallback | None
    ) -> None:
        self._exchange = exchange
        self._leg = run.leg
        self._callback = callback
        self._sequence = 0

    def tell(self, event: str, fields: Mapping[str, str]) -> None:
        callback = self._callback
        if callback is None or _WORDS[event] not in callback.events:
            return
        self._sequence += 1
        told = {
            "ConferenceSid": self.room.sid,
            "FriendlyName": self.room.name,
            "AccountSid": self._exchange.account_sid,
            "SequenceNumber": str(self._sequence),
            "Timestamp": rfc2822(utc_now()) or "",
            "StatusCallbackEvent": event,
            **fields,
        }
        sent = self._exchange.notify(callback, told, self._leg)
        self._exchange.spawn(sent)


def _manners(run: Execution, noun: Verb, room: Room) -> Manners | None:
    """None when the leg cannot be let in as it wishes."""
    coach, label = noun.attribute("coach"), noun.attribute("participantLabel")
    if coach and coach not in room.members:
        run.exchange.warn(NOBODY_TO_COACH, f"No participant {coach}", run.leg)
        return None
    if label and label in {one.manners.label for one in room.members.values()}:
        run.exchange.warn(LABEL_TAKEN, f"The label {label} is taken", run.leg)
        return None
    if noun.attribute("record", "do-not-record") != "do-not-record":
        text = "<Conference record> is not simulated"
        run.exchange.warn(UNKNOWN_IN_SCHEMA, text, run.leg)
    return Manners(
        label=label,
        start_on_enter=noun.attribute("startConferenceOnEnter", "true") == "true",
        end_on_exit=noun.flag("endConferenceOnExit"),
        muted=noun.flag("muted"),
        beeps=noun.attribute("beep", "true"),
        music=noun.attribute("waitUrl", "music") != "",
        coach=coach,
    )


def _most(noun: Verb) -> int:
    return int(noun.attribute("maxParticipants", str(MOST_MEMBERS)))
