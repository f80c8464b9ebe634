"""The bus as its users see it: callcenter.bus has the two that there are."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Bus(Protocol):
    """Messages to whoever listens now: at most once, in order for each sender.

    For what may be lost. What must not be lost is a fact, and goes to the ledger.
    """

    @property
    def shared(self) -> bool:
        """Whether other nodes may be on it."""
        ...

    @property
    def problem(self) -> str:
        """Why the other nodes hear nothing now; empty if they do, or there are none."""
        ...

    def publish(self, channel: str, message: bytes) -> None:
        """Tell everybody on the channel. Never waits; never fails."""
        ...

    def subscribe(
        self, channel: str
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """What is said on the channel from now on.

        Who reads too slowly loses the oldest messages. Cancelling is safe.
        """
        ...
