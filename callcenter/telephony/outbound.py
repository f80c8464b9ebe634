"""Calls that we place: made once, found again, asked for.

Twilio's API has no key by which it would tell a repetition. So a create is never
repeated; whoever does not know whether one was done asks for it by its numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from callcenter.domain.ids import CallSid
from callcenter.telephony.rest import Rest
from callcenter.wire.webhooks import FINAL_STATUSES

LISTED: Final = 20
"""The last calls between two numbers; a promise makes three at the most."""


@dataclass(frozen=True, slots=True)
class Placing:
    """What a call needs to be placed; addresses are absolute."""

    to: str
    caller_id: str
    url: str
    status_callback: str
    machine_callback: str
    ring_s: int
    limit_s: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A call as the carrier knows it."""

    call_sid: CallSid
    status: str
    seconds: int
    created_at: datetime | None
    """None while it is very new."""

    @property
    def over(self) -> bool:
        return self.status in FINAL_STATUSES


class TwilioOutbound(Rest):
    """Places calls, by REST. Use it as an asynchronous context manager."""

    async def place(self, wanted: Placing) -> CallSid:
        """Raises OutcomeUnknown when it may ring all the same; else CarrierError."""
        created = await self._ask(
            self._client.calls.create_async(
                to=wanted.to,
                from_=wanted.caller_id,
                url=wanted.url,
                method="POST",
                status_callback=wanted.status_callback,
                status_callback_method="POST",
                status_callback_event=["completed"],
                timeout=wanted.ring_s,
                time_limit=wanted.limit_s,
                machine_detection="DetectMessageEnd",
                async_amd="true",
                async_amd_status_callback=wanted.machine_callback,
                async_amd_status_callback_method="POST",
            )
        )
        return CallSid(str(created.sid))

    async def find(self, to: str, caller_id: str) -> Sequence[Placed]:
        """The last that we placed there, the newest first. Raises CarrierError."""
        calls: list[Any] = await self._ask(
            self._client.calls.list_async(to=to, from_=caller_id, limit=LISTED)
        )
        return [_placed(one) for one in calls if one.direction == "outbound-api"]

    async def ask(self, call_sid: CallSid) -> Placed:
        """What has become of one. Raises CarrierError."""
        return _placed(await self._ask(self._client.calls(call_sid).fetch_async()))


def _placed(call: Any) -> Placed:  # noqa: ANN401  # twilio is untyped
    return Placed(
        CallSid(str(call.sid)),
        str(call.status),
        int(call.duration or 0),
        call.date_created or call.start_time,
    )
