"""Voices of the Realtime API: a session that asks for any other one is refused.

Then no call is answered, so a voice is checked long before one.
"""

from typing import Final

from callcenter.domain.problems import Problem, did_you_mean

VOICES: Final = (
    *("alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse"),
    *("marin", "cedar"),
)


def voice_flaw(voice: str, file: str, line: int = 0) -> Problem | None:
    """What is wrong with a voice that was written there.

    One that is nearly ours is a mistake. Any other may be newer than this list: that
    is a warning.
    """
    if not voice or voice in VOICES:
        return None
    if hint := did_you_mean(voice, VOICES):
        return Problem(file, line, f"there is no voice '{voice}'{hint}")
    known = ", ".join(VOICES)
    text = f"'{voice}' is none of the voices that we know: {known}"
    return Problem(file, line, text, warning=True)
