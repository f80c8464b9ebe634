"""One client's connection: frames in and out, and a record of all of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from callcenter.simulator.model.conversation import Item
from callcenter.simulator.model.dialogue import Dialogue, Studio
from callcenter.simulator.model.faults import Faults
from callcenter.simulator.model.identifiers import new_id
from callcenter.simulator.model.schema import Json

TORN_LINE: Final = 1006
"""Not a code that can be sent: the connection ends without one."""

_GOING_AWAY: Final = 1001


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event and when it passed, in seconds of the event loop's clock."""

    at_s: float
    event: Json

    @property
    def kind(self) -> str:
        return str(self.event.get("type", ""))


@dataclass(slots=True)
class Session:
    """A connection, and all that passed over it."""

    socket: ServerConnection
    studio: Studio
    faults: Faults
    model: str
    received: list[Recorded] = field(default_factory=list)
    sent: list[Recorded] = field(default_factory=list)
    is_open: bool = True
    dialogue: Dialogue = field(init=False)
    _tasks: asyncio.TaskGroup = field(default_factory=asyncio.TaskGroup)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.dialogue = Dialogue(self, self.studio, self.faults, self.model)

    @property
    def config(self) -> Json:
        """The settings in force."""
        return self.dialogue.config

    @property
    def items(self) -> list[Item]:
        return self.dialogue.conversation.items

    @property
    def id(self) -> str:
        return str(self.config["id"])

    def kinds_sent(self) -> list[str]:
        """The types of the events sent, in order."""
        return [recorded.kind for recorded in self.sent]

    def events(self, kind: str) -> list[Json]:
        """The events of that type that were sent or received, in order."""
        both = sorted(self.sent + self.received, key=lambda recorded: recorded.at_s)
        return [recorded.event for recorded in both if recorded.kind == kind]

    async def run(self) -> None:
        """Serve the client until one side closes."""
        if self.faults.close_before_created:
            await self.close(self.faults.close_code)
        try:
            async with self._tasks:
                await self.send("session.created", session=self.config)
                self.start(self._expire())
                with suppress(ConnectionClosed):
                    async for frame in self.socket:
                        await self._receive(frame)
                for task in self._running:
                    task.cancel()
        finally:
            self.is_open = False
            self.dialogue.hearing.clear()

    async def send(self, kind: str, **fields: object) -> None:
        """One event; nothing happens when the client has gone."""
        frame = json.dumps({"type": kind, "event_id": new_id("event"), **fields})
        self.sent.append(Recorded(_now_s(), json.loads(frame)))
        await self.send_raw(frame)

    async def send_raw(self, frame: str) -> None:
        with suppress(ConnectionClosed):
            await self.socket.send(frame)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close, or tear the line when the code is 1006."""
        if code == TORN_LINE:
            self.socket.transport.abort()
        else:
            await self.socket.close(code, reason)

    def start(self, work: Coroutine[object, object, None]) -> None:
        """Do it beside the rest, for as long as the connection lasts."""
        task = self._tasks.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _receive(self, frame: str | bytes) -> None:
        try:
            event = json.loads(frame)
        except ValueError:
            event = None
        if not isinstance(event, dict):
            event = {}
        self.received.append(Recorded(_now_s(), event))
        await self.dialogue.receive(event)

    async def _expire(self) -> None:
        await asyncio.sleep(self.studio.session_s)
        message = "Your session hit the maximum duration of 60 minutes."
        await self.dialogue.complain("session_expired", message)
        await self.close(_GOING_AWAY, message)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
