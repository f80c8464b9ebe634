"""A conference: who is in it, who hears whom, when it begins and ends."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from callcenter.simulator.carrier.leg import Leg
from callcenter.simulator.carrier.records import Happening, new_sid, utc_now
from callcenter.simulator.carrier.seat import Seat
from callcenter.simulator.carrier.sound import beep

MEMBERS_TO_START: Final = 2


class Left(StrEnum):
    """Why a member is not in a conference any more."""

    HUNG_UP = "participant_hung_up"
    REMOVED = "participant_updated_via_api"
    MODERATOR = "moderator_ended_conference"
    ENDED = "conference_ended_via_api"


@dataclass(frozen=True, slots=True)
class Manners:
    """What a member's `<Conference>` says of them."""

    label: str = ""
    start_on_enter: bool = True
    end_on_exit: bool = False
    muted: bool = False
    beeps: str = "true"
    music: bool = True
    """While they wait: any `waitUrl` but an empty one."""
    coach: str = ""


@dataclass(slots=True)
class Member:
    """A leg in a conference."""

    leg: Leg
    manners: Manners
    seat: Seat
    muted: bool
    end_on_exit: bool
    coach: str
    """The only one who hears this member; empty: all do."""
    hold: bool = False
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    entered_at: datetime = field(default_factory=utc_now)


Tell = Callable[[str, Mapping[str, str]], None]


class Room:
    """`tell` gets each event by its full name, with its own fields."""

    def __init__(self, name: str, tell: Tell) -> None:
        self.sid = new_sid("CF")
        self.name = name
        self.status = "init"
        self.members: dict[str, Member] = {}
        self.created_at = utc_now()
        self.ended_at: datetime | None = None
        self.why_ended: str | None = None
        self.ended_by: str | None = None
        self._tell = tell

    @property
    def over(self) -> bool:
        return self.status == "completed"

    def enter(self, leg: Leg, manners: Manners) -> Member:
        """Take a leg in; its line is the conference from now on."""
        member = Member(
            leg,
            manners,
            Seat(lambda spoken: self._say(leg.sid, spoken)),
            muted=manners.muted,
            end_on_exit=manners.end_on_exit,
            coach=manners.coach,
        )
        if manners.beeps in {"true", "onEnter"}:
            self._beep()
        self.members[leg.sid] = member
        leg.line = member.seat
        self.settle(member)
        self.say("participant-join", member)
        self._start()
        return member

    def leave(self, member: Member, why: Left) -> None:
        """A member is out, whoever wanted it; harmless when they were already."""
        if self.members.pop(member.leg.sid, None) is None:
            return
        member.gone.set()
        if self.status == "in-progress":
            member.leg.phone.happen(Happening.UNBRIDGED)
        for other in self.members.values():
            other.seat.forget(member.leg.sid)
        self.say("participant-leave", member, {"ReasonParticipantLeft": why.value})
        kicked = "kicked" if why is Left.REMOVED else "left"
        if why in {Left.MODERATOR, Left.ENDED}:
            return
        if member.end_on_exit:
            self._end(
                f"participant-with-end-conference-on-exit-{kicked}",
                Left.MODERATOR,
                member.leg.sid,
            )
        elif not self.members:
            self._end(f"last-participant-{kicked}", Left.MODERATOR, member.leg.sid)
        elif _beeps_on_leaving(member):
            self._beep()

    def end(self) -> None:
        """By REST."""
        self._end("conference-ended-via-api", Left.ENDED, None)

    def settle(self, member: Member) -> None:
        """What a member hears, after something about them has changed."""
        waits = self.status == "init" and member.manners.music
        member.seat.music = waits or member.hold

    def say(
        self, event: str, member: Member, extra: Mapping[str, str] | None = None
    ) -> None:
        """Tell of something that a member did, or that was done to them."""
        fields = {
            "CallSid": member.leg.sid,
            "Muted": _flag(member.muted),
            "Hold": _flag(member.hold),
            "Coaching": _flag(bool(member.coach)),
            "EndConferenceOnExit": _flag(member.end_on_exit),
            "StartConferenceOnEnter": _flag(member.manners.start_on_enter),
        }
        if member.manners.label:
            fields["ParticipantLabel"] = member.manners.label
        if member.coach:
            fields["CallSidToCoach"] = member.coach
        self._tell(event, fields | dict(extra or {}))

    def _start(self) -> None:
        enough = len(self.members) >= MEMBERS_TO_START
        may = any(one.manners.start_on_enter for one in self.members.values())
        if self.status == "init" and enough and may:
            self.status = "in-progress"
            self._tell("conference-start", {})
            for member in self.members.values():
                self.settle(member)
                member.leg.phone.happen(Happening.BRIDGED, self.name)
        elif self.status == "in-progress":
            latest = list(self.members.values())[-1]
            latest.leg.phone.happen(Happening.BRIDGED, self.name)

    def _end(self, why: str, left: Left, by: str | None) -> None:
        if self.over:
            return
        for member in list(self.members.values()):
            self.leave(member, left)
        self.status = "completed"
        self.ended_at = utc_now()
        self.why_ended, self.ended_by = why, by
        fields = {"ReasonConferenceEnded": why}
        if by is not None:
            fields["CallSidEndingConference"] = by
        self._tell("conference-end", fields)

    def _say(self, speaker: str, spoken: bytes) -> None:
        member = self.members.get(speaker)
        if member is None or self.status != "in-progress":
            return
        if member.muted or member.hold:
            return
        for sid, other in self.members.items():
            if sid != speaker and not other.hold and member.coach in {"", sid}:
                other.seat.hear(speaker, spoken)

    def _beep(self) -> None:
        if self.status == "in-progress":
            for member in self.members.values():
                member.seat.ring(beep())


def _beeps_on_leaving(member: Member) -> bool:
    """Whether the others hear that this member has left."""
    return member.manners.beeps in {"true", "onExit"}


def _flag(value: bool) -> str:
    return "true" if value else "false"
