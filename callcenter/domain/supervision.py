"""What people of the house do to a live call: facts, members of `events.Event`.

And what the agent is told of it, which the caller never hears.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from callcenter.domain.ids import ItemId
from callcenter.domain.people import Role


class Act(StrEnum):
    """What may be asked for."""

    LISTEN = "listen"
    """Hear both sides; asked again and again while somebody does."""
    LEAVE = "leave"
    """Stop listening."""
    WHISPER = "whisper"
    TAKE_OVER = "take_over"
    GIVE_BACK = "give_back"
    ESCALATE = "escalate"
    END = "end"


NEEDS: Final = dict.fromkeys(Act, Role.SUPERVISOR)
"""Which role each act takes; the house may let operators listen."""

LONGEST_NOTE: Final = 1_000
"""Characters; what an agent can act on is shorter."""


@dataclass(frozen=True, slots=True)
class ListeningBegan:
    """Somebody of the house hears both sides of the call."""

    person: str
    listener: str
    """One and the same person may listen twice, in two windows."""


@dataclass(frozen=True, slots=True)
class ListeningEnded:
    """They do not any more."""

    person: str
    listener: str


@dataclass(frozen=True, slots=True)
class SupervisorWhispered:
    """The agent was told something that the caller did not hear."""

    person: str
    text: str


@dataclass(frozen=True, slots=True)
class SupervisorTookOver:
    """A person speaks with the caller in the agent's place."""

    person: str


@dataclass(frozen=True, slots=True)
class SupervisorSpoke:
    """What they said, as it was transcribed; None when it could not be."""

    person: str
    item_id: ItemId
    text: str | None
    began_ms: int
    ended_ms: int


@dataclass(frozen=True, slots=True)
class SupervisorGaveBack:
    """The agent has the call again."""

    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class SupervisorEscalated:
    """A person decided that the caller needs an operator, now."""

    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class SupervisorEndedCall:
    """A person decided that the call is over."""

    person: str
    at_once: bool
    """Without a goodbye."""


SupervisionEvent: TypeAlias = (
    ListeningBegan
    | ListeningEnded
    | SupervisorWhispered
    | SupervisorTookOver
    | SupervisorSpoke
    | SupervisorGaveBack
    | SupervisorEscalated
    | SupervisorEndedCall
)

# What the agent is told.

HANDED_BACK: Final = (
    "A colleague of yours has spoken with the caller in your place, and has given them "
    "back to you now. What was said meanwhile stands above. Do not greet, and do not "
    "repeat it. Go on from there: do what your colleague promised, or ask in one short "
    "sentence whether there is anything else."
)
ESCALATED: Final = (
    "Your supervisor has decided that a colleague takes this call. Say exactly these "
    'words and nothing more: "One moment, I am connecting you with a colleague."'
)
GOODBYE: Final = (
    "Your supervisor has decided to end this call. Take your leave with exactly these "
    'words: "I am sorry, I have to end this call now. Thank you for calling. Goodbye."'
)


def whispered(text: str) -> str:
    """The note to an agent from their supervisor."""
    return (
        "Your supervisor, who listens to this call, tells you the following. The "
        "caller did not hear it: act on it from your next words on, and do not mention "
        f"that anybody told you. {text}"
    )


def colleague_said(text: str) -> str:
    """What stands in the conversation for the words of a person."""
    return f'A colleague of yours said to the caller, in your place: "{text}"'
