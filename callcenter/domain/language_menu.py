"""How callers choose their language by a key, before they have said a word.

Each language is offered in itself: whoever needs it understands nothing else.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from callcenter.domain.languages import LANGUAGES

MOST: Final = 9
"""The keys from 1 on; 0 is for a person."""

OFFERS: Final[Mapping[str, str]] = {
    "da": "For dansk, tryk {key}.",
    "de": "Für Deutsch drücken Sie die {key}.",
    "en": "For English, press {key}.",
    "es": "Para español, pulse {key}.",
    "fi": "Suomeksi, paina {key}.",
    "fr": "Pour le français, tapez {key}.",
    "is": "Fyrir íslensku, ýttu á {key}.",
    "it": "Per l'italiano, premi {key}.",
    "nb": "For norsk, trykk {key}.",
    "nl": "Voor Nederlands, toets {key}.",
    "nn": "For nynorsk, trykk {key}.",
    "pl": "Aby wybrać polski, naciśnij {key}.",
    "pt": "Para português, prima {key}.",
    "sv": "För svenska, tryck {key}.",
    "uk": "Для української натисніть {key}.",
}


def offers(languages: Sequence[str]) -> str:
    """The sentences that offer all but the first, which is spoken anyway."""
    keyed = list(enumerate(languages[:MOST], start=1))[1:]
    return " ".join(_offer(tag).format(key=key) for key, tag in keyed)


def chosen(languages: Sequence[str], key: str) -> str:
    """The language of this key; "" when it has none."""
    keys = {str(number): tag for number, tag in enumerate(languages[:MOST], start=1)}
    return keys.get(key, "")


def _offer(tag: str) -> str:
    base = tag.partition("-")[0]
    return OFFERS.get(base, f"For {LANGUAGES[tag].name}, press {{key}}.")
