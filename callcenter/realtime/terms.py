"""What a session has agreed to: its settings, and whether changes were accepted."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from agents.realtime.model_inputs import (
    RealtimeModelSendEvent,
    RealtimeModelSendSessionUpdate,
)

from callcenter.errors import ModelError
from callcenter.realtime.acceptance import Acceptance
from callcenter.realtime.telephone import least, telephone

ACCEPT_SECONDS: Final = 5.0
"""How long the model may take to accept the session's settings."""

UPDATE_SECONDS: Final = 3.0
"""How long it may take to accept new ones, after a handoff."""

Send = Callable[[RealtimeModelSendEvent], Awaitable[None]]


class Terms:
    """One session's."""

    def __init__(
        self,
        send: Send,
        tuned: Callable[[Any], Any],
        on_lost: Callable[[ModelError], None],
    ) -> None:
        self._send = send
        self._tuned = tuned
        self._on_lost = on_lost
        self._acceptance = Acceptance()

    async def accepted(self) -> None:
        """Wait for the first answer. Raises ModelError when it is no, or late."""
        await self._acceptance.wait(ACCEPT_SECONDS)

    async def change(self, settings: Any) -> None:  # noqa: ANN401  # a TypedDict of the SDK's
        """Change the session's settings, and be sure that they changed.

        The SDK does not look: it would dispatch the new agent's tools while the model
        still has the old one's. Refused, they are sent again without what a session
        may not change once it has spoken. Raises ModelError when that is refused, too.
        """
        # A handoff sends all settings anew, from before they met this telephone.
        wanted = telephone(self._tuned(settings))
        try:
            await self._change(wanted)
        except ModelError:
            try:
                await self._change(least(wanted))
            except ModelError as error:
                self._on_lost(error)  # the SDK would go on, with the wrong tools
                raise

    async def _change(self, settings: Any) -> None:  # noqa: ANN401  # as above
        self._acceptance = Acceptance()
        await self._send(RealtimeModelSendSessionUpdate(settings))
        await self._acceptance.wait(UPDATE_SECONDS)

    # What the server says.

    def accept(self) -> None:
        self._acceptance.accept()

    def refuse(self, error: ModelError) -> None:
        self._acceptance.refuse(error)

    def refuse_if_waiting(self, error: Mapping[str, Any]) -> None:
        """Take an error of the server's for the answer, if none came before."""
        self._acceptance.refuse_if_waiting(error)
