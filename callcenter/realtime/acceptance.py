"""Whether the model accepted the session's settings.

The SDK's `connect` returns before the server has answered `session.update`; an agent
that is asked to speak by then speaks with the wrong voice, format and tools, or not at
all. So we wait for `session.updated`, and take an error before it for a refusal.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from callcenter.errors import ModelError

FATAL_CODES: Final = frozenset(
    {
        "insufficient_quota",
        "invalid_api_key",
        "account_deactivated",
        "billing_hard_limit_reached",
        "model_not_found",
    }
)
"""Trying again would only cost time: a human must act."""

OTHER_MATTERS: Final = frozenset(
    {
        "conversation_already_has_active_response",
        "response_cancel_not_active",
        "input_audio_buffer_commit_empty",
        "item_not_found",
    }
)
OTHER_ITEMS: Final = "item_"
OTHER_PARAMETERS: Final = frozenset({"item_id", "audio_end_ms", "content_index"})
"""Errors about something else that was asked for in the meantime, by code or place."""


class Acceptance:
    """A question that is answered once."""

    def __init__(self) -> None:
        self._answered = asyncio.Event()
        self._error: ModelError | None = None

    def accept(self) -> None:
        self._answered.set()

    def refuse(self, error: ModelError) -> None:
        if not self._answered.is_set():
            self._error = error
            self._answered.set()

    def refuse_if_waiting(self, error: Mapping[str, Any]) -> None:
        """Take an error of the server's for the answer, if none came before."""
        code, about = str(error.get("code")), error.get("param")
        if code in OTHER_MATTERS or code.startswith(OTHER_ITEMS):
            return
        if about in OTHER_PARAMETERS:
            return
        self.refuse(
            ModelError(
                f"The model refused the session: {error.get('message')} ({code})",
                retry=code not in FATAL_CODES,
            )
        )

    async def wait(self, timeout_s: float) -> None:
        """Raises ModelError when the answer is no, or does not come in time."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._answered.wait()
        except TimeoutError as error:
            raise ModelError(
                f"The model did not accept the session within {timeout_s:g} s"
            ) from error
        if self._error is not None:
            raise self._error
