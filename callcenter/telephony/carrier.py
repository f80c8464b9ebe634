"""Twilio's REST API, as far as a live call needs it."""

import re
from typing import Final

from callcenter.domain.consultation import LegOrder
from callcenter.domain.ids import CallSid
from callcenter.errors import CallIsOver, CarrierError
from callcenter.telephony.rest import Rest
from callcenter.wire.webhooks import FINAL_STATUSES

TOLD_OF: Final = ["initiated", "ringing", "answered", "completed"]
GONE: Final = "completed"
_CALL_SID: Final = re.compile(r"CA[0-9a-fA-F]{32}")
MOST_MEMBERS: Final = 20
"""Of a conference of ours there are two; a supervisor makes three."""


class TwilioCarrier(Rest):
    """Live calls, by REST. Use it as an asynchronous context manager."""

    async def redirect(self, call_sid: CallSid, document: str) -> None:
        """Replace what a live call hears. Raises CallIsOver or CarrierError."""
        await self._ask(self._client.calls(call_sid).update_async(twiml=document))

    async def hang_up(self, call_sid: CallSid) -> None:
        """End a call; harmless when it is over. Raises CarrierError."""
        try:
            await self._ask(
                self._client.calls(call_sid).update_async(status="completed")
            )
        except CallIsOver:
            return

    async def is_over(self, call_sid: CallSid) -> bool:
        """Whether the call has ended. Raises CarrierError."""
        return await self.status_of(call_sid) in FINAL_STATUSES

    async def status_of(self, call_sid: CallSid) -> str:
        """In Twilio's words; a call that nobody knows is over. Raises CarrierError."""
        try:
            call = await self._ask(self._client.calls(call_sid).fetch_async())
        except CallIsOver:
            return GONE
        return str(call.status)

    async def ring(self, order: LegOrder) -> CallSid:
        """Place a call; never asked twice. Raises OutcomeUnknown or CarrierError."""
        made = await self._ask(
            self._client.calls.create_async(
                to=order.to,
                from_=order.shown,
                url=order.document_url,
                method="POST",
                status_callback=order.status_url,
                status_callback_method="POST",
                status_callback_event=TOLD_OF,
                timeout=order.ring_s,
                time_limit=order.limit_s,
            )
        )
        if not _CALL_SID.fullmatch(str(made.sid)):
            raise CarrierError("Twilio's answer names no call: it places none for us")
        return CallSid(made.sid)

    async def members_of(self, conference: str) -> list[CallSid] | None:
        """Who is in a conference; None when it is not running. Raises CarrierError."""
        found = await self._ask(
            self._client.conferences.list_async(
                friendly_name=conference, status="in-progress", limit=1
            )
        )
        if not found:
            return None
        room = self._client.conferences(found[0].sid)
        try:
            members = await self._ask(room.participants.list_async(limit=MOST_MEMBERS))
        except CallIsOver:
            return None
        return [CallSid(one.call_sid) for one in members]

    async def end_conference(self, conference: str) -> None:
        """Send everybody out; harmless when it is over. Raises CarrierError."""
        found = await self._ask(
            self._client.conferences.list_async(
                friendly_name=conference, status="in-progress", limit=1
            )
        )
        for one in found:
            try:
                room = self._client.conferences(one.sid)
                await self._ask(room.update_async(status="completed"))
            except CallIsOver:
                continue
