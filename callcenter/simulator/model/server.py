"""The simulated Realtime service, on a port of this machine."""

from __future__ import annotations

import asyncio
import http
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Final, NoReturn, Self
from urllib.parse import parse_qs, urlsplit

from typing_extensions import override
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from callcenter.simulator.model.configuration import DEFAULT_MODEL
from callcenter.simulator.model.dialogue import Studio
from callcenter.simulator.model.faults import Faults
from callcenter.simulator.model.hearing import Deaf, Ears
from callcenter.simulator.model.reply import Pace, Speaks
from callcenter.simulator.model.session import Session
from callcenter.simulator.speech import voice as voices
from callcenter.simulator.speech.recogniser import Recogniser

PATH: Final = "/v1/realtime"
SESSION_S: Final = 3_600.0
"""The service ends every session after 60 minutes."""

_LARGEST_EVENT: Final = 16 * 1024 * 1024
"""15 MiB of audio in one append, and its envelope."""

_CLOSE_S: Final = 1.0
"""A client that does not answer our close is not worth waiting for."""


class StubbornConnection(ServerConnection):
    """A connection that can leave the client's close unanswered."""

    refuses_close = False

    @override
    def send_data(self) -> None:
        if self.refuses_close and self.protocol.close_rcvd is not None:
            self.protocol.data_to_send()
            return
        super().send_data()


@dataclass(slots=True)
class ModelSimulator:
    """`async with ModelSimulator() as model:` serves at `model.url` until it is left.

    `faults` may be changed while it runs and holds for the sessions opened after that.
    Raises ConfigurationError on entry when speech is wanted and not installed.
    """

    recognise: bool = True
    faults: Faults = field(default_factory=Faults)
    host: str = "127.0.0.1"
    port: int = 0
    api_key: str | None = None
    """Which key opens a session; None: any."""
    pace: Pace = field(default_factory=Pace)
    accept_ms: int = 0
    session_s: float = SESSION_S
    voice: Speaks = voices.AGENT
    ears: Ears | None = None
    """Instead of the recogniser, for tests."""
    sessions: list[Session] = field(default_factory=list)
    connections: int = 0
    """How many clients have knocked, let in or not."""
    _server: Server | None = None
    _hanging: set[ServerConnection] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"ws://{self.host}:{self.port}{PATH}"

    @property
    def open_sessions(self) -> int:
        return sum(session.is_open for session in self.sessions)

    async def __aenter__(self) -> Self:
        studio = Studio(
            await self._listen(), self.voice, self.pace, self.session_s, _unix_time_s
        )
        self._server = await serve(
            partial(self._serve, studio),
            self.host,
            self.port,
            process_request=self._admit,
            create_connection=StubbornConnection,
            max_size=_LARGEST_EVENT,
            close_timeout=_CLOSE_S,
            open_timeout=None,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for connection in self._hanging:
            connection.transport.abort()
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    async def run(self) -> None:
        """Serve until cancelled, as a process of its own does."""
        async with self:
            await asyncio.Event().wait()

    async def _listen(self) -> Ears:
        if self.ears:
            return self.ears
        return await asyncio.to_thread(Recogniser) if self.recognise else Deaf()

    async def _admit(
        self, connection: ServerConnection, request: Request
    ) -> Response | None:
        self.connections += 1
        if self.faults.handshake_hangs:
            await self._leave_hanging(connection)
        await asyncio.sleep(self.accept_ms / 1_000)
        status = self._refusal(request)
        if status is None:
            return None
        return connection.respond(http.HTTPStatus(status), "Simulated refusal.\n")

    async def _leave_hanging(self, connection: ServerConnection) -> NoReturn:
        self._hanging.add(connection)
        await connection.wait_closed()
        self._hanging.discard(connection)
        # The one way out of a handshake that neither answers nor complains.
        raise asyncio.CancelledError

    def _refusal(self, request: Request) -> int | None:
        if self.faults.handshake_status:
            return self.faults.handshake_status
        if urlsplit(request.path).path != PATH:
            return http.HTTPStatus.NOT_FOUND
        given = request.headers.get("Authorization", "")
        if self.api_key is not None and given != f"Bearer {self.api_key}":
            return http.HTTPStatus.UNAUTHORIZED
        return None

    async def _serve(self, studio: Studio, connection: ServerConnection) -> None:
        if isinstance(connection, StubbornConnection):
            connection.refuses_close = self.faults.refuse_close
        path = connection.request.path if connection.request else ""
        model = parse_qs(urlsplit(path).query).get("model", [DEFAULT_MODEL])[0]
        session = Session(connection, studio, self.faults, model)
        self.sessions.append(session)
        await session.run()


def _unix_time_s() -> float:
    return datetime.now(UTC).timestamp()
