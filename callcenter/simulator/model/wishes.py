"""What the caller wants, by what they said last and what it was an answer to."""

from __future__ import annotations

import re
from typing import Final

from callcenter.simulator.model import intents
from callcenter.simulator.model.arguments import SERVICES, slots
from callcenter.simulator.model.intents import BY_NAME, Intent
from callcenter.simulator.model.phrases import WHICH_NAME
from callcenter.simulator.model.scene import Scene

_OFFERS: Final = (
    (re.compile(r"\b(person|operator|transfer)\b"), "human"),
    (re.compile(r"\bopen a ticket\b"), "ticket"),
    (re.compile(r"\bcolleague\b"), "human"),
    (re.compile(r"\btext message\b"), "text"),
    (re.compile(r"\bmessage\b"), "message"),
    (re.compile(r"\bcall you back\b"), "callback"),
    (re.compile(r"\bcancel\b"), "cancel"),
    (re.compile(r"\bbook it\b"), "choose"),
)
"""What a `yes` accepts, by the words of the offer."""

CHOOSE: Final = Intent("choose", (), "book_appointment", BY_NAME["slots"].topics)
"""Not known by its words: a time is a choice only while times are on offer."""

_CHOICE: Final = re.compile(r"\b(first|second|third|last) one\b|\bname is\b")
_MORE: Final = ("and ", "what about ", "how about ")
"""With these begins what is asked of the same tool once more."""

_ASKED_AGAIN: Final = frozenset({"weather", "time", "slots"})
"""Wishes of which a part can be changed: the same place on another day."""


def wish(scene: Scene) -> tuple[Intent | None, str]:
    """What the caller wants and in which words, answers to questions included."""
    *before, said = scene.utterances
    intent = intents.classify(said)
    if "your message" in scene.last_words and (
        intent is None or intent.name not in ("human", "goodbye", "no")
    ):
        return BY_NAME["message"], said
    if intent is not None and intent.name == "yes":
        accepted = _accepted(scene) or intent
        is_new = accepted is BY_NAME["message"]
        return accepted, said if is_new else _last_wish(before) or said
    if intent is not None:
        return intent, said
    if slots(scene.known(said)) and _chooses(scene, said):
        moving = any(intents.classify(text) is BY_NAME["move"] for text in before)
        return BY_NAME["move"] if moving else CHOOSE, said
    if again := asked_again(scene):
        return again, said
    if scene.last_words.endswith("?"):
        intent, words = _continued(before, said)
        if intent:
            return intent, words
    return _booking(said), said


def asked_again(scene: Scene) -> Intent | None:
    """`And on Saturday?` is a question about what was last asked for."""
    if not scene.utterances[-1].startswith(_MORE):
        return None
    called = next(iter(reversed(scene.calls)), None)
    return next(
        (BY_NAME[n] for n in _ASKED_AGAIN if called and BY_NAME[n].tool == called.name),
        None,
    )


def _chooses(scene: Scene, said: str) -> bool:
    named = scene.last_words == WHICH_NAME
    return named or bool(intents.clock(said) or _CHOICE.search(said))


def _continued(before: list[str], said: str) -> tuple[Intent | None, str]:
    """An answer to the agent's question belongs to the wish that it was asked for."""
    for start in range(len(before) - 1, -1, -1):
        intent = intents.classify(before[start]) or _booking(before[start])
        if intent and intent.tool:
            return intent, " ".join([*before[start:], said])
    return None, said


def _booking(said: str) -> Intent | None:
    """A service that is merely named is a wish to have it."""
    named = any(service in said for service in SERVICES)
    return BY_NAME["slots"] if named else None


def _accepted(scene: Scene) -> Intent | None:
    *_, offer = re.split(r"[.!] ", scene.last_words.lower())
    names = (name for sign, name in _OFFERS if sign.search(offer))
    return next((CHOOSE if n == "choose" else BY_NAME[n] for n in names), None)


def _last_wish(before: list[str]) -> str:
    wishes = [text for text in before if (i := intents.classify(text)) and i.is_matter]
    return wishes[-1] if wishes else ""
