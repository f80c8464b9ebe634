"""Settings that do nothing, or no good, because they are a letter away from right."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Final

import structlog

from callcenter.domain.voices import voice_flaw
from callcenter.errors import ConfigurationError
from callcenter.settings import Settings, environment, written

ALIKE: Final = 0.85
"""OPENAI_KEY is still meant for OPENAI_API_KEY; TWILIO_API_KEY is something else."""

OURS: Final = ("TWILIO_", "OPENAI_")
"""In `.env`, such a name is probably meant for us; elsewhere, for anybody."""

logger = structlog.get_logger()


def check_names() -> None:
    """Raises ConfigurationError for a name in `.env` that must be a mistake.

    The environment is shared with other programs, so there it is only a warning.
    """
    in_file = written()
    if found := misspelt(in_file):
        raise ConfigurationError("\n".join(_sentence(*one) for one in found.items()))
    for name in strange(in_file):
        logger.warning(
            "not_in_order", problem=f"{name} in .env: nothing here reads it."
        )
    for name, meant in misspelt(environment()).items():
        logger.warning("not_in_order", problem=_sentence(name, meant, "environment"))


def check_voice(voice: str) -> None:
    """Raises ConfigurationError for a voice that must be a mistake."""
    flaw = voice_flaw(voice, "OPENAI_VOICE")
    if flaw and not flaw.warning:
        raise ConfigurationError(str(flaw))
    if flaw:
        logger.warning("not_in_order", problem=str(flaw))


def misspelt(names: Iterable[str]) -> Mapping[str, str]:
    """The names that are nearly a setting's, with that setting.

    Not when it is there as well: then somebody else's name happens to be like it.
    """
    ours = {_letters(name): name.upper() for name in Settings.model_fields}
    given = {name.upper() for name in names}
    found = {}
    for name in sorted(given - set(ours.values())):
        near = difflib.get_close_matches(_letters(name), ours, n=1, cutoff=ALIKE)
        if near and ours[near[0]] not in given:
            found[name] = ours[near[0]]
    return found


def strange(names: Iterable[str]) -> list[str]:
    """Names that look like settings of ours, and are none."""
    known = {name.upper() for name in Settings.model_fields}
    upper = {name.upper() for name in names}
    return sorted(name for name in upper - known if name.startswith(OURS))


def _letters(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", name.upper())


def _sentence(name: str, meant: str, where: str = ".env") -> str:
    where = where if where.startswith(".") else f"the {where}"
    return f"{name} in {where} is not a setting of ours: did you mean {meant}?"
