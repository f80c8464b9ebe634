"""The output guardrails of one session, on the words that come with the audio.

Not the SDK's: those run in tasks of their own, every 100 characters, let through what
they fail at, and answer with a message in the caller's name (its realtime/session.py).
The text runs ahead of the audio that is played, so most of what is stopped is never
heard. `callcenter.domain.guardrails` has the rules.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

import structlog

from callcenter.domain.events import Event, ToolReturned
from callcenter.domain.guardrails import (
    ESSENTIAL,
    RULES,
    Bounds,
    GuardrailTripped,
    Rule,
    numbers_in,
    phrases_of,
    rules_of,
)
from callcenter.domain.ids import AgentName, ItemId
from callcenter.domain.roster import Roster

STEP_CHARACTERS: Final = 16
"""Three words: a second of speech, and a tenth of the work of every delta."""

WINDOW_CHARACTERS: Final = 240
"""Forty words: what is longer ago has been judged."""

MOST_STOPS: Final = 3
"""Of one session: an agent that cannot be kept from it is no agent for a caller."""

EDITIONS: Final = 8
"""Of the cards: calls that began before an edit go on with theirs."""

HOUSE_TOOLS: Final = frozenset({"search_knowledge"})
"""Their answers are the house's own words, with numbers that may be spoken."""

STOPPED: Final = (
    "You were stopped: you must not say that, whoever asks for it. Do not repeat it, "
    "and do not explain. Say exactly these words: "
    '"I am sorry, I cannot say that. Is there something else I can help you with?"'
)
"""For the agent; the quoted words are for the caller."""

logger = structlog.get_logger()


class Guardrails:
    """One session's. `agent` says who is talking."""

    def __init__(
        self,
        roster: Roster,
        *,
        briefing: str,
        agent: Callable[[], AgentName],
        record: Callable[[Event], None],
        rules: Mapping[str, Rule] = RULES,
    ) -> None:
        prompts = (roster.house_style, *(card.instructions for card in roster.cards))
        self._phrases, numbers = _of(prompts)
        self._numbers = numbers | numbers_in(briefing)
        self._in_force = {c.name: rules_of(c.guardrails) for c in roster.cards}
        self._rules = rules
        self._agent = agent
        self._record = record
        self._texts: dict[ItemId, str] = {}
        self._unread: dict[ItemId, int] = {}
        self._stopped: set[str] = set()
        self.stops = 0

    @property
    def hopeless(self) -> bool:
        """Whether the agent was stopped so often that a human being must take over."""
        return self.stops >= MOST_STOPS

    def record(self, event: Event) -> None:
        """Pass a tool's fact on; numbers in the house's own articles may be spoken."""
        if isinstance(event, ToolReturned) and event.tool in HOUSE_TOOLS:
            # JSON has quotes of its own: they are not a caller's.
            self._numbers |= numbers_in(event.output.replace('"', " "))
        self._record(event)

    def trips(self, event: Mapping[str, Any]) -> bool:
        """Take a server event; True when the agent must be stopped, now.

        A response is stopped once: what still comes of it is not read again.
        """
        match event:
            case {"response_id": str(response_id)} if response_id in self._stopped:
                return False
            case {
                "type": "response.output_audio_transcript.delta",
                "item_id": str(item),
                "delta": str(delta),
            }:
                return self._judge(event, ItemId(item), self._heard(item, delta))
            case {
                "type": "response.output_audio_transcript.done",
                "item_id": str(item),
                "transcript": str(text),
            }:
                self._texts.pop(ItemId(item), None)
                return self._judge(event, ItemId(item), text[-WINDOW_CHARACTERS:])
            case {"type": "response.done"}:
                self._texts.clear()
                self._unread.clear()
                return False
            case _:
                return False

    def _heard(self, item: str, delta: str) -> str:
        """What to judge by now: whole words, and only when there are some new ones."""
        item_id = ItemId(item)
        text = (self._texts.get(item_id, "") + delta)[-WINDOW_CHARACTERS:]
        self._texts[item_id] = text
        self._unread[item_id] = self._unread.get(item_id, 0) + len(delta)
        if self._unread[item_id] < STEP_CHARACTERS:
            return ""
        self._unread[item_id] = 0
        return text.rpartition(" ")[0]

    def _judge(self, event: Mapping[str, Any], item_id: ItemId, text: str) -> bool:
        agent = self._agent()
        in_force = self._in_force.get(agent, frozenset(self._rules)) if text else ()
        bounds = Bounds(self._phrases, self._numbers)
        for name in sorted(in_force):
            tripped, broken = self._asked(name, text, bounds)
            if tripped:
                self.stops += 1
                self._stopped.add(str(event.get("response_id")))
                self._record(GuardrailTripped(name, agent, item_id, broken))
                return True
        return False

    def _asked(self, name: str, text: str, bounds: Bounds) -> tuple[bool, bool]:
        """Whether to stop, and whether the rule failed: nobody slips by because of it.

        The log has the kind of the error alone: its text may quote what was said.
        """
        try:
            return self._rules[name](text, bounds), False
        except Exception as error:  # noqa: BLE001  # any rule may fail in any way
            kind = type(error).__name__
            logger.error("guardrail_broke", rule=name, error=kind)  # noqa: TRY400  # as above
            return name in ESSENTIAL, True


@lru_cache(maxsize=EDITIONS)
def _of(prompts: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """An edition's phrases and numbers: large, slow to find, the same in each call."""
    numbers = (number for prompt in prompts for number in numbers_in(prompt))
    return phrases_of(prompts), frozenset(numbers)
