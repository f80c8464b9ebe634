"""What the appointment book has to have done: texts sent, free times offered.

Every node does it all the while. What is to be done stands in the database, and whoever
claims a row first does it: nothing is done twice, and nothing is forgotten with a node.
"""

import asyncio
from datetime import UTC, datetime
from typing import Final, Protocol, assert_never

import structlog

from callcenter.domain.texting import USEFUL, is_decent, next_morning
from callcenter.errors import CarrierError, StorageError
from callcenter.floor.ports import Clock
from callcenter.storage.schedule import AppointmentBook
from callcenter.storage.texts import DueText, TextBook, TextKind, TextState
from callcenter.wire.letters import Letters

PAUSE_S: Final = 2.0
"""Between rounds: a confirmation comes while the caller is still on the line."""

LONG_PAUSE_S: Final = 15.0
"""… while the database is down: it tells the same every time."""

ROUNDS_PER_LOOK: Final = 15
"""Half a minute between looks at the waiting list; cancellations do not wait for it."""

logger = structlog.get_logger()


class Post(Protocol):
    """See callcenter.telephony.texts."""

    async def send(self, to: str, text: str) -> str:
        """Raises CarrierError."""
        ...


class Errands:
    """Run `run()` as a task for as long as the node lives."""

    def __init__(
        self,
        book: AppointmentBook,
        texts: TextBook,
        *,
        letters: Letters,
        post: Post,
        clock: Clock,
    ) -> None:
        self._book = book
        self._texts = texts
        self._letters = letters
        self._post = post
        self._clock = clock

    async def run(self) -> None:
        """Until cancelled; a database that is down is asked again."""
        rounds = 0
        while True:
            try:
                if rounds % ROUNDS_PER_LOOK == 0:
                    await self.look_at_the_line()
                await self.send_what_is_due()
            except StorageError as error:
                logger.warning("errands_wait", problem=str(error))
                await asyncio.sleep(LONG_PAUSE_S)
            rounds += 1
            await asyncio.sleep(PAUSE_S)

    async def look_at_the_line(self) -> int:
        """Take back offers that nobody took, and make new ones; how many."""
        return await self._book.waiting.round()

    async def send_what_is_due(self) -> int:
        """Send every text whose time has come and that nobody else sends; how many."""
        sent = 0
        for text in await self._texts.due(self._clock.now()):
            now = self._clock.now()
            if not await self._texts.claim(text, now):
                continue
            if await self._passed_over(text, now):
                continue
            state = await self._sent(text)
            await self._texts.settle(text, state, now)
            if text.kind is TextKind.OFFER and state is TextState.FAILED:
                await self._book.waiting.strike(text.appointment.code)
            sent += state is TextState.SENT
        return sent

    async def _sent(self, text: DueText) -> TextState:
        """What became of a claimed text. It is never tried again."""
        try:
            await self._post.send(text.appointment.phone, self._words(text))
        except CarrierError as error:
            logger.warning("text_not_sent", text=text.key, problem=str(error))
            return TextState.FAILED
        logger.info("text_sent", text=text.key)
        return TextState.SENT

    def _words(self, text: DueText) -> str:
        match text.kind:
            case TextKind.CONFIRMATION:
                return self._letters.confirmation(text.appointment)
            case TextKind.REMINDER:
                return self._letters.reminder(text.appointment)
            case TextKind.OFFER:
                return self._letters.offer(text.appointment)
            case _:
                assert_never(text.kind)

    async def _passed_over(self, text: DueText, now: datetime) -> bool:
        """Whether a claimed text does not go now: at night, or too late to be of use.

        What somebody on the line has just asked for goes at any hour.
        """
        if text.kind is not TextKind.REMINDER:
            return False
        local = now.astimezone(self._book.zone)
        if text.appointment.slot.starts_at.astimezone(UTC) - now < USEFUL:
            await self._texts.settle(text, TextState.DROPPED, now)
            return True
        if is_decent(local):
            return False
        await self._texts.put_off(text, next_morning(local))
        return True
