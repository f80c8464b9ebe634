"""The settings of a session that speaks with a telephone."""

from typing import Any, Final

MU_LAW: Final = {"type": "audio/pcmu"}


def telephone(settings: Any) -> Any:  # noqa: ANN401  # a TypedDict of the SDK's, and back
    """The same settings, speaking μ-law both ways."""
    audio = dict((settings or {}).get("audio") or {})
    for direction in ("input", "output"):
        audio[direction] = {**(audio.get(direction) or {}), "format": MU_LAW}
    return {**(settings or {}), "audio": audio}


def least(settings: Any) -> Any:  # noqa: ANN401  # as above
    """Only what an agent needs to be itself; nothing that a model may refuse.

    The voice goes, too: it may not change once the agent has spoken.
    """
    kept = ("model_name", "instructions", "tools", "handoffs", "audio")
    return {name: settings[name] for name in kept if name in settings}
