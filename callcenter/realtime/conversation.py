"""One Realtime session with the agents of one call, from first words to last."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from agents.exceptions import AgentsException
from agents.realtime import (
    RealtimeModel,
    RealtimeModelConfig,
    RealtimeRunConfig,
    RealtimeRunner,
    RealtimeSession,
    RealtimeSessionEvent,
)
from websockets.exceptions import WebSocketException

from callcenter.domain.events import (
    AgentHandedOff,
    CallResumed,
    Event,
    SessionOpened,
)
from callcenter.domain.ids import AgentName
from callcenter.domain.opening import Opening
from callcenter.domain.roster import Roster
from callcenter.domain.tool import Tool
from callcenter.domain.transcript import Speaker, Turn
from callcenter.errors import ModelError
from callcenter.realtime.staff import staff
from callcenter.realtime.transport import TwilioRealtimeTransportLayer
from callcenter.realtime.turns import Turns
from callcenter.wire.media import Started
from callcenter.wire.sockets import MediaSocket

CONNECT_SECONDS: Final = 5.0
"""A caller waits behind it; whoever cannot connect by then gets the human ladder."""

HISTORY_TURNS: Final = 40
"""A resumed session is given this many of the last turns: more than most calls have."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """How to reach the model, and what to ask of it."""

    api_key: str
    url: str
    model: str
    voice: str
    transcription_model: str
    languages: tuple[str, ...] = ("en",)

    @property
    def address(self) -> str:
        """The URL, naming the model unless it already does."""
        parts = urlsplit(self.url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if "deployment" not in query:  # Azure's own way to name a model
            query.setdefault("model", self.model)
        return urlunsplit(parts._replace(query=urlencode(query)))


class Conversation:
    """`open` it early, then `serve` the caller's stream, then `close` it.

    It tells what happens through `record`, and never raises for what a caller, a tool
    or the model says: only ModelError, when the model is lost.
    """

    def __init__(
        self,
        settings: ModelSettings,
        roster: Roster,
        opening: Opening,
        tools: Mapping[str, Tool],
        *,
        briefing: str,
        record: Callable[[Event], None],
        clock: Callable[[], int],
        on_key: Callable[[str], None],
        inner: RealtimeModel | None = None,
    ) -> None:
        self._settings = settings
        self._opening = opening
        self._record = record
        self._clock = clock
        self._turns = Turns(opening.agent, record=record, clock=clock)
        self._transport = TwilioRealtimeTransportLayer(
            self._turns, on_key=on_key, inner=inner
        )
        agents = staff(roster, tools, briefing=briefing, record=record, clock=clock)
        self._runner = RealtimeRunner(
            agents[opening.agent],
            model=self._transport,
            config=RealtimeRunConfig(tracing_disabled=True),
        )
        self._session: RealtimeSession | None = None
        self._closing = False

    @property
    def wear(self) -> TwilioRealtimeTransportLayer:
        """The transport, as the one who counts."""
        return self._transport

    async def open(self) -> None:
        """Connect, replay what was said before, and have the agent begin to speak.

        Raises ModelError. What the agent says is kept until the caller's stream comes.
        """
        began_ms = self._clock()
        self._session = await self._runner.run(model_config=self._model_config())
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._session.enter()
        except (TimeoutError, OSError, WebSocketException, AgentsException) as error:
            raise ModelError(f"The model could not be reached: {error!r}") from error
        agent = self._opening.agent
        self._record(SessionOpened(agent, self._clock() - began_ms))
        if self._opening.reason:
            self._record(CallResumed(agent, self._opening.reason))
        try:
            await self._begin()
        except (AssertionError, WebSocketException) as error:  # "Not connected"
            raise ModelError(f"The model hung up at once: {error!r}") from error

    async def serve(self, socket: MediaSocket, started: Started) -> str:
        """Let caller and agent talk until the stream ends; returns why it did.

        Raises ModelError when the model is lost first, unless we closed the session.
        Cancelling is safe.
        """
        reason = "we closed the session"
        try:
            async with asyncio.TaskGroup() as tasks:
                listening = tasks.create_task(self._listen())
                reason = await self._transport.serve(socket, started)
                listening.cancel()
        except* ModelError as lost:
            if not self._closing:
                raise ModelError(_sentence(lost)) from lost
        finally:
            self._turns.flush()
        return reason

    async def last_words(self, *, timeout_s: float) -> None:
        """Wait until the caller has heard what the agent says next."""
        await self._transport.last_words(timeout_s=timeout_s)

    async def close(self) -> None:
        """Close the session; a silent server makes this take up to 10 s."""
        self._closing = True
        if self._session is not None:
            await self._session.close()

    async def _listen(self) -> None:
        """Follow the session's own events. Its end is a loss: nobody asked for it."""
        session = self._session
        if session is None:
            raise ModelError("The session was never opened")
        try:
            async for event in session:
                self._take(event)
        except (OSError, WebSocketException, AgentsException, ValueError) as error:
            raise ModelError(f"The model's session broke: {error!r}") from error
        raise ModelError("The model ended the session")

    def _take(self, event: RealtimeSessionEvent) -> None:
        if event.type == "handoff":
            to_agent = AgentName(event.to_agent.name)
            self._turns.agent = to_agent
            self._record(AgentHandedOff(AgentName(event.from_agent.name), to_agent))

    async def _begin(self) -> None:
        for turn in self._opening.history[-HISTORY_TURNS:]:
            if turn.heard:
                await self._say_as(_role(turn), turn.heard)
        await self._say_as("system", self._opening.note)
        await self._transport.send_raw("response.create")

    async def _say_as(self, role: str, text: str) -> None:
        kind = "output_text" if role == "assistant" else "input_text"
        item = {
            "type": "message",
            "role": role,
            "content": [{"type": kind, "text": text}],
        }
        await self._transport.send_raw("conversation.item.create", item=item)

    def _model_config(self) -> RealtimeModelConfig:
        settings: Any = {
            "model_name": self._settings.model,
            "tracing": None,
            "audio": {
                "input": {
                    "transcription": {
                        "model": self._settings.transcription_model,
                        "language": self._settings.languages[0],
                    },
                    "noise_reduction": {"type": "near_field"},
                    "turn_detection": {
                        "type": "semantic_vad",
                        "create_response": True,
                        "interrupt_response": True,
                    },
                },
                "output": {"voice": self._settings.voice},
            },
        }
        return RealtimeModelConfig(
            api_key=self._settings.api_key,
            url=self._settings.address,
            initial_model_settings=settings,
        )


def _sentence(lost: BaseExceptionGroup[BaseException]) -> str:
    first = lost.exceptions[0]
    return _sentence(first) if isinstance(first, BaseExceptionGroup) else str(first)


def _role(turn: Turn) -> str:
    return "user" if turn.speaker is Speaker.CALLER else "assistant"
