"""Who said what while a colleague spoke: a session that only writes it down.

The model's ear is off then, and gets one utterance after another. An utterance of the
colleague's must not stay in the conversation as the caller's words: once it is written,
a note says instead who said it.
"""

from base64 import b64encode
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from callcenter.bridge.utterances import Utterance
from callcenter.domain.events import CallerSpoke, Event
from callcenter.domain.ids import ItemId
from callcenter.domain.supervision import SupervisorSpoke, colleague_said

PIECE: Final = 32_000
"""Bytes of audio in one message: four seconds, far below what a message may have."""

NOTHING_TO_COMMIT: Final = "input_audio_buffer_commit_empty"

TRANSCRIPTION: Final = "conversation.item.input_audio_transcription."

Send = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Said:
    person: str
    """Empty: the caller."""
    began_ms: int
    ended_ms: int


class Dictation:
    """One session's."""

    def __init__(self, send: Send, record: Callable[[Event], None]) -> None:
        self._send = send
        self._record = record
        self._committed: deque[_Said | None] = deque()
        """What the server is to confirm, in order; None: not one of ours."""
        self._items: dict[ItemId, _Said] = {}

    @property
    def pending(self) -> bool:
        """Whether something is not written down yet."""
        return bool(self._committed or self._items)

    async def begin(self, *, speaking: bool) -> None:
        """End what the caller is saying just now; what nobody said is forgotten."""
        if speaking:
            self._committed.append(None)
            await self._send("input_audio_buffer.commit")
        else:
            await self._send("input_audio_buffer.clear")

    async def take(self, utterance: Utterance, person: str) -> None:
        """Have an utterance written down: a person's, or with "" the caller's."""
        for at in range(0, len(utterance.audio), PIECE):
            piece = b64encode(utterance.audio[at : at + PIECE]).decode("ascii")
            await self._send("input_audio_buffer.append", audio=piece)
        said = _Said(person, utterance.began_ms, utterance.ended_ms)
        self._committed.append(said)
        await self._send("input_audio_buffer.commit")

    async def read(self, event: dict[str, Any]) -> bool:
        """Take what concerns it from a server event. Returns whether it did."""
        match event:
            case {"type": "input_audio_buffer.committed", "item_id": str(item)}:
                said = self._committed.popleft() if self._committed else None
                if said is not None:
                    self._items[ItemId(item)] = said
            case {"type": "error", "error": {"code": code}} if (
                code == NOTHING_TO_COMMIT and self._committed
            ):
                self._committed.popleft()
            case {"type": str(kind), "item_id": str(item)} if (
                kind.startswith(TRANSCRIPTION) and ItemId(item) in self._items
            ):
                await self._transcribed(kind, ItemId(item), event)
                return True
            case _:
                pass
        return False

    async def _transcribed(
        self, kind: str, item_id: ItemId, event: dict[str, Any]
    ) -> None:
        match kind.removeprefix(TRANSCRIPTION):
            case "completed":
                text: str | None = str(event.get("transcript", "")).strip()
            case "failed":
                text = None
            case _:
                return
        said = self._items.pop(item_id)
        if said.person:
            await self._retell(item_id, text)
            self._record(
                SupervisorSpoke(
                    said.person, item_id, text, said.began_ms, said.ended_ms
                )
            )
        else:
            self._record(CallerSpoke(item_id, text, said.began_ms, said.ended_ms))

    async def _retell(self, item_id: ItemId, text: str | None) -> None:
        if text:
            await self._send(
                "conversation.item.create",
                previous_item_id=item_id,
                item={
                    "type": "message",
                    "role": "system",
                    "content": [{"type": "input_text", "text": colleague_said(text)}],
                },
            )
        await self._send("conversation.item.delete", item_id=item_id)
