"""One response, from `response.created` to `response.done`."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final, Protocol

from callcenter.simulator.model import brain, formats, usage
from callcenter.simulator.model.conversation import Conversation, Item
from callcenter.simulator.model.faults import Faults
from callcenter.simulator.model.identifiers import new_id
from callcenter.simulator.model.scene import CallTool, Part, Scene, Speak
from callcenter.simulator.model.schema import Json
from callcenter.wire import mulaw

DELTA_MS: Final = 200
"""The service sends audio in pieces of some hundred ms, not in telephone frames."""

_DELTA_BYTES: Final = DELTA_MS * mulaw.BYTES_PER_MS


class Speaks(Protocol):
    """A voice; see `callcenter.simulator.speech.voice`."""

    async def say(self, text: str) -> bytes: ...


class Line(Protocol):
    """The way back to the client."""

    async def send(self, kind: str, **fields: object) -> None: ...
    async def send_raw(self, frame: str) -> None: ...
    async def close(self, code: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the model is."""

    think_ms: int = 250
    """From the request to the first audio."""
    times_real: float = 10.0
    """How much faster than it plays audio is sent."""
    transcribe_ms: int = 150
    """Transcription is another model: it comes after the response has begun."""


@dataclass(slots=True)
class Reply:
    """One response being made. `stop` cancels it; `run` always sends its end."""

    line: Line
    conversation: Conversation
    session: Json
    voice: Speaks
    pace: Pace
    faults: Faults
    scene: Scene
    number: int = 1
    cached: usage.Tokens = field(default_factory=usage.Tokens)
    in_conversation: bool = True
    metadata: Json | None = None
    modality: str = "audio"
    id: str = field(default_factory=lambda: new_id("resp"))
    status: str = "in_progress"
    status_details: Json | None = None
    written: list[Item] = field(default_factory=list)
    read: usage.Tokens = field(default_factory=usage.Tokens)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    _stopped: asyncio.Event = field(default_factory=asyncio.Event)
    _stop_reason: str = ""
    _spoke_at_s: float | None = None

    def stop(self, reason: str) -> None:
        """Cancel it: `turn_detected` or `client_cancelled`."""
        self._stop_reason = self._stop_reason or reason
        self._stopped.set()

    @property
    def unplayed_s(self) -> float:
        """How long its audio goes on when it is played from the first delta on."""
        if self._spoke_at_s is None:
            return 0.0
        length_ms = sum(mulaw.milliseconds(item.audio) for item in self.written)
        played_s = asyncio.get_running_loop().time() - self._spoke_at_s
        return max(0.0, length_ms / 1_000 - played_s)

    @property
    def is_stopped(self) -> bool:
        return self._stopped.is_set()

    async def run(self) -> None:
        """Everything up to, but without, `response.done`."""
        self.read = usage.of_request(self.session, self.scene.items)
        await self.line.send("response.created", response=self.to_json())
        await self.line.send("rate_limits.updated", rate_limits=self._rate_limits())
        if self.faults.malformed_frame and self.number == 1:
            await self.line.send_raw('{"type": "response.output_audio.delta", ')
        if self.faults.fail_code and self.number <= self.faults.fail_responses:
            return self._fail(self.faults.fail_code)
        await self._perform(brain.decide(self.scene))
        self._conclude()
        return None

    def to_json(self) -> Json:
        audio = self.session["audio"]["output"]
        return {
            "object": "realtime.response",
            "id": self.id,
            "status": self.status,
            "status_details": self.status_details,
            "output": [item.to_json() for item in self.written],
            "conversation_id": "conv_1" if self.in_conversation else None,
            "output_modalities": [self.modality],
            "max_output_tokens": self.session["max_output_tokens"],
            "audio": {"output": {"format": audio["format"], "voice": audio["voice"]}},
            "usage": self._usage() if self.status != "in_progress" else None,
            "metadata": self.metadata,
        }

    async def _perform(self, parts: list[Part]) -> None:
        loop = asyncio.get_running_loop()
        ready_at = loop.time() + self.pace.think_ms / 1_000
        for index, part in enumerate(parts):
            audio = b""
            if isinstance(part, Speak) and self.modality == "audio":
                audio = await self.voice.say(part.text)
            if await self._pause(ready_at - loop.time()):
                return
            if isinstance(part, Speak):
                await self._say(index, part.text, audio)
            else:
                await self._call(index, self._spoilt(part))

    async def _say(self, index: int, words: str, audio: bytes) -> None:
        item = Item(new_id("item"), role="assistant", spoken=self.modality == "audio")
        await self._open(index, item)
        at = {"item_id": item.id, "output_index": index, "content_index": 0}
        at["response_id"] = self.id
        part = {"type": "audio", "transcript": ""}
        if not item.spoken:
            part = {"type": "text", "text": ""}
        await self.line.send("response.content_part.added", **at, part=part)
        if item.spoken:
            await self._stream(item, at, words, audio)
            await self.line.send("response.output_audio.done", **at)
            await self.line.send(
                "response.output_audio_transcript.done", **at, transcript=item.text
            )
            part["transcript"] = item.text
        else:
            part["text"] = item.text = words
            await self.line.send("response.output_text.delta", **at, delta=words)
            await self.line.send("response.output_text.done", **at, text=words)
        await self.line.send("response.content_part.done", **at, part=part)
        await self._close(index, item, whole=item.text == words)

    async def _stream(self, item: Item, at: Json, words: str, audio: bytes) -> None:
        """Audio and its transcript, interleaved, until all is sent or it is stopped."""
        if await self._pause(self.faults.stall_s):
            return
        count = max(1, -(-len(audio) // _DELTA_BYTES))
        grace = self.faults.late_deltas
        for number, text in enumerate(_shares(words, count)):
            if self._stopped.is_set():
                grace -= 1
                if grace < 0:
                    return
            piece = audio[number * _DELTA_BYTES : (number + 1) * _DELTA_BYTES]
            await self._delta(item, at, text, piece)
            sent_ms = mulaw.milliseconds(piece)
            await self._pause(sent_ms / self.pace.times_real / 1_000)

    async def _delta(self, item: Item, at: Json, text: str, piece: bytes) -> None:
        if self._spoke_at_s is None:
            self._spoke_at_s = asyncio.get_running_loop().time()
        item.text += text
        item.audio += piece
        if text:
            kind = "response.output_audio_transcript.delta"
            await self.line.send(kind, **at, delta=text)
        sound = formats.to_client(piece, self.session["audio"]["output"]["format"])
        delta = b64encode(sound).decode()
        await self.line.send("response.output_audio.delta", **at, delta=delta)
        if self.faults.close_mid_delta:
            await self.line.close(self.faults.close_code)

    async def _call(self, index: int, call: CallTool) -> None:
        item = Item(new_id("item"), "function_call", name=call.name)
        item.call_id = new_id("call")
        await self._open(index, item)
        at = {"item_id": item.id, "output_index": index, "response_id": self.id}
        at["call_id"] = item.call_id
        item.arguments = json.dumps(call.arguments)
        if self.faults.broken_arguments:
            item.arguments = item.arguments[:-1]
        kind = "response.function_call_arguments"
        await self.line.send(f"{kind}.delta", **at, delta=item.arguments)
        await self.line.send(
            f"{kind}.done", **at, name=item.name, arguments=item.arguments
        )
        await self._close(index, item, whole=True)

    async def _open(self, index: int, item: Item) -> None:
        item.status = "in_progress"
        self.written.append(item)
        at = {"response_id": self.id, "output_index": index}
        await self.line.send("response.output_item.added", **at, item=item.to_json())
        if self.in_conversation:
            before = self.conversation.add(item)
            await self.line.send(
                "conversation.item.added",
                previous_item_id=before,
                item=item.to_json(),
            )

    async def _close(self, index: int, item: Item, *, whole: bool) -> None:
        item.status = "completed" if whole else "incomplete"
        at = {"response_id": self.id, "output_index": index}
        await self.line.send("response.output_item.done", **at, item=item.to_json())
        if self.in_conversation:
            await self.line.send("conversation.item.done", item=item.to_json())

    def _spoilt(self, call: CallTool) -> CallTool:
        wrong = self.faults.invented_tool
        return replace(call, name=wrong) if wrong else call

    def _fail(self, code: str) -> None:
        error = {"type": code, "code": code, "message": f"Simulated: {code}."}
        self.status, self.status_details = "failed", {"type": "failed", "error": error}

    def _conclude(self) -> None:
        if not self._stopped.is_set():
            self.status = "completed"
            return
        self.status = "cancelled"
        self.status_details = {"type": "cancelled", "reason": self._stop_reason}

    async def _pause(self, seconds: float) -> bool:
        """Wait; whether it was stopped meanwhile."""
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._stopped.wait()
        except TimeoutError:
            return False
        return True

    def _usage(self) -> Json:
        written = sum((usage.of_item(item) for item in self.written), usage.Tokens())
        return usage.to_json(self.read, self.cached, written)

    def _rate_limits(self) -> list[Json]:
        left = max(0, 1_000 - self.number)
        return [
            {"name": "requests", "limit": 1_000, "remaining": left, "reset_seconds": 1},
            {
                "name": "tokens",
                "limit": 200_000,
                "remaining": max(0, 200_000 - self.read.total),
                "reset_seconds": 1,
            },
        ]


def _shares(words: str, count: int) -> list[str]:
    """The text in so many pieces, cut between words; they join to the whole."""
    pieces = [f" {word}" if at else word for at, word in enumerate(words.split(" "))]
    cuts = [-(-len(pieces) * at // count) for at in range(count + 1)]  # words run ahead
    return ["".join(pieces[a:b]) for a, b in pairwise(cuts)]
