"""One Realtime session with the agents of one call, from first words to last."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from agents.realtime import (
    RealtimeModel,
    RealtimeRunConfig,
    RealtimeRunner,
    RealtimeSession,
    RealtimeSessionEvent,
)

from callcenter.domain.events import (
    CallResumed,
    Event,
    ModelUsed,
    SessionOpened,
)
from callcenter.domain.handover import Handover
from callcenter.domain.ids import AgentName
from callcenter.domain.opening import Opening
from callcenter.domain.prices import Tokens, price_of
from callcenter.domain.roster import Roster
from callcenter.domain.tool import Tool
from callcenter.domain.transcript import Turn
from callcenter.errors import ModelError
from callcenter.realtime.ear import Ear
from callcenter.realtime.entering import entered
from callcenter.realtime.guardrails import STOPPED, Guardrails
from callcenter.realtime.leaving import Leaving
from callcenter.realtime.line import CallerLine
from callcenter.realtime.manner import Manner
from callcenter.realtime.model_settings import ModelSettings
from callcenter.realtime.passing import Passing
from callcenter.realtime.script import Script
from callcenter.realtime.sounds import CHIME
from callcenter.realtime.staff import staff
from callcenter.realtime.transport import TwilioRealtimeTransportLayer
from callcenter.realtime.turns import Turns

CONNECT_SECONDS: Final = 5.0
"""A caller waits behind it; whoever cannot connect by then gets the human ladder."""

TRANSCRIPT_SECONDS: Final = 1.0
"""Transcription is another model's work. The agent's last words cover the wait."""

LOOK_SECONDS: Final = 0.02

NOT_FOUND: Final = "not found"


class Conversation:
    """`open` it, `hold` it until it is lost or old, `close` it.

    It speaks on a line that was there before and may be there after it. It tells what
    happens through `record`, and never raises for what a caller, a tool or the model
    says: only ModelError, when the model is lost.
    """

    def __init__(
        self,
        settings: ModelSettings,
        opening: Opening,
        tools: Mapping[str, Tool],
        *,
        roster: Roster,
        language: str,
        line: CallerLine,
        briefing: str,
        handover: Handover,
        may_pass: Callable[[], str],
        record: Callable[[Event], None],
        clock: Callable[[], int],
        inner: RealtimeModel | None = None,
    ) -> None:
        self._settings = settings
        self._opening = opening
        self._line = line
        self._record = record
        self._clock = clock
        self._losses: asyncio.Queue[ModelError] = asyncio.Queue()
        self._working: list[str] = []
        self._manner = Manner(
            settings,
            roster,
            agent=opening.agent,
            language=language,
            briefing=briefing,
            handover=handover,
        )
        self._leaving = Leaving(line.callers_turn)
        self._turns = Turns(opening.agent, record=record, clock=clock)
        self._guardrails = Guardrails(
            roster,
            briefing=briefing,
            agent=lambda: self._manner.agent,
            record=record,
        )
        self._transport = TwilioRealtimeTransportLayer(
            self._turns,
            line,
            on_lost=self._losses.put_nowait,
            on_used=self._used,
            tuned=self._manner.tuned,
            watch=self._watch,
            inner=inner,
        )
        self.ear = Ear(self._manner, self._transport)
        self._script = Script(self._transport.send_raw)
        agents = staff(
            roster,
            tools,
            manner=self._manner,
            record=self._guardrails.record,
            clock=clock,
            working=self._working,
            passing=Passing(
                self._manner,
                roster,
                record=record,
                may_pass=may_pass,
                relay=self._leaving.relay,
            ),
        )
        self._runner = RealtimeRunner(
            agents[opening.agent],
            model=self._transport,
            config=RealtimeRunConfig(tracing_disabled=True),
        )
        self._session: RealtimeSession | None = None

    async def open(self) -> None:
        """Connect, replay what was said before, and have the agent begin to speak.

        Raises ModelError. From here on the line is this session's.
        """
        began_ms = self._clock()
        config = self._settings.config(self._manner.settings())
        self._session = await self._runner.run(model_config=config)
        await entered(self._session, CONNECT_SECONDS)
        await self._line.connect(self._transport)
        agent = self._opening.agent
        self._record(SessionOpened(agent, self._clock() - began_ms))
        if self._opening.reason:
            self._record(CallResumed(agent, self._opening.reason))
        if self._line.taken:
            await self.ear.stand_by()
        await self._script.begin(self._opening)

    async def hold(self, renew_s: float) -> AgentName | None:
        """Follow the session until it is `renew_s` old and the line is quiet.

        Returns who takes over when that is before it: an agent with another voice, for
        whom a new session is needed. Raises ModelError when the session is lost first.
        Cancelling is safe.
        """
        lost: list[BaseException] = []
        relay: AgentName | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                following = [
                    tasks.create_task(self._listen()),
                    tasks.create_task(self._raise_losses()),
                    tasks.create_task(self._transport.answer_debts()),
                ]
                relay = await self._leaving.time(renew_s)
                if relay is not None:
                    await self._hand_over()
                for task in following:
                    task.cancel()
        except* ModelError as group:
            # Not raised in here: Python 3.11.2 would wrap it into a group again.
            lost.append(_first(group))
        if lost:
            await self._line.disconnect(self._transport)
            raise lost[0]
        return relay

    async def say(self, note: str) -> None:
        """Tell the agent something that the caller does not hear, and let it speak."""
        await self._script.note(note)
        await self._script.ask()

    async def whisper(self, note: str) -> None:
        """The same, but let it speak only if nobody else does or is about to."""
        await self._script.note(note)
        if self._line.quiet and self._line.patience.callers_turn:
            await self._script.ask()

    async def speak(self, language: str) -> None:
        """Go on in this language (a tag): the ear, the agent, and whoever follows it.

        The session's tools stay as they are, so it does not matter that a handoff may
        be on its way.
        """
        self._manner.language = language
        instructions = self._manner.instructions(self._manner.agent)
        await self.ear.change(instructions=instructions)

    async def fill(self) -> None:
        """Let the caller hear that something is being done about their wish.

        While a tool works, the agent itself says so; otherwise it is the agent that is
        slow, and a soft sound must do.
        """
        of_tool = next((words for words in self._working if words), "")
        instructions = self._manner.filler(of_tool) if self._working else ""
        if not instructions:
            await self._line.play_sound(CHIME)
            return
        await self._script.fill(instructions)

    async def ask_again(self) -> None:
        """Ask the model once more for an answer, unless a tool still works on it."""
        if not self._working:
            await self._transport.ask_again()

    def pending(self) -> tuple[Turn, ...]:
        """What has been said but is not yet recorded: the caller is hearing it."""
        return self._turns.pending()

    async def close(self) -> None:
        """Close the session; a silent server makes this take up to 10 s."""
        await self._line.disconnect(self._transport)
        self._turns.flush()
        if self._session is not None:
            await self._session.close()

    def _used(self, tokens: Tokens) -> None:
        if tokens != Tokens():
            cost_usd = price_of(self._settings.model).of(tokens)
            self._record(ModelUsed(tokens, round(cost_usd, 6)))

    async def _watch(self, event: dict[str, Any]) -> None:
        """Stop an agent that says what it must not; one that goes on is taken off."""
        if not self._guardrails.trips(event):
            return
        await self._transport.cut_off()
        if self._guardrails.hopeless:
            lost = ModelError("The agent had to be stopped too often", retry=False)
            self._losses.put_nowait(lost)
            return
        await self._script.note(STOPPED)
        await self._transport.ask_again()

    async def _hand_over(self) -> None:
        """Let the next session know what the caller said; it is still being written."""
        # This one has no say any more; what the caller says now waits for the next.
        await self._line.disconnect(self._transport)
        with suppress(TimeoutError):
            async with asyncio.timeout(TRANSCRIPT_SECONDS):
                while self._turns.listening:  # noqa: ASYNC110  # a second, once a relay
                    await asyncio.sleep(LOOK_SECONDS)

    async def _raise_losses(self) -> None:
        raise await self._losses.get()

    async def _listen(self) -> None:
        """Follow the session's own events. Its end is a loss: nobody asked for it."""
        session = self._session
        if session is None:
            raise ModelError("The session was never opened")
        try:
            async for event in session:
                self._take(event)
        except Exception as error:  # whatever the SDK raises, the session is dead
            raise ModelError(f"The model's session broke: {error!r}") from error
        raise ModelError("The model ended the session")

    def _take(self, event: RealtimeSessionEvent) -> None:
        if event.type == "handoff":
            self._turns.agent = AgentName(event.to_agent.name)
        elif event.type == "error" and NOT_FOUND in str(event.error):
            # The SDK answered for a tool that does not exist, and asks for no words.
            self._transport.owe_answer()


def _first(lost: BaseExceptionGroup[BaseException]) -> BaseException:
    first = lost.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
