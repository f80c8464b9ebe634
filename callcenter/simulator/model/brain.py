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

from callcenter.simulator.model import intents
from callcenter.simulator.model.arguments import SERVICES, Known, arguments, slots
from callcenter.simulator.model.conversation import Item
from callcenter.simulator.model.intents import BY_NAME, Intent
from callcenter.simulator.model.scene import (
    HANDOFF,
    HUMAN,
    CallTool,
    Part,
    Scene,
    Speak,
    result_of,
)
from callcenter.simulator.model.schema import Json

GREETING: Final = "Hello. How can I help you?"
PARDON: Final = "Sorry, I did not catch that. Could you say it again?"
STILL_THERE: Final = "Are you still there?"
ANYTHING_ELSE: Final = "Is there anything else I can help you with?"
FAREWELL: Final = "Thank you for calling. Goodbye."
CANNOT: Final = (
    "I am sorry, I cannot help with that. Would you like to talk to a person?"
)
NOBODY: Final = "I am sorry, I cannot put you through from here."
NO_SUCH_TIME: Final = "I am sorry, that time is not free. Which other time suits you?"
WHAT_MESSAGE: Final = "Of course. What is your message?"
SHALL_I_CANCEL: Final = "Shall I cancel it?"
WHICH_NAME: Final = "What name may I put it under?"
_QUESTIONS: Final = {
    "place": "For which town or city?",
    "day": "For which day?",
    "service": "Which service would you like?",
    "start": "At which time?",
    "name": WHICH_NAME,
    "code": "What is your code, please?",
}
_SMALL_TALK: Final = {
    "greeting": GREETING,
    "wait": "Of course, take your time.",
    "thanks": f"You are welcome. {ANYTHING_ELSE}",
    "yes": "What can I do for you?",
    "goodbye": FAREWELL,
}
_OFFERS: Final = (
    (re.compile(r"\b(person|operator|colleague|transfer)\b"), "human"),
    (re.compile(r"\bmessage\b"), "message"),
    (re.compile(r"\bcall you back\b"), "callback"),
    (re.compile(r"\bcancel\b"), "cancel"),
)
"""What a `yes` accepts, by the words of the offer."""

_CHOOSE: Final = Intent("choose", (), "book_appointment", BY_NAME["slots"].topics)
"""Not known by its words: a time is a choice only while times are on offer."""

_CHOICE: Final = re.compile(r"\b(first|second|third|last) one\b|\bname is\b")
_QUOTED: Final = re.compile(r'“([^”]+)”|"([^"]+)"')
_NO_MESSAGE: Final = frozenset(
    {"please", "take", "leave", "a", "the", "message", "yes", "can", "could", "you"}
    | {"i", "want", "would", "like", "to"}
)
_TRIAGE: Final = f"{HANDOFF}triage"


def decide(scene: Scene) -> list[Part]:
    """The parts of the next response; at least one."""
    if quoted := _quoted(scene.request):
        return [Speak(quoted)]
    notes = [_quoted(item.text) for item in scene.fresh if item.role == "system"]
    parts: list[Part] = [Speak(note) for note in notes[-1:] if note]
    if not _is_overtaken(scene):
        parts += _react(scene)
    return parts or [Speak(ANYTHING_ELSE if scene.utterances else GREETING)]


def _is_overtaken(scene: Scene) -> bool:
    """Whether the caller asked for a person, and a note tells how that went."""
    notes = [item for item in scene.fresh[-1:] if item.role == "system"]
    if not any(_quoted(note.text) for note in notes):
        return False
    *_, wish = scene.utterances or [""]
    return intents.classify(wish) is BY_NAME["human"]


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
        return [Speak(GREETING)]
    if scene.is_silent:
        return [Speak(STILL_THERE)]
    if scene.order:
        return [scene.order]
    intent, wish = _wish(scene)
    if intent is None:
        return [Speak(PARDON)]
    if intent.tool and (intent.name != "goodbye" or intent.tool in scene.offered):
        return [_grant(scene, intent, scene.known(wish))]
    if intent.name == "repeat" and scene.last_words:
        return [Speak(scene.last_words)]
    if intent.name == "no":
        return _no(scene)
    return [Speak(_SMALL_TALK.get(intent.name, PARDON))]


def _wish(scene: Scene) -> tuple[Intent | None, str]:
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
        return BY_NAME["move"] if moving else _CHOOSE, said
    if scene.last_words.endswith("?"):
        intent, wish = _continued(before, said)
        if intent:
            return intent, wish
    return _booking(said), said


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
    return next((BY_NAME[name] for sign, name in _OFFERS if sign.search(offer)), None)


def _last_wish(before: list[str]) -> str:
    wishes = [text for text in before if (i := intents.classify(text)) and i.tool]
    return wishes[-1] if wishes else ""


def _no(scene: Scene) -> list[Part]:
    """`No` to an offer is not the end of the call; to `anything else?` it is."""
    if "anything else" not in scene.last_words.lower():
        return [Speak(f"All right. {ANYTHING_ELSE}")]
    goodbye = BY_NAME["goodbye"]
    if goodbye.tool in scene.offered:
        return [_grant(scene, goodbye, scene.known(scene.utterances[-1]))]
    return [Speak(FAREWELL)]


def _grant(scene: Scene, intent: Intent, known: Known) -> Part:
    """Call the tool, ask for what it needs, or pass the caller on."""
    tool = scene.offered.get(intent.tool)
    if tool is None:
        return _pass_on(scene, intent)
    if intent.name == "message" and not set(known.utterance.split()) - _NO_MESSAGE:
        return Speak(WHAT_MESSAGE)
    if scene.last_words == WHICH_NAME and "name is" not in known.said:
        known = Known(
            known.utterance, f"{known.said} name is {known.utterance}", known.results
        )
    given, missing = arguments(tool, known)
    if missing:
        return _find_out(scene, missing, known)
    return CallTool(intent.tool, given)


def _find_out(scene: Scene, missing: list[str], known: Known) -> Part:
    """What helps with an argument that is missing: another tool, or the caller."""
    searching = {"code": "find_my_appointments", "start": "find_free_slots"}
    for name, helpful in searching.items():
        tool = scene.offered.get(helpful)
        sought = known.result("appointments" if name == "code" else "slots")
        if name in missing and tool and sought is None:
            given, lacking = arguments(tool, known)
            return Speak(_question(lacking[0])) if lacking else CallTool(helpful, given)
    if "start" in missing and intents.clock(known.said):
        return Speak(NO_SUCH_TIME)
    return Speak(_question(missing[0]))


def _question(parameter: str) -> str:
    return _QUESTIONS.get(parameter, f"What is the {parameter.replace('_', ' ')}?")


def _pass_on(scene: Scene, intent: Intent) -> Part:
    """To the agent who sounds right, else to triage; never twice for one utterance."""
    agents = [
        name
        for name in scene.offered
        if name.startswith(HANDOFF) and name != HUMAN and name not in scene.handed
    ]
    best = max(agents, key=lambda n: _likeness(scene.offered[n], intent), default="")
    if best and _likeness(scene.offered[best], intent):
        return CallTool(best, _notes(scene, best))
    if _TRIAGE in agents and not scene.handed:
        return CallTool(_TRIAGE, _notes(scene, _TRIAGE))
    return Speak(NOBODY if intent.name == "human" else CANNOT)


def _notes(scene: Scene, handoff: str) -> Json:
    """For the next agent, if they are wanted: the caller's last words, and all."""
    wanted = scene.offered[handoff].get("parameters", {}).get("properties", {})
    notes = {"reason": scene.utterances[-1], "known": "; ".join(scene.utterances)}
    return {name: text for name, text in notes.items() if name in wanted}


def _likeness(tool: Json, intent: Intent) -> int:
    described = f"{tool.get('name')} {tool.get('description', '')}".replace("_", " ")
    return len(_stems(described) & _stems(" ".join(intent.topics)))


def _stems(text: str) -> set[str]:
    """Words without their endings, roughly: booking, books and book are one."""
    return {re.sub(r"(ings?|e?s)$", "", word) for word in intents.words_of(text)}


def _quoted(text: str) -> str:
    found = _QUOTED.search(text)
    return (found[1] or found[2]).strip() if found else ""


def _read_out(scene: Scene, output: Item) -> str:
    """What a tool answered, and the question that it leads to."""
    result, tool = result_of(output), scene.called(output)
    words = _in_words(result, tool)
    *_, wish = scene.utterances or [""]
    cancelling = intents.classify(wish) is BY_NAME["cancel"]
    if (
        cancelling
        and tool == BY_NAME["appointments"].tool
        and result.get("appointments")
    ):
        return f"{words} {SHALL_I_CANCEL}"
    return words


def _in_words(result: Json, tool: str) -> str:
    for key in ("say", "error"):
        if isinstance(words := result.get(key), str) and words.strip():
            return words
    if tool == BY_NAME["goodbye"].tool:
        return FAREWELL
    facts = [f"{name}: {value}" for name, value in result.items()]
    return ", ".join(facts).replace("_", " ") or "All right."
