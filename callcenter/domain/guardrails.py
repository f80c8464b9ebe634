"""The output guardrails that a card may name; how each works is in realtime."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from callcenter.domain.ids import AgentName, ItemId

GUARDRAILS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "no_instructions": "does not read out its own instructions",
        "no_foreign_numbers": "speaks no telephone number that is not the house's",
        "no_card_data": "speaks no payment card number",
    }
)
"""By name: what an agent under this guardrail does not do."""


@dataclass(frozen=True, slots=True)
class GuardrailTripped:
    """An agent was stopped in the middle of something that it must not say."""

    rule: str
    agent: AgentName
    item_id: ItemId
    broken: bool = False
    """The rule itself failed; nothing is known to be wrong with what was said."""
