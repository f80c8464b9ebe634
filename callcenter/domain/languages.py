"""Languages that a card may declare, and what the worlds outside call them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from callcenter.domain.problems import did_you_mean


@dataclass(frozen=True, slots=True)
class Language:
    """One language, under the names by which each world knows it."""

    tag: str
    """BCP 47, as cards write it."""
    name: str
    """In English: for the model, and for people who read a record."""
    native: str
    """As its speakers call it: for them to hear."""
    say: str
    """The `language` of Twilio's <Say>."""
    hint: str
    """ISO 639-1, as the transcription takes it: its Norwegian is "no"."""


_TABLE: Final = """
ar      | Arabic               | العربية          | arb    | ar
bg      | Bulgarian            | български        | bg-BG  | bg
ca      | Catalan              | català           | ca-ES  | ca
cs      | Czech                | čeština          | cs-CZ  | cs
cy      | Welsh                | Cymraeg          | cy-GB  | cy
da      | Danish               | dansk            | da-DK  | da
de      | German               | Deutsch          | de-DE  | de
de-AT   | Austrian German      | Deutsch          | de-AT  | de
el      | Greek                | ελληνικά         | el-GR  | el
en      | English              | English          | en-US  | en
en-AU   | Australian English   | English          | en-AU  | en
en-GB   | British English      | English          | en-GB  | en
en-US   | American English     | English          | en-US  | en
es      | Spanish              | español          | es-ES  | es
es-MX   | Mexican Spanish      | español          | es-MX  | es
et      | Estonian             | eesti            | et-EE  | et
fi      | Finnish              | suomi            | fi-FI  | fi
fr      | French               | français         | fr-FR  | fr
fr-CA   | Canadian French      | français         | fr-CA  | fr
he      | Hebrew               | עברית            | he-IL  | he
hi      | Hindi                | हिन्दी             | hi-IN  | hi
hr      | Croatian             | hrvatski         | hr-HR  | hr
hu      | Hungarian            | magyar           | hu-HU  | hu
id      | Indonesian           | bahasa Indonesia | id-ID  | id
is      | Icelandic            | íslenska         | is-IS  | is
it      | Italian              | italiano         | it-IT  | it
ja      | Japanese             | 日本語            | ja-JP  | ja
ko      | Korean               | 한국어            | ko-KR  | ko
lt      | Lithuanian           | lietuvių         | lt-LT  | lt
lv      | Latvian              | latviešu         | lv-LV  | lv
nb      | Norwegian            | norsk            | nb-NO  | no
nl      | Dutch                | Nederlands       | nl-NL  | nl
nl-BE   | Flemish              | Vlaams           | nl-BE  | nl
nn      | Nynorsk              | nynorsk          | nb-NO  | nn
pl      | Polish               | polski           | pl-PL  | pl
pt      | Portuguese           | português        | pt-PT  | pt
pt-BR   | Brazilian Portuguese | português        | pt-BR  | pt
ro      | Romanian             | română           | ro-RO  | ro
ru      | Russian              | русский          | ru-RU  | ru
sk      | Slovak               | slovenčina       | sk-SK  | sk
sl      | Slovenian            | slovenščina      | sl-SI  | sl
sr      | Serbian              | српски           | sr-RS  | sr
sv      | Swedish              | svenska          | sv-SE  | sv
th      | Thai                 | ไทย              | th-TH  | th
tr      | Turkish              | Türkçe           | tr-TR  | tr
uk      | Ukrainian            | українська       | uk-UA  | uk
vi      | Vietnamese           | Tiếng Việt       | vi-VN  | vi
zh      | Chinese              | 中文             | cmn-CN | zh
"""

LANGUAGES: Final[Mapping[str, Language]] = MappingProxyType(
    {
        language.tag: language
        for line in _TABLE.strip().splitlines()
        for language in [Language(*(word.strip() for word in line.split("|")))]
    }
)
"""Every language that a card may declare, by its tag."""

ENGLISH: Final = "en"
"""The language of the house, and of every card that does not say otherwise."""


def closest(wish: str, spoken: Iterable[str]) -> str:
    """The tag, of those that are spoken, that serves a wish; "" when none does.

    A wish may be a tag in any spelling, or a language's name, English or its own.
    Another country's variety of the same language is better than none.
    """
    tags = tuple(spoken)
    wanted = wish.strip().casefold().replace("_", "-")
    for tag in tags:
        one = LANGUAGES[tag]
        if wanted in {tag.casefold(), one.name.casefold(), one.native.casefold()}:
            return tag
    hints = {
        one.hint
        for one in LANGUAGES.values()
        if wanted in {one.name.casefold(), one.native.casefold(), one.hint}
        or wanted.split("-")[0] == one.tag.casefold()
    }
    return next((tag for tag in tags if LANGUAGES[tag].hint in hints), "")


def language_meant(tag: str) -> str:
    """The end of a complaint about a tag; empty when no language is near."""
    meant = closest(tag, LANGUAGES)
    return f"; did you mean '{meant}'?" if meant else did_you_mean(tag, LANGUAGES)
