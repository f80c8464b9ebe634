"""What was said: as it was generated, and as it was heard."""

from dataclasses import dataclass
from enum import StrEnum

from callcenter.domain.ids import AgentName, ItemId


class Speaker(StrEnum):
    """Who said it."""

    CALLER = "caller"
    AGENT = "agent"
    COLLEAGUE = "supervisor"
    """A person who spoke in the agent's place."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance; for a caller, what was heard is what was transcribed."""

    item_id: ItemId
    speaker: Speaker
    agent: AgentName | None
    heard: str
    generated: str
    began_ms: int


def heard_part(generated: str, *, heard_ms: int, spoken_ms: int) -> str:
    """The words that had been spoken by then, none of them half.

    The model gives no word times, so speech is taken as even: right to within a word
    or two for a sentence.
    """
    if heard_ms >= spoken_ms:
        return generated
    reach = len(generated) * max(heard_ms, 0) // spoken_ms
    if generated[reach : reach + 1].isspace():
        return generated[:reach]
    whole_words, _, _ = generated[:reach].rpartition(" ")
    return whole_words
