"""What nodes ask each other over the bus, and what they answer: JSON and back.

Whatever comes over a bus is validated here; it may be a newer node's, or nobody's.
"""

from dataclasses import dataclass
from typing import Annotated, Final, TypeVar

import msgspec

from callcenter.domain.people import Role
from callcenter.domain.supervision import LONGEST_NOTE, Act

Name = Annotated[str, msgspec.Meta(max_length=200)]

MOST_BYTES: Final = 256 * 1024
"""A webhook's form has a few kB, a document less."""


class Nonsense(ValueError):
    """It is not what should have been asked or answered."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A question, and where its answer is waited for."""

    id: Name
    reply_to: Name
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to the letter with this id."""

    id: Name
    body: bytes


@dataclass(frozen=True, slots=True)
class Order:
    """What a person wants done to a call."""

    id: Name
    call_id: Name
    act: Act
    person: Name
    role: Role
    listener: Name = ""
    """The window of theirs that it comes from."""
    text: Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE)] = ""
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order."""

    done: bool
    text: str = ""
    """Why not, in a sentence."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A request of Twilio's that came to a node which does not have the call."""

    call_sid: Name
    method: Name
    target: str
    """Path and query, as they were signed."""
    headers: dict[str, str]
    form: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Document:
    """What the node that has the call answers to it."""

    status: int
    content_type: Name
    body: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand between a caller, their agent and the people who listen."""

    phase: Name
    agent: Name
    taken_by: Name = ""
    taking: bool = False
    """Somebody is about to, when the agent has finished its sentence."""
    listeners: tuple[Name, ...] = ()
    secret: bool = False
    """The caller is typing something that nobody may hear."""
    over: bool = False


Message = TypeVar("Message", Letter, Reply, Order, Outcome, Webhook, Document, Standing)


def dump(message: Message) -> bytes:
    """The message as JSON."""
    return msgspec.json.encode(message)


def load(text: bytes, kind: type[Message]) -> Message:
    """The message again. Raises Nonsense."""
    if len(text) > MOST_BYTES:
        raise Nonsense(f"a message of {len(text)} bytes")
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Nonsense(str(error)) from error
