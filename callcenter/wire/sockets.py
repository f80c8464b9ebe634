"""What the owner of a caller's media stream needs of its socket."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable


class SocketClosed(Exception):
    """The other side is gone."""


class MediaSocket(Protocol):
    """The server's end of one Media Streams WebSocket, after the handshake."""

    async def receive(self) -> str | bytes:
        """The next message. Raises SocketClosed at the end. Cancelling is safe."""
        ...

    async def send(self, text: str) -> None:
        """Raises SocketClosed when there is nobody to send to."""
        ...

    async def close(self, code: int, reason: str = "") -> None:
        """Close it; harmless when it is closed already."""
        ...


@runtime_checkable
class PromptSocket(MediaSocket, Protocol):
    """One that can also be written to, and listened to, without waiting."""

    def send_now(self, text: str) -> bool:
        """Send it, or return False and leave it to `send`: the socket is not ready."""
        ...

    def offer(self, take: Callable[[bytes], bool]) -> None:
        """Offer each text to `take` as it comes, while nothing waits to be received.

        What it does not take, and so returns False for, is left to `receive`.
        """
        ...
