"""What a session hears: the caller, or only what people have it write down."""

import asyncio
from contextlib import suppress
from typing import Final

from callcenter.bridge.utterances import Utterance
from callcenter.realtime.manner import Manner
from callcenter.realtime.telephone import telephone
from callcenter.realtime.transport import TwilioRealtimeTransportLayer

WRITING_SECONDS: Final = 1.0
"""For what was said last to be written down, before the agent goes on."""

LOOK_SECONDS: Final = 0.02


class Ear:
    """One session's."""

    def __init__(self, manner: Manner, transport: TwilioRealtimeTransportLayer) -> None:
        self._manner = manner
        self._transport = transport

    async def change(self, **more: str) -> None:
        """Listen as things are now."""
        settings = telephone(self._manner.settings())["audio"]["input"]
        await self._transport.send_raw(
            "session.update",
            session={"type": "realtime", **more, "audio": {"input": settings}},
        )

    async def stand_by(self) -> None:
        """Answer nobody, and hear only what is given to `write_down`."""
        self._manner.stands_by = True
        await self.change()
        await self._transport.stand_by()

    async def write_down(self, said: Utterance, person: str) -> None:
        """Have this transcribed: a person's of ours, or with "" the caller's."""
        await self._transport.dictation.take(said, person)

    async def listen_again(self) -> None:
        """Hear the caller as ever."""
        self._manner.stands_by = False
        await self.change()

    async def written(self) -> None:
        """Wait until what was said is written down, but not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(WRITING_SECONDS):
                while self._transport.dictation.pending:  # noqa: ASYNC110  # rarely
                    await asyncio.sleep(LOOK_SECONDS)
