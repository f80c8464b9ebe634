"""A person of the house speaks with the caller; the agent stands by, and goes on later.

Their voice comes over the bus, from whichever node their browser is connected to.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Final

import structlog

from callcenter.domain.phases import Phase
from callcenter.domain.supervision import (
    HANDED_BACK,
    SupervisorGaveBack,
    SupervisorTookOver,
)
from callcenter.errors import ActRefused
from callcenter.floor.live_call import LiveCall
from callcenter.floor.talk import Talk
from callcenter.floor.talk_ports import Colleague
from callcenter.wire.bus import Bus
from callcenter.wire.sound import MOST_BYTES, microphone

SILENT_SECONDS: Final = 10.0
"""A browser sends a frame every 20 ms, spoken or not; without any, nobody is there."""

SENTENCE_SECONDS: Final = 8.0
"""How long an agent may take to finish; then it is cut off all the same."""

END_SECONDS: Final = 3.0
LOOK_SECONDS: Final = 0.05

GONE_SILENT: Final = "nothing came from their microphone any more"
LINE_ENDED: Final = "the caller's line ended"

logger = structlog.get_logger()


class Takeover:
    """One call's; at most one person has it."""

    def __init__(self, call: LiveCall, bus: Bus, changed: Callable[[], None]) -> None:
        self.person = ""
        """Who has the call, or is about to; empty: the agent."""
        self.listener = ""
        self.active = False
        """Whether they can be heard already."""
        self._call = call
        self._bus = bus
        self._changed = changed
        self._reason = ""
        self._note = ""
        self._ending = asyncio.Event()
        self._ended = asyncio.Event()

    def begin(self, person: str, listener: str, *, at_once: bool) -> None:
        """Let this person speak soon. Raises ActRefused."""
        if self.person:
            raise ActRefused(f"{self.person} speaks with this caller already.")
        talk = self._talk()
        self.person, self.listener = person, listener
        self._ending.clear()
        self._ended.clear()
        self._reason, self._note = "", HANDED_BACK
        self._call.start(self._run(talk, at_once=at_once))
        self._changed()

    def give_back(self, reason: str, note: str = HANDED_BACK) -> None:
        """Let the agent go on; with an empty note it says nothing of itself."""
        if not self._ending.is_set():
            self._reason, self._note = reason, note
            self._ending.set()

    async def ended(self, reason: str) -> None:
        """Give back, quietly, and wait until that is done; at once if nobody has it."""
        if self.person:
            self.give_back(reason, note="")
            with suppress(TimeoutError):
                async with asyncio.timeout(END_SECONDS):
                    await self._ended.wait()

    def settle(self) -> None:
        """The call is about to be over."""
        if self.active:
            self.active = False
            self._call.record(SupervisorGaveBack(self.person, "the call ended"))

    def _talk(self) -> Talk:
        call = self._call
        if call.control is not None and call.control.typing_secrets:
            raise ActRefused("The caller is typing something secret; try again soon.")
        if call.state.phase is not Phase.TALKING or call.saying_goodbye:
            raise ActRefused("The caller is not with an agent now.")
        if call.talk is None or not call.talk.streaming:
            raise ActRefused("The caller's line is not open now; try again soon.")
        return call.talk

    async def _run(self, talk: Talk, *, at_once: bool) -> None:
        try:
            channel = microphone(self._call.id, self.listener)
            async with self._bus.subscribe(channel) as voice:
                if not at_once:
                    await self._sentence_end(talk)
                if not self._ending.is_set() and self._still(talk):
                    await self._speak(talk, voice)
        finally:
            self.person = self.listener = ""
            self.active = False
            self._ended.set()
            self._changed()

    def _still(self, talk: Talk) -> bool:
        try:
            return self._talk() is talk
        except ActRefused as refused:
            logger.info("takeover_given_up", call_id=self._call.id, reason=str(refused))
            return False

    async def _sentence_end(self, talk: Talk) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(SENTENCE_SECONDS):
                while not (talk.line.quiet or self._ending.is_set()):  # noqa: ASYNC110  # either ends it
                    await asyncio.sleep(LOOK_SECONDS)

    async def _speak(self, talk: Talk, voice: AsyncIterator[bytes]) -> None:
        if talk.conversation is not None:
            await talk.conversation.ear.stand_by()
        colleague = await talk.line.take()
        self.active = True
        self._call.record(SupervisorTookOver(self.person))
        self._changed()
        async with asyncio.TaskGroup() as tasks:
            working = [
                tasks.create_task(self._pass_on(colleague, voice)),
                tasks.create_task(self._write_down(talk, colleague)),
                tasks.create_task(self._mind_the_line(talk)),
            ]
            await self._ending.wait()
            for task in working:
                task.cancel()
        await self._stop(talk, colleague)

    async def _stop(self, talk: Talk, colleague: Colleague) -> None:
        session = talk.conversation if talk.streaming else None
        if session is not None:
            for by_caller, said in colleague.rest():
                await session.ear.write_down(said, "" if by_caller else self.person)
            await session.ear.listen_again()
        await talk.line.give_back(colleague)
        if self.active:  # else the call is over, and that is on record
            self.active = False
            self._call.record(SupervisorGaveBack(self.person, self._reason))
        if session is not None:
            await session.ear.written()
            if self._note and self._still(talk):
                await session.say(self._note)

    async def _pass_on(self, colleague: Colleague, voice: AsyncIterator[bytes]) -> None:
        try:
            while True:
                async with asyncio.timeout(SILENT_SECONDS):
                    audio = await anext(voice)
                if 0 < len(audio) <= MOST_BYTES:
                    colleague.speak(audio)
        except TimeoutError:
            self.give_back(GONE_SILENT)

    async def _write_down(self, talk: Talk, colleague: Colleague) -> None:
        """While the agents' session is being replaced, what was said waits for it."""
        async for by_caller, said in colleague.said():
            while talk.conversation is None:  # noqa: ASYNC110  # rarely
                await asyncio.sleep(LOOK_SECONDS)
            person = "" if by_caller else self.person
            await talk.conversation.ear.write_down(said, person)

    async def _mind_the_line(self, talk: Talk) -> None:
        await talk.over()
        self.give_back(LINE_ENDED, note="")
