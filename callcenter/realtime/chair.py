"""Who talks with a line's caller: a session with the agents, or a colleague of ours.

While a colleague speaks, the session stays behind them, so that it can go on later.
"""

import asyncio

from callcenter.realtime.party import Party


class Chair:
    """One line's."""

    def __init__(self) -> None:
        self.party: Party | None = None
        """Who hears the caller now, and may be heard."""
        self._behind: Party | None = None
        self._guest: Party | None = None
        self._some = asyncio.Event()

    @property
    def taken(self) -> bool:
        """Whether a colleague speaks in the agent's place."""
        return self._guest is not None

    @property
    def session(self) -> Party | None:
        """The agents' session, also while it is behind a colleague."""
        return self._behind if self.taken else self.party

    def seat(self, session: Party) -> None:
        """The agents talk through this session from now on."""
        if self.taken:
            self._behind = session
        else:
            self._sit(session)

    def leave(self, session: Party) -> bool:
        """A session is gone. Returns whether it was the one to be heard."""
        if session is self._behind:
            self._behind = None
        if session is not self.party:
            return False
        self._sit(None)
        return True

    def take(self, guest: Party) -> None:
        """Let a colleague speak; whoever spoke so far stays behind them."""
        self._behind = self.party
        self._guest = guest
        self._sit(guest)

    def give_back(self, guest: Party) -> None:
        """Let the agents go on. Does nothing if this colleague has not taken it."""
        if guest is self._guest:
            self._guest = None
            self._sit(self._behind)
            self._behind = None

    async def hear(self, audio: bytes) -> None:
        """While nobody is there, the caller's last seconds wait for the next."""
        await self._some.wait()
        if self.party is not None:
            await self.party.hear(audio)

    def _sit(self, party: Party | None) -> None:
        self.party = party
        self._some.clear() if party is None else self._some.set()
