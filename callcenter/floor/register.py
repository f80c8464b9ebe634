"""Which calls a node has, by their CallSid; and which it knows to be over."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final
from weakref import WeakValueDictionary

from callcenter.domain.events import Fact
from callcenter.domain.ids import AttemptId, CallId, CallSid
from callcenter.domain.phases import Phase
from callcenter.errors import CallIsElsewhere
from callcenter.floor.ports import Recall
from callcenter.floor.reception import Reception

MOST_OVER: Final = 1_000
"""So many calls are known to be over, though the database may not know it yet."""

WITHOUT_AGENTS: Final = {Phase.QUEUED, Phase.VOICEMAIL, Phase.ENDED}

TakeUp = Callable[[Sequence[Fact]], Reception | None]
"""Makes a call of its facts; None when it is over, or when nobody may be taken up."""


async def _nowhere(_: CallSid) -> bool:
    return False


class Register:
    """Calls come with `enter` or are found; they go with `forget`."""

    def __init__(self) -> None:
        self.calls: dict[CallSid, Reception] = {}
        self._over: deque[CallSid] = deque(maxlen=MOST_OVER)
        self.elsewhere: Callable[[CallSid], Awaitable[bool]] = _nowhere
        """Whether another node has a call at work; see callcenter.floor.neighbours."""
        # A lock goes with the last who uses it.
        self._asking: WeakValueDictionary[CallSid, asyncio.Lock] = WeakValueDictionary()

    @property
    def live(self) -> int:
        """How many calls are not over."""
        return sum(
            1 for one in self.calls.values() if one.call.state.disposition is None
        )

    @property
    def with_agents(self) -> int:
        """How many have an agent, or may have one soon."""
        return sum(
            one.call.state.phase not in WITHOUT_AGENTS for one in self.calls.values()
        )

    def enter(self, reception: Reception) -> None:
        """A call is here from now on."""
        self.calls[reception.call.state.call_sid] = reception

    def forget(self, reception: Reception) -> None:
        """Nothing of a call is left but, if it has ended, that it has."""
        state = reception.call.state
        if state.phase is Phase.ENDED:
            self.note_end(state.call_sid)
        self.calls.pop(state.call_sid, None)

    def note_end(self, call_sid: CallSid) -> None:
        """A call is over, here or elsewhere."""
        self._over.append(call_sid)

    def is_over(self, call_sid: CallSid) -> bool:
        """Whether a call that is no longer here has ended, as far as we know."""
        return call_sid in self._over

    def with_attempt(self, attempt_id: AttemptId) -> Reception | None:
        """The call for which an operator is, or was, being called."""
        for reception in self.calls.values():
            escalation = reception.call.state.escalation
            if escalation and any(
                one.attempt_id == attempt_id for one in escalation.attempts
            ):
                return reception
        return None

    def answers_for(self, call_sid: CallSid, *, moving: bool) -> bool:
        """Whether a call is here, and not about to be another node's."""
        known = self.calls.get(call_sid)
        talk = known.call.talk if known else None
        return known is not None and (
            not moving or (talk is not None and talk.streaming)
        )

    def with_id(self, call_id: CallId) -> Reception | None:
        """The call by our own name for it."""
        found = (one for one in self.calls.values() if one.call.id == call_id)
        return next(found, None)

    async def find(
        self,
        call_sid: CallSid,
        recall: Recall,
        take_up: TakeUp,
        within_s: float | None = None,
    ) -> Reception | None:
        """A call of this node; or one that had another, taken up from its facts.

        None as well when the record does not answer `within_s`. Whoever asks for the
        same call at the same time gets the same; other calls wait for nobody. Raises
        CallIsElsewhere when another node has it at work.
        """
        if known := self.calls.get(call_sid):
            return known
        if self.is_over(call_sid):
            return None
        lock = self._asking.setdefault(call_sid, asyncio.Lock())
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s) as limit, lock:
                facts = await recall(call_sid)
                limit.reschedule(None)
                if facts and await self.elsewhere(call_sid):
                    raise CallIsElsewhere(call_sid)
                return self.calls.get(call_sid) or take_up(facts)
        return None
