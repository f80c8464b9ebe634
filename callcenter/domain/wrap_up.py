"""What is written down of a call when it is over: in words, and in dollars.

The words are a model's summary, or an extract that code has made; each says which it
is. Whatever a model wrote is bounded here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from callcenter.domain.outcomes import Disposition

SUMMARY_CHARACTERS: Final = 900
TOPIC_CHARACTERS: Final = 60
FOLLOW_UP_CHARACTERS: Final = 240
MOST_FOLLOW_UPS: Final = 12
"""What somebody reads who has the next caller waiting."""


class WrapUpKind(StrEnum):
    """Who wrote it."""

    MODEL = "model"
    """A text model has read the call, and understood it well or badly."""
    EXTRACT = "extract"
    """Code took it from the record: less than a summary, and nothing but facts."""


class Satisfaction(StrEnum):
    """How content the caller seemed."""

    SATISFIED = "satisfied"
    NEUTRAL = "neutral"
    DISSATISFIED = "dissatisfied"
    UNKNOWN = "unknown"


class PromiseKind(StrEnum):
    """What the caller was promised."""

    CALLBACK = "callback"
    MESSAGE = "message"
    TICKET = "ticket"
    APPOINTMENT = "appointment"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Something that the house still has to do, or to keep."""

    kind: PromiseKind
    text: str
    when: str = ""
    """In the words of the call."""


@dataclass(frozen=True, slots=True)
class WrapUp:
    """The words."""

    kind: WrapUpKind
    summary: str
    topic: str
    follow_ups: Sequence[FollowUp] = ()
    satisfaction: Satisfaction = Satisfaction.UNKNOWN
    language: str = ""
    """A tag such as "en"; empty: nobody knows."""
    disposition: Disposition | None = None
    """How the model would say that it ended; the record's own stays what it is."""
    doubt: str = ""
    """Why that is not what the record says."""
    model: str = ""
    cost_usd: float = 0.0
    """What the words themselves have cost; also those that could not be used."""
    trouble: str = ""
    """Why it is an extract although there is a model."""

    def bounded(self) -> "WrapUp":
        """No longer than people read, however much was written."""
        return replace(
            self,
            summary=clipped(self.summary, SUMMARY_CHARACTERS),
            topic=clipped(self.topic, TOPIC_CHARACTERS),
            doubt=clipped(self.doubt, FOLLOW_UP_CHARACTERS),
            follow_ups=[
                replace(
                    one,
                    text=clipped(one.text, FOLLOW_UP_CHARACTERS),
                    when=clipped(one.when, TOPIC_CHARACTERS),
                )
                for one in self.follow_ups[:MOST_FOLLOW_UPS]
            ],
        )

    def keeping(self, certain: Sequence[FollowUp]) -> "WrapUp":
        """With the promises that the record is sure of and that were left out."""
        told = {one.kind for one in self.follow_ups}
        missing = [one for one in certain if one.kind not in told]
        return replace(self, follow_ups=[*missing, *self.follow_ups])


def clipped(text: str, most: int) -> str:
    """One line, of whole words if it has any."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat
    cut = flat[: most - 1]
    return f"{cut.rpartition(' ')[0] or cut}…"
