"""The house's telephone number at Twilio, and whom it asks when it rings."""

from dataclasses import dataclass, fields
from typing import Any

from callcenter.telephony.rest import Rest


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What Twilio asks for a number, all by POST."""

    voice_url: str
    voice_fallback_url: str
    status_callback: str

    @classmethod
    def of(cls, base: str, fallback: str = "") -> "Webhooks":
        """Those of a server at this address; the fallback may be elsewhere."""
        return cls(
            f"{base}/incoming-call",
            fallback or f"{base}/voice/fallback",
            f"{base}/voice/status",
        )

    def changes(self, wanted: "Webhooks") -> list[tuple[str, str, str]]:
        """What would change: its name, as it is, as it is wanted."""
        compared = [
            (one.name, str(getattr(self, one.name)), str(getattr(wanted, one.name)))
            for one in fields(self)
        ]
        return [one for one in compared if one[1] != one[2]]


@dataclass(frozen=True, slots=True)
class HouseNumber:
    """A number of the account."""

    sid: str
    number: str
    webhooks: Webhooks


class TwilioNumbers(Rest):
    """The account's numbers. Use it as an asynchronous context manager."""

    async def find(self, number: str) -> HouseNumber | None:
        """The number, if the account has it. Raises CarrierError."""
        numbers: list[Any] = await self._ask(
            self._client.incoming_phone_numbers.list_async(
                phone_number=number, limit=20
            )
        )
        # Twilio also finds numbers that only contain these digits.
        for one in numbers:
            if one.phone_number == number:
                asked = Webhooks(
                    one.voice_url or "",
                    one.voice_fallback_url or "",
                    one.status_callback or "",
                )
                return HouseNumber(one.sid, one.phone_number, asked)
        return None

    async def point(self, number: HouseNumber, wanted: Webhooks) -> None:
        """Have Twilio ask there from now on. Raises CarrierError."""
        await self._ask(
            self._client.incoming_phone_numbers(number.sid).update_async(
                voice_url=wanted.voice_url,
                voice_method="POST",
                voice_fallback_url=wanted.voice_fallback_url,
                voice_fallback_method="POST",
                status_callback=wanted.status_callback,
                status_callback_method="POST",
            )
        )
