"""How long and how dear a call may grow: its caller is warned, then it ends."""

from collections.abc import Awaitable, Callable
from typing import Final

from callcenter.domain import notes
from callcenter.floor.live_call import LiveCall

NEARLY: Final = 0.9
"""Of a call's money: the caller is warned from here."""


class Bounds:
    """One call's. `dismiss` says a note, and hangs up when it was heard."""

    def __init__(
        self,
        call: LiveCall,
        say: Callable[[str], Awaitable[None]],
        dismiss: Callable[[str, str], Awaitable[None]],
    ) -> None:
        self._call = call
        self._say = say
        self._dismiss = dismiss
        self._warned = False

    async def keep(self) -> bool:
        """Whether the call is within them, and nobody need be told."""
        rules, call = self._call.house.rules, self._call
        left_s = rules.max_call_s - call.clock_ms() / 1000
        spent = call.state.cost_usd / rules.max_call_cost_usd
        if left_s <= 0 or spent >= 1:
            await self._dismiss("the call reached its limit", notes.TIME_IS_UP)
            return False
        if (left_s <= rules.warn_s or spent >= NEARLY) and not self._warned:
            self._warned = True
            await self._say(notes.TIME_IS_SHORT)
        return True
