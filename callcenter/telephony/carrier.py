"""Twilio's REST API, as far as a live call needs it."""

from callcenter.domain.ids import CallSid
from callcenter.errors import CallIsOver
from callcenter.telephony.rest import Rest
from callcenter.wire.webhooks import FINAL_STATUSES


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
        try:
            call = await self._ask(self._client.calls(call_sid).fetch_async())
        except CallIsOver:
            return True
        return call.status in FINAL_STATUSES
