"""In which language a call goes on: as the caller wished, or pressed a key for."""

from typing import Final

from callcenter.domain.language_facts import LanguageChosen
from callcenter.domain.language_menu import chosen
from callcenter.domain.languages import LANGUAGES, closest
from callcenter.floor.live_call import LiveCall

CHOSEN_BY_KEY: Final = (
    "The caller has pressed the key for {name}. Speak {name} from now on. {begin} how "
    "you can help, in {name}."
)
GREETED: Final = 'Begin with exactly these words: "{greeting}" Then ask'
UNGREETED: Final = "Begin by asking"


class Tongue:
    """One call's."""

    def __init__(self, call: LiveCall) -> None:
        self._call = call

    async def choose(self, wish: str) -> str:
        """Go on in a language, by its tag or any of its names.

        Returns its English name; "" when the agent who is talking does not speak it.
        """
        card = self._call.roster.card(self._call.agent)
        tag = closest(wish, card.languages)
        if not tag:
            return ""
        if tag != (self._call.state.language or card.language):
            self._call.record(LanguageChosen(tag))
            await self._speak(tag)
        return LANGUAGES[tag].name

    def is_chosen_by(self, key: str) -> bool:
        """Whether a key is one of the menu's, which is open until it was used."""
        card = self._call.roster.card(self._call.roster.entry)
        tag = chosen(card.languages, key) if card.language_menu else ""
        if not tag or self._call.state.language:
            return False
        self._call.record(LanguageChosen(tag, by_key=True))
        self._call.start(self._go_on(tag))
        return True

    async def _go_on(self, tag: str) -> None:
        await self._speak(tag)
        talk = self._call.talk
        if talk is not None and talk.conversation is not None:
            greeting = self._call.roster.card(self._call.agent).greetings.get(tag, "")
            begin = GREETED.format(greeting=greeting) if greeting else UNGREETED
            await talk.conversation.say(
                CHOSEN_BY_KEY.format(name=LANGUAGES[tag].name, begin=begin)
            )

    async def _speak(self, tag: str) -> None:
        talk = self._call.talk
        if talk is not None and talk.conversation is not None:
            await talk.conversation.speak(tag)
