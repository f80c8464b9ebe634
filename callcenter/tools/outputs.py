"""What the model reads of a tool's work: compact JSON, bounded, with words in it."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from callcenter.domain.outcomes import ToolOutcome
from callcenter.domain.tool import ToolResult

MAX_OUTPUT_CHARACTERS: Final = 4000
"""A longer answer costs tokens on every later turn, and nobody can listen to it."""

MAX_SAY_CHARACTERS: Final = 600
"""What is left of an answer that was too long: about forty seconds of speech."""

_HALVES: Final = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs: no UTF-8, so no WebSocket and no database takes them."""


def error(
    text: str,
    say: str = "",
    facts: Mapping[str, Any] | None = None,
    *,
    outcome: ToolOutcome,
    unsure: bool = False,
) -> ToolResult:
    """What did not work, and what to do about it."""
    shown: dict[str, Any] = {"error": text}
    if say:
        shown["say"] = say
    output = bounded({**shown, **(facts or {})})
    return ToolResult(output, outcome, unsure=unsure)


def bounded(shown: Mapping[str, Any]) -> str:
    """Compact JSON; one that is too long keeps its words and loses its facts.

    Raises TypeError, ValueError or RecursionError for what is no JSON.
    """
    text = _json(shown)
    if len(text) <= MAX_OUTPUT_CHARACTERS:
        return text
    words = {key: shown[key] for key in ("error", "say") if key in shown}
    return _json({key: words[key][:MAX_SAY_CHARACTERS] for key in words})


def _json(shown: Mapping[str, Any]) -> str:
    text = json.dumps(shown, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _HALVES.sub("\ufffd", text)
