"""One stream's talk with the agents: the line, and one session after another.

A session may die, or grow old; the line and the caller stay. What was said goes to the
next session as history, and the talk goes on where it was.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any, Final, Protocol

import structlog

from callcenter.bridge.patience import Due
from callcenter.domain import events as e
from callcenter.domain.handover import MOST_REFUSED, why_not
from callcenter.domain.ids import AgentName
from callcenter.domain.opening import Opening, after_a_break, relayed, renewed
from callcenter.domain.phases import Phase
from callcenter.domain.roster import Roster
from callcenter.domain.tool import Tool
from callcenter.errors import ModelError
from callcenter.floor.admission import Admission
from callcenter.floor.talk_ports import Conversation
from callcenter.floor.taping import Recorded, Taping
from callcenter.wire.media import Started
from callcenter.wire.sockets import MediaSocket

CLOSE_SECONDS: Final = 10.0
"""A model that does not answer our goodbye is left after this."""

LOOK_SECONDS: Final = 0.25

MS: Final = 1000

LEAVING: Final = "The caller is leaving this conversation; say nothing more."

BRIEF_MS: Final = 5_000
"""A stream that breaks within this is a failure: else it might break for ever."""

logger = structlog.get_logger()


class Host(Recorded, Protocol):
    """What a talk needs of its call."""

    model_failures: int
    saying_goodbye: bool
    roster: Roster

    @property
    def agent(self) -> AgentName: ...

    def clock_ms(self) -> int: ...

    def start(self, errand: Coroutine[Any, Any, None]) -> None: ...

    def tools(self) -> Mapping[str, Tool]: ...

    def key(self, digit: str) -> None: ...

    def due(self, due: Due) -> None: ...

    async def rescue(self, reason: str) -> None: ...


class Talk:
    """`run` it as soon as the caller's document is made; `serve` the stream."""

    def __init__(self, host: Host, opening: Opening) -> None:
        house = host.house
        life_ms = int(house.rules.stream_s * MS)
        self.admission = Admission(house.clock.steady_ms() + life_ms)
        self.taping = Taping(host)
        self.line = house.lines(
            clock=host.clock_ms,
            on_key=host.key,
            on_due=host.due,
            tape=self.taping.tape,
            keep=self.taping.keep,
        )
        self.conversation: Conversation | None = None
        self.streaming = False
        self._host = host
        self._opening = opening
        self._sessions: list[Conversation] = []
        self._arrived = asyncio.Event()
        self._finished = asyncio.Event()
        self._gone = asyncio.Event()
        self._began_ms = 0
        self._ended_by_us = False
        self._ended_ms: int | None = None

    @property
    def streamed(self) -> bool:
        """Whether a stream has ever come for it."""
        return self._arrived.is_set()

    @property
    def failed(self) -> bool:
        """Whether no stream came, or one that broke before anything could be said."""
        if self._ended_ms is None or self._ended_by_us:
            return not self.streamed
        return self._ended_ms - self._began_ms < BRIEF_MS

    def end(self) -> None:
        """Close the caller's stream ourselves; that is no failure of it."""
        self._ended_by_us = True
        self.line.end()

    def finish(self) -> None:
        """No stream will come, or come back: let the session go."""
        self._finished.set()

    async def run(self) -> None:
        """Keep a session at the line until `finish`, or until a human takes over."""
        try:
            async with asyncio.TaskGroup() as tasks:
                talking = tasks.create_task(self._talk())
                waiting = tasks.create_task(self._give_up_without_a_stream())
                await self._finished.wait()
                talking.cancel()
                waiting.cancel()
        finally:
            for session in self._sessions:
                await _close(session)

    async def serve(self, socket: MediaSocket, started: Started) -> None:
        """Let the caller talk until the stream ends. Cancelling is safe."""
        self.streaming = True
        self._began_ms = self._host.clock_ms()
        self._arrived.set()
        self._host.record(e.StreamStarted(started.stream_sid))
        self.taping.begin()
        reason = "the stream was closed"
        try:
            reason = await self.line.serve(socket, started)
        finally:
            self.streaming = False
            self._ended_ms = self._host.clock_ms()
            self.taping.end(reason)
            if not self._finished.is_set():  # else another talk has begun
                self._host.record(
                    e.StreamEnded(
                        started.stream_sid,
                        reason,
                        self.line.frames,
                        self.line.malformed,
                        self.line.dropped,
                    )
                )
            self.finish()
            self._gone.set()

    async def over(self) -> None:
        """Wait until the caller's stream has ended."""
        await self._gone.wait()

    async def gone(self, timeout_s: float) -> None:
        """Wait until a stream that Twilio has ended has ended here, too."""
        if self.streaming:
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._gone.wait()

    async def _give_up_without_a_stream(self) -> None:
        await asyncio.sleep(self._host.house.rules.stream_s)
        if not self._arrived.is_set():
            self.finish()

    async def _talk(self) -> None:
        opening = self._opening
        while True:
            session = await self._session(opening)
            try:
                await session.open()
                self.conversation = session
                relay = await session.hold(self._host.house.rules.session_s)
            except Exception as error:  # noqa: BLE001  # as good as lost, whatever it is
                self._lost(error)
                if self._hopeless:
                    break
                await self._bridge_the_gap()
                opening = self._next(session, opening)
            else:
                opening = self._after(relay, session, opening)
            self._host.start(_close(session))
        self.conversation = None
        await self._arrived.wait()
        while self.line.taken:  # noqa: ASYNC110  # a person speaks: nobody is in need
            await asyncio.sleep(LOOK_SECONDS)
        await self._host.rescue("the assistant is out of order")

    @property
    def _hopeless(self) -> bool:
        return self._host.model_failures >= self._host.house.rules.model_failures

    def _lost(self, error: Exception) -> None:
        rules = self._host.house.rules
        final = isinstance(error, ModelError) and not error.retry
        self._host.model_failures += rules.model_failures if final else 1
        known = isinstance(error, ModelError)
        if not known:
            logger.error("session_broke", exc_info=error)
        self._host.record(e.SessionLost(str(error) if known else repr(error), final))

    async def _bridge_the_gap(self) -> None:
        """Let the caller hear that the line lives; the rest takes a second."""
        if self._arrived.is_set():
            self.line.owe()
            await self.line.play_sound(self._host.house.rules.gap_sound)

    def _next(self, session: Conversation, opening: Opening) -> Opening:
        """Where the next session takes up; the first words again if none was heard."""
        history = (*self._host.state.turns, *session.pending())
        if not history and not opening.reason:
            return opening
        return after_a_break(self._agent(opening), history)

    def _after(
        self, relay: AgentName | None, session: Conversation, opening: Opening
    ) -> Opening:
        """Where the next session takes up when this one was not lost."""
        turns = self._host.state.turns
        if relay is None:
            return renewed(self._agent(opening), turns)
        return relayed(relay, (*turns, *session.pending()))

    def _may_pass(self) -> str:
        """Why the agents may not pass the caller on; empty if they may."""
        state, rules = self._host.state, self._host.house.rules
        if state.phase is not Phase.TALKING or self._host.saying_goodbye:
            return LEAVING
        refusal = why_not(
            handoffs=state.handoffs,
            in_a_row=state.handoffs_in_a_row,
            most=rules.max_handoffs,
        )
        if refusal and state.refused_handoffs >= MOST_REFUSED - 1:
            self._host.start(self._host.rescue("the agents passed the caller round"))
        return refusal

    def _agent(self, opening: Opening) -> AgentName:
        return self._host.agent if self._host.state.agent else opening.agent

    async def _session(self, opening: Opening) -> Conversation:
        host = self._host
        session = host.house.conversations(
            opening,
            host.tools(),
            roster=host.roster,
            language=host.state.language,
            line=self.line,
            briefing=await host.house.briefing(host.state),
            handover=host.state.handover,
            may_pass=self._may_pass,
            record=host.record,
            clock=host.clock_ms,
        )
        self._sessions.append(session)
        return session


async def _close(session: Conversation) -> None:
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await session.close()
    except Exception as error:  # noqa: BLE001  # the SDK raises whatever it died of
        logger.warning("session_close_failed", error=repr(error))
