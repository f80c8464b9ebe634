"""A bare client of the Realtime protocol, which checks every event that it is sent."""

from __future__ import annotations

import asyncio
import json
import math
from array import array
from base64 import b64encode
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import openai
from agents.realtime import openai_realtime
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter
from websockets.asyncio.client import ClientConnection, connect

from callcenter.simulator.model import ModelSimulator
from callcenter.simulator.model.faults import Faults
from callcenter.simulator.model.hearing import Listens
from callcenter.simulator.model.reply import Pace
from callcenter.wire import mulaw

Json = dict[str, Any]

_EVENTS: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)
_SDK_EVENTS: TypeAdapter[Any] = openai_realtime.get_server_event_type_adapter()

_UNDOCUMENTED = {
    *("session.object", "session.id", "session.expires_at", "session.tools.strict"),
}
"""In the documents' examples, but not in the library's types."""


@dataclass(slots=True)
class Told:
    """Ears that hear what the script says, one text for each utterance."""

    texts: deque[str] = field(default_factory=deque)

    def utterance(self) -> Listens:
        return _Utterance(self)


@dataclass(slots=True)
class _Utterance:
    told: Told

    def feed(self, audio: bytes) -> None:
        """The script knows already."""

    async def finish(self) -> str:
        return self.told.texts.popleft() if self.told.texts else ""

    def drop(self) -> None:
        """The script stays as it is."""


class Beep:
    """A voice that makes a sound of 50 ms for each letter, at once."""

    async def say(self, text: str) -> bytes:
        return mulaw.silence(50 * len(text))


@dataclass(slots=True)
class Client:
    """One connection. Everything it receives is in `events`."""

    socket: ClientConnection
    events: list[Json] = field(default_factory=list)

    async def send(self, kind: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def receive(self) -> Json:
        """The next event, which fits the library's types."""
        event: Json = json.loads(await self.socket.recv())
        conforms(event)
        self.events.append(event)
        return event

    async def until(self, kind: str) -> Json:
        """The next event of that type; what comes before is in `events`."""
        async with asyncio.timeout(5):
            while (event := await self.receive())["type"] != kind:
                pass
        return event

    async def configure(self, **session: Any) -> Json:
        """Telephone audio and server VAD, and this."""
        phone = {"format": {"type": "audio/pcmu"}}
        audio = {"input": phone | {"transcription": {"model": "m"}}, "output": phone}
        await self.send(
            "session.update",
            session={"type": "realtime", "audio": audio, **session},
        )
        updated: Json = (await self.until("session.updated"))["session"]
        return updated

    async def hear(self, audio: bytes) -> None:
        await self.send("input_audio_buffer.append", audio=b64encode(audio).decode())

    async def speak(self, ms: int = 300) -> None:
        """A caller's utterance: some sound, and silence until it counts as over."""
        await self.hear(tone(ms) + mulaw.silence(600))

    async def say(self, text: str, role: str = "user") -> str:
        """A message in text; its item id."""
        kind = "output_text" if role == "assistant" else "input_text"
        content = [{"type": kind, "text": text}]
        await self.send(
            "conversation.item.create",
            item={"type": "message", "role": role, "content": content},
        )
        return str((await self.until("conversation.item.done"))["item"]["id"])

    async def answered(self, **response: Any) -> Json:
        """Ask for a response; it, when done."""
        await self.send("response.create", response=response)
        done: Json = (await self.until("response.done"))["response"]
        return done

    def kinds(self) -> list[str]:
        """The types in order, runs of deltas as one."""
        kinds = [event["type"] for event in self.events]
        return [
            k for k, before in zip(kinds, ["", *kinds], strict=False) if k != before
        ]


@asynccontextmanager
async def client_of(model: ModelSimulator, name: str = "m") -> AsyncIterator[Client]:
    """A client that has received `session.created`."""
    async with connect(f"{model.url}?model={name}") as socket:
        client = Client(socket)
        assert (await client.receive())["type"] == "session.created"
        yield client


def simulator(
    *texts: str, faults: Faults | None = None, times_real: float = 1_000
) -> ModelSimulator:
    """A quick one, which hears these texts."""
    return ModelSimulator(
        ears=Told(deque(texts)),
        voice=Beep(),
        pace=Pace(think_ms=0, times_real=times_real, transcribe_ms=0),
        faults=faults or Faults(),
    )


def tone(ms: int) -> bytes:
    """Something that counts as speech."""
    return mulaw.encode(
        array("h", [round(8_000 * math.sin(i * math.pi / 8)) for i in range(8 * ms)])
    )


def conforms(event: Json) -> None:
    """Raises when the event is not one that the real service could send."""
    _SDK_EVENTS.validate_python(event)
    parsed = _EVENTS.validate_python(event)
    assert parsed.type == event["type"]
    assert set(_strange(parsed, "")) <= _UNDOCUMENTED, event


def _strange(value: object, path: str) -> Iterator[str]:
    """Fields that the library's types do not know."""
    if isinstance(value, list):
        for element in value:
            yield from _strange(element, path)
    if isinstance(value, openai.BaseModel):
        for name in value.model_extra or {}:
            yield f"{path}{name}"
        for name, inner in value:
            yield from _strange(inner, f"{path}{name}.")
