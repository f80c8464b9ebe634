"""How a wish is granted: by a tool, by a question for what it needs, or by an agent."""

from __future__ import annotations

import re
from typing import Final

from callcenter.simulator.model import intents, phrases
from callcenter.simulator.model.arguments import Known, arguments, spelling
from callcenter.simulator.model.intents import Intent
from callcenter.simulator.model.scene import (
    HANDOFF,
    HUMAN,
    CallTool,
    Part,
    Scene,
    Speak,
)
from callcenter.simulator.model.schema import Json
from callcenter.simulator.model.wishes import CHOOSE, asked_again

_NO_MESSAGE: Final = frozenset(
    {"please", "take", "leave", "a", "the", "message", "yes", "can", "could", "you"}
    | {"i", "want", "would", "like", "to"}
)
_TRIAGE: Final = f"{HANDOFF}triage"


def grant(scene: Scene, intent: Intent, known: Known) -> Part:
    """Call the tool, ask for what it needs, or pass the caller on."""
    tool = scene.offered.get(intent.tool)
    if tool is None or (intent.is_for_experts and _best(scene, intent)):
        return _pass_on(scene, intent)
    if intent.name == "message" and not set(known.utterance.split()) - _NO_MESSAGE:
        return Speak(phrases.WHAT_MESSAGE)
    if scene.last_words == phrases.WHICH_NAME and "name is" not in known.said:
        known = Known(
            known.utterance, f"{known.said} name is {known.utterance}", known.results
        )
    given, missing = arguments(tool, known)
    if intent is asked_again(scene):
        given = scene.calls[-1].given | given
        missing = [name for name in missing if name not in given]
    if missing:
        return _find_out(scene, missing, known)
    if intent is CHOOSE and (letters := spelling(known)) and not _agreed(scene):
        name = f"{given.get('name', '')}, spelled {', '.join(letters).upper()}"
        return Speak(f"That is for {name}. {phrases.SHALL_I_BOOK}")
    return CallTool(intent.tool, given)


def _agreed(scene: Scene) -> bool:
    said = intents.classify(scene.utterances[-1])
    return said is intents.BY_NAME["yes"]


def _find_out(scene: Scene, missing: list[str], known: Known) -> Part:
    """What helps with an argument that is missing: another tool, or the caller."""
    searching = {"code": "find_my_appointments", "start": "find_free_slots"}
    for name, helpful in searching.items():
        tool = scene.offered.get(helpful)
        sought = known.result("appointments" if name == "code" else "slots")
        if name in missing and tool and sought is None:
            given, lacking = arguments(tool, known)
            if lacking:
                return Speak(phrases.question(lacking[0]))
            return CallTool(helpful, given)
    if "start" in missing and intents.clock(known.said):
        return Speak(phrases.NO_SUCH_TIME)
    return Speak(phrases.question(missing[0]))


def _pass_on(scene: Scene, intent: Intent) -> Part:
    """To the agent who sounds right, else to triage; never twice for one utterance."""
    if best := _best(scene, intent):
        return CallTool(best, _notes(scene, best))
    if _TRIAGE in scene.offered and not scene.handed:
        return CallTool(_TRIAGE, _notes(scene, _TRIAGE))
    return Speak(phrases.NOBODY if intent.name == "human" else phrases.CANNOT)


def _best(scene: Scene, intent: Intent) -> str:
    """The handoff that sounds like it most; none if none does at all."""
    agents = [
        name
        for name in scene.offered
        if name.startswith(HANDOFF) and name != HUMAN and name not in scene.handed
    ]
    best = max(agents, key=lambda n: _likeness(scene.offered[n], intent), default="")
    return best if best and _likeness(scene.offered[best], intent) else ""


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
