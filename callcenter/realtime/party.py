"""What a line needs of the session at its other end."""

from typing import Protocol

from callcenter.bridge.run import Heard
from callcenter.domain.ids import ItemId


class Party(Protocol):
    """A session, as the caller's line sees it."""

    async def hear(self, audio: bytes) -> None:
        """Take the caller's audio; lose it when the session is gone."""
        ...

    def hear_now(self, audio: bytes) -> bool:
        """Take it without waiting, or return False and leave it to `hear`."""
        ...

    async def truncate(self, item_id: ItemId, heard_ms: int) -> None:
        """Forget what the caller did not hear of an item."""
        ...

    def audible(self, item_id: ItemId, in_ms: int) -> None:
        """The caller begins to hear an item in so many ms."""
        ...

    def heard(self, heard: Heard) -> None:
        """An item is over."""
        ...
