"""How whoever is talking talks: its instructions, language, settings and fillers.

One session's. A handoff changes all of it, and so does a language that is chosen.
"""

from typing import Any

from callcenter.domain.card import Card
from callcenter.domain.handover import Handover
from callcenter.domain.ids import AgentName
from callcenter.domain.languages import ENGLISH, LANGUAGES, closest
from callcenter.domain.prompt import prompt
from callcenter.domain.roster import Roster
from callcenter.domain.tuning import beside
from callcenter.realtime.model_settings import ModelSettings


class Manner:
    """Set `agent` and `language` when they change; then ask for the rest."""

    def __init__(
        self,
        settings: ModelSettings,
        roster: Roster,
        *,
        agent: AgentName,
        language: str,
        briefing: str,
        handover: Handover,
    ) -> None:
        self.agent = agent
        self.handover = handover
        """What that agent was told when it took over."""
        self.language = language
        """The tag of what the caller has chosen; empty as long as they have not."""
        self.stands_by = False
        """Whether the agent listens to nobody: a colleague speaks in its place."""
        self._settings = settings
        self._roster = roster
        self._briefing = briefing
        self._filled = 0

    def instructions(self, agent: str) -> str:
        """All that an agent of this call is told, as things are now."""
        return prompt(
            self._roster,
            agent,
            briefing=self._briefing,
            language=self.language,
            handover=self.handover,
        )

    def settings(self) -> dict[str, Any]:
        """The session's settings for whoever talks; without instructions and tools."""
        spoken = closest(self.language, self._card.languages) if self.language else ""
        entry = self._roster.card(self._roster.entry)
        settings = self._settings.tuned(
            beside(self._card.tuning, (card.tuning for card in self._roster.cards)),
            (spoken,) if spoken else self._card.languages,
            # One voice for a session: the API refuses another once it has spoken.
            voice=self._roster.voice(self.agent),
            speed=entry.tuning.speed,
        )
        if self.stands_by:
            settings["audio"]["input"]["turn_detection"] = None
        return settings

    def tuned(self, settings: Any) -> Any:  # noqa: ANN401  # a TypedDict of the SDK's
        """The SDK's settings for a new agent, with its own in place of the first's."""
        own = self.settings()
        own["audio"]["output"].pop("speed", None)  # as it is: see domain.tuning.beside
        return {**settings, **own}

    def filler(self, of_tool: str) -> str:
        """What to ask of the model while a tool works; empty when there are no words.

        A tool knows best what takes so long, but only in English.
        """
        language = self.language or self._card.language
        own = self._card.fillers_in(closest(language, self._card.languages))
        if of_tool and (language == ENGLISH or not own):
            return _exactly(of_tool, language)
        if not own:
            return ""
        self._filled += 1
        return _exactly(own[(self._filled - 1) % len(own)], ENGLISH)

    @property
    def _card(self) -> Card:
        return self._roster.card(self.agent)


def _exactly(words: str, language: str) -> str:
    if language == ENGLISH:
        return f'Say exactly these words and nothing more: "{words}"'
    name = LANGUAGES[language].name
    return f'Say this in {name}, in as few words, and nothing more: "{words}"'
