"""Which node has a call at work, and what it answers to Twilio.

A webhook may reach any node. Without asking, each would take a call up from its facts
although another node has it, and end it for its caller.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from callcenter.domain.ids import CallSid
from callcenter.floor.floor import Floor
from callcenter.floor.post import Post, Respond
from callcenter.wire.orders import Document, Nonsense, Webhook, dump, load

WHOSE: Final = "whose"
WEBHOOKS: Final = "webhooks"

WHOSE_SECONDS: Final = 0.3
"""A node answers this from memory; whoever returns to us after a crash waits for it."""

DOCUMENT_SECONDS: Final = 6.0
"""A status callback may wait two seconds for the stream's end and two for a message;
Twilio waits fifteen."""

MINE: Final = b"mine"

Answer = Callable[[Webhook], Awaitable[Document]]
"""Answers a webhook here, as if it had come here."""

logger = structlog.get_logger()


class Neighbours:
    """One node's view of the others. On a bus of its own, a node has none."""

    def __init__(self, floor: Floor, post: Post) -> None:
        self._floor = floor
        self._post = post
        self._insisting: set[CallSid] = set()
        if post.bus.shared:
            floor.register.elsewhere = self.elsewhere

    async def elsewhere(self, call_sid: CallSid) -> bool:
        """Whether another node has this call at work."""
        if call_sid in self._insisting:
            return False
        body = call_sid.encode()
        return await self._post.ask(WHOSE, body, WHOSE_SECONDS) is not None

    async def answer(self, webhook: Webhook) -> Document | None:
        """What the node that has the call says; None when it says nothing in time."""
        body = dump(webhook)
        answer = await self._post.ask(WEBHOOKS, body, DOCUMENT_SECONDS)
        if answer is None:
            logger.warning("owner_silent", call_sid=webhook.call_sid)
            return None
        try:
            return load(answer, Document)
        except Nonsense as error:
            logger.warning("nonsense_on_the_bus", reason=str(error))
            return None

    async def insist(
        self, call_sid: CallSid, act: Callable[[], Awaitable[Document]]
    ) -> Document:
        """Do this without asking whose the call is: its node does not answer."""
        self._insisting.add(call_sid)
        try:
            return await act()
        finally:
            self._insisting.discard(call_sid)

    def responds(self, here: Answer) -> dict[str, Respond]:
        """What this node answers to the others, by channel."""

        async def whose(body: bytes) -> bytes | None:
            return MINE if self._answers_for(body.decode("ascii", "replace")) else None

        async def webhook(body: bytes) -> bytes | None:
            asked = load(body, Webhook)
            if not self._answers_for(asked.call_sid):
                return None
            async with asyncio.timeout(DOCUMENT_SECONDS):
                return dump(await here(asked))

        return {WHOSE: whose, WEBHOOKS: webhook}

    def _answers_for(self, call_sid: str) -> bool:
        return self._floor.register.answers_for(
            CallSid(call_sid), moving=self._floor.moving
        )
