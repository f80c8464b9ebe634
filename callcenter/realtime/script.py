"""What we put into a session's conversation ourselves: history, notes, requests."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from callcenter.domain.opening import Opening
from callcenter.domain.supervision import colleague_said
from callcenter.domain.transcript import Speaker, Turn

HISTORY_TURNS: Final = 40
"""A resumed session is given this many of the last turns: more than most calls have."""

Send = Callable[..., Awaitable[None]]
"""Sends one client event, by its kind and fields; lost on a dead session."""


class Script:
    """One session's."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def begin(self, opening: Opening) -> None:
        """What was said before, what this is about; then perhaps the agent speaks."""
        await self._replay(opening.history[-HISTORY_TURNS:])
        await self.note(opening.note)
        if not opening.silent:
            await self.ask()

    async def note(self, text: str) -> None:
        """Tell the agent something that the caller does not hear."""
        await self._add("system", text)

    async def ask(self) -> None:
        """Let the agent speak."""
        await self._send("response.create")

    async def fill(self, instructions: str) -> None:
        """Let it say a few words while a tool works, and do nothing else."""
        await self._send(
            "response.create",
            response={
                "instructions": instructions,
                "tool_choice": "none",
                "metadata": {"purpose": "filler"},
            },
        )

    async def _replay(self, turns: Iterable[Turn]) -> None:
        for turn in turns:
            if turn.heard and turn.speaker is Speaker.COLLEAGUE:
                await self.note(colleague_said(turn.heard))
            elif turn.heard:
                caller = turn.speaker is Speaker.CALLER
                await self._add("user" if caller else "assistant", turn.heard)

    async def _add(self, role: str, text: str) -> None:
        kind = "output_text" if role == "assistant" else "input_text"
        item = {
            "type": "message",
            "role": role,
            "content": [{"type": kind, "text": text}],
        }
        await self._send("conversation.item.create", item=item)
