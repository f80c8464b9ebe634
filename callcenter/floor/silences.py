"""What is done about each kind of silence; see callcenter.bridge.patience."""

from collections.abc import Awaitable, Callable
from typing import Final

from callcenter.bridge.patience import Due
from callcenter.domain import notes
from callcenter.floor.talk import Talk

WAITING: Final = frozenset({Due.GIVE_UP, Due.NUDGE, Due.DISMISS})
"""Silences that are none of the caller's fault, nor the agent's, while it rings."""

Say = Callable[[str], Awaitable[None]]


async def mind(
    talk: Talk, due: Due, *, gap_sound: bytes, say: Say, rescue: Say, dismiss: Say
) -> None:
    """Fill it, ask again, nudge, or end it."""
    match due:
        case Due.FILL if talk.conversation is None:
            await talk.line.play_sound(gap_sound)
        case Due.FILL if talk.conversation is not None:
            await talk.conversation.fill()
        case Due.ASK_AGAIN if talk.conversation is not None:
            await talk.conversation.ask_again()
        case Due.GIVE_UP:
            await rescue("the assistant fell silent")
        case Due.NUDGE:
            await say(notes.STILL_THERE)
        case Due.DISMISS:
            await dismiss("the caller was silent")
        case _:
            pass
