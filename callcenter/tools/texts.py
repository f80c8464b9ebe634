"""Text messages, as tools see them; see callcenter.telephony.texts."""

from typing import Protocol

from callcenter.errors import CarrierError


class Texts(Protocol):
    """Sends texts from the house's number."""

    async def send(self, to: str, text: str) -> str:
        """Returns the carrier's id of it.

        Raises CarrierError when it was surely not sent, and OutcomeUnknown when nobody
        knows: then it must not be tried again.
        """
        ...


class NoTexts:
    """A house that sends none."""

    async def send(self, to: str, text: str) -> str:  # noqa: ARG002  # as it says
        raise CarrierError("This house sends no text messages.")
