"""Answers that the model owes, and that nobody else will ask for.

The SDK knows several silences: a `response.create` that came too early is dropped, an
answer that failed is taken for one, and after a tool that does not exist nobody speaks.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from callcenter.errors import ModelError
from callcenter.realtime.acceptance import FATAL_CODES

FAILED_RESPONSES: Final = 2
"""So many answers in a row may fail before the session is given up."""

RETRY_SECONDS: Final = 0.5
"""Before an answer that failed is asked for again."""

TOO_EARLY: Final = "conversation_already_has_active_response"


class Debts:
    """One session's."""

    def __init__(self, on_lost: Callable[[ModelError], None]) -> None:
        self._on_lost = on_lost
        self._after_this_one = False
        self._failed = 0
        self._responding: set[str] = set()
        self._due = asyncio.Event()

    @property
    def responding(self) -> bool:
        """Whether the model has begun an answer and not finished it."""
        return bool(self._responding)

    def owe(self) -> None:
        """Have the model asked for an answer, in a breath."""
        self._due.set()

    def owe_after_this_one(self) -> None:
        """Have it asked once the answer that is under way is over."""
        self._after_this_one = True

    def error(self, code: object, message: object) -> None:
        """An error of the server's: some mean that an answer was lost, or all are."""
        if code == TOO_EARLY:
            self.owe_after_this_one()
        elif str(code) in FATAL_CODES:
            self._on_lost(ModelError(f"The model refused: {message}", retry=False))

    def began(self, response_id: str) -> None:
        self._responding.add(response_id)

    def ended(self, response: Mapping[str, Any]) -> None:
        """An answer is over; ask again if it was none."""
        self._responding.discard(str(response.get("id")))
        match response:
            case {"status": "failed" | "incomplete", "status_details": details}:
                self._answer_failed(_code(details))
            case {"status": "completed"}:
                self._failed = 0
            case _:
                pass
        if self._after_this_one:
            self._after_this_one = False
            self.owe()

    async def pay(self, ask: Callable[[], Awaitable[None]]) -> None:
        """Ask whenever an answer is owed. Run it as a task, not in the read loop."""
        while True:
            await self._due.wait()
            self._due.clear()
            await asyncio.sleep(RETRY_SECONDS)
            await ask()

    def _answer_failed(self, code: str) -> None:
        self._failed += 1
        fatal = code in FATAL_CODES
        if fatal or self._failed > FAILED_RESPONSES:
            self._on_lost(
                ModelError(f"The model's answers fail ({code})", retry=not fatal)
            )
        else:
            self.owe_after_this_one()


def is_no_answer(done: Mapping[str, Any]) -> bool:
    """Whether a finished response only called a tool, or bridged the wait for one."""
    match done:
        case {"metadata": {"purpose": "filler"}}:
            return True
        case {"status": "completed", "output": [*items]}:
            return any(
                isinstance(item, Mapping) and item.get("type") == "function_call"
                for item in items
            )
        case _:
            return False


def _code(details: Any) -> str:  # noqa: ANN401  # any JSON may come
    """Why a response failed or is incomplete, in a word."""
    match details:
        case {"error": {"code": str(code)}} | {"reason": str(code)}:
            return code
        case _:
            return "unknown"
