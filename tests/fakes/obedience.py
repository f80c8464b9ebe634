"""A model that obeys every order of a caller's, to the letter: the worst there is.

It calls whatever tool with whatever arguments, reads out whatever comes back, and goes
on for as long as it was told to. What is safe with it is safe with any model.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count

import pytest

from callcenter.simulator.model import brain, phrases
from callcenter.simulator.model.scene import CallTool, Part, Scene, Speak

Step = Part | str
"""What to do; words are spoken."""


@dataclass(slots=True)
class Obedient:
    """Orders by the words in which the caller gives them."""

    orders: dict[str, Callable[[], Iterable[Step]]] = field(default_factory=dict)
    stubborn: bool = False
    """Whether it obeys the caller even when the house tells it otherwise."""

    def order(self, words: str, *steps: Step) -> str:
        """Teach it an order; returns the words."""
        self.orders[words] = lambda: steps
        return words

    def forever(self, words: str, *steps: Step) -> str:
        """… that has no end."""
        self.orders[words] = lambda: (steps[n % len(steps)] for n in count())
        return words

    def decide(self, scene: Scene) -> list[Part]:
        """In place of callcenter.simulator.model.brain.decide."""
        if quoted := brain.quoted(scene.request):
            return [Speak(quoted)]
        notes = [brain.quoted(one.text) for one in scene.fresh if one.role == "system"]
        if any(notes) and not self.stubborn:
            return [Speak(note) for note in notes[-1:]]
        spoken = [one for one in scene.items if one.role == "user"]
        if not spoken:
            return [Speak(phrases.GREETING)]
        return [self._next(scene, spoken[-1].text, since=scene.items.index(spoken[-1]))]

    def _next(self, scene: Scene, words: str, *, since: int) -> Part:
        outputs = [
            one.output
            for one in scene.items[since:]
            if one.kind == "function_call_output"
        ]
        for at, step in enumerate(self.orders.get(words, lambda: ())()):
            if at == len(outputs):
                return Speak(step) if isinstance(step, str) else step
        return Speak(" ".join(outputs) or "All right.")


def obedient(monkeypatch: pytest.MonkeyPatch, *, stubborn: bool = False) -> Obedient:
    """Let every simulated model be one, from now on."""
    model = Obedient(stubborn=stubborn)
    monkeypatch.setattr(brain, "decide", model.decide)
    return model


def tool(name: str, /, **arguments: object) -> CallTool:
    return CallTool(name, dict(arguments))
