"""What the simulated model says and does next.

This is NOT a language model. It knows some twenty wishes by their words, calls the tool
that grants one if the session offers it, hands over to the agent whose description
sounds like it if not, and reads out what tools answer. Everything else it admits not to
have understood. It is good for rehearsing a call center, not for judging its prompts.

Pure: a scene in, the parts of one response out.
"""

from __future__ import annotations

import re
from typing import Final

from callcenter.simulator.model import intents, phrases
from callcenter.simulator.model.conversation import Item
from callcenter.simulator.model.grants import grant
from callcenter.simulator.model.intents import BY_NAME
from callcenter.simulator.model.scene import Part, Scene, Speak, result_of
from callcenter.simulator.model.schema import Json
from callcenter.simulator.model.wishes import wish

_QUOTED: Final = re.compile(r'“([^”]+)”|"([^"]+)"')
_WITHOUT_TOOL: Final = frozenset({"goodbye", "repeat"})
"""Wishes that it grants by itself where no tool does."""


def decide(scene: Scene) -> list[Part]:
    """The parts of the next response; at least one."""
    if said := quoted(scene.request):
        return [Speak(said)]
    notes = [quoted(item.text) for item in scene.fresh if item.role == "system"]
    parts: list[Part] = [Speak(note) for note in notes[-1:] if note]
    if not _is_overtaken(scene):
        parts += _react(scene)
    nothing = phrases.ANYTHING_ELSE if scene.utterances else phrases.GREETING
    return parts or [Speak(nothing)]


def quoted(text: str) -> str:
    """The first words in quotation marks: they are to be spoken as they are."""
    found = _QUOTED.search(text)
    return (found[1] or found[2]).strip() if found else ""


def _is_overtaken(scene: Scene) -> bool:
    """Whether the caller asked for a person, and a note tells how that went."""
    notes = [item for item in scene.fresh[-1:] if item.role == "system"]
    if not any(quoted(note.text) for note in notes):
        return False
    *_, said = scene.utterances or [""]
    return intents.classify(said) is BY_NAME["human"]


def _react(scene: Scene) -> list[Part]:
    """What tools answered is read out; what the caller said is answered."""
    parts: list[Part] = []
    awaited = False
    for item in scene.fresh:
        match item.kind:
            case "function_call":
                awaited = False
            case "function_call_output" if "assistant" in result_of(item):
                awaited = True  # the next agent takes the wish up
            case "function_call_output":
                parts.append(Speak(_read_out(scene, item)))
            case "message":
                awaited = awaited or item.role == "user"
    return parts + _answer(scene) if awaited else parts


def _answer(scene: Scene) -> list[Part]:
    if not scene.utterances:
        return [Speak(phrases.GREETING)]
    if scene.is_silent:
        return [Speak(phrases.STILL_THERE)]
    if scene.order:
        return [scene.order]
    intent, words = wish(scene)
    if intent is None:
        return [Speak(phrases.PARDON)]
    if intent.tool and (
        intent.name not in _WITHOUT_TOOL or intent.tool in scene.offered
    ):
        return [grant(scene, intent, scene.known(words))]
    if intent.name == "repeat" and scene.last_words:
        return [Speak(scene.last_words)]
    if intent.name == "no":
        return _no(scene)
    return [Speak(phrases.SMALL_TALK.get(intent.name, phrases.PARDON))]


def _no(scene: Scene) -> list[Part]:
    """`No` to an offer is not the end of the call; to `anything else?` it is."""
    if "anything else" not in scene.last_words.lower():
        return [Speak(f"All right. {phrases.ANYTHING_ELSE}")]
    goodbye = BY_NAME["goodbye"]
    if goodbye.tool in scene.offered:
        return [grant(scene, goodbye, scene.known(scene.utterances[-1]))]
    return [Speak(phrases.FAREWELL)]


def _read_out(scene: Scene, output: Item) -> str:
    """What a tool answered, and the question that it leads to."""
    result, tool = result_of(output), scene.called(output)
    words = _in_words(result, tool)
    offer = "" if "?" in words else _offer(scene, result, tool)
    return f"{words} {offer}".rstrip()


def _offer(scene: Scene, result: Json, tool: str) -> str:
    *_, said = scene.utterances or [""]
    cancelling = intents.classify(said) is BY_NAME["cancel"]
    found = tool == BY_NAME["appointments"].tool and result.get("appointments")
    if cancelling and found:
        return phrases.SHALL_I_CANCEL
    texting = BY_NAME["text"].tool in scene.offered and "error" not in result
    if tool == "book_appointment" and texting:
        return phrases.SHALL_I_TEXT
    ticket = BY_NAME["ticket"].tool
    if ticket in scene.offered and ticket in str(result.get("note", "")):
        return phrases.SHALL_I_OPEN_A_TICKET
    return ""


def _in_words(result: Json, tool: str) -> str:
    for key in ("say", "error"):
        if isinstance(words := result.get(key), str) and words.strip():
            return words
    if tool == BY_NAME["goodbye"].tool:
        return phrases.FAREWELL
    facts = [f"{name}: {value}" for name, value in result.items()]
    return ", ".join(facts).replace("_", " ") or "All right."
