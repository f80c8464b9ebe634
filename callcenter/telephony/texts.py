"""Text messages, by Twilio's REST API (twilio.com/docs/messaging/api/message-resource).

A create is never repeated after an unknown outcome: nobody wants the same text twice,
and Twilio has no key by which it would tell a repetition.
"""

import re
from typing import Final

from callcenter.errors import CarrierError
from callcenter.telephony.rest import TWILIO, Rest

MAX_TEXT_CHARACTERS: Final = 1600
"""Twilio refuses a longer body (error 21617)."""

_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")


class TwilioTexts(Rest):
    """Texts from the house's number. Use it as an asynchronous context manager."""

    def __init__(
        self, account_sid: str, auth_token: str, number: str, base_url: str = TWILIO
    ) -> None:
        super().__init__(account_sid, auth_token, base_url)
        self._number = number

    async def send(self, to: str, text: str) -> str:
        """Send a text to a number in E.164; returns Twilio's id of it.

        Raises CarrierError when it was surely not sent, and OutcomeUnknown when
        nobody knows: then it must not be tried again.
        """
        if not self._number:
            raise CarrierError("TWILIO_PHONE_NUMBER is not set: nobody can be texted.")
        if not _E164.fullmatch(to):
            raise CarrierError("That is no number that a text could be sent to.")
        message = await self._ask(
            self._client.messages.create_async(
                to=to, from_=self._number, body=text[:MAX_TEXT_CHARACTERS]
            )
        )
        return str(message.sid)
