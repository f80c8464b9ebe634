"""Which event loop a node runs on."""

import asyncio
from collections.abc import Callable


def quickest() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, where it is installed (the extra `fast`); None: Python's own."""
    try:
        import uvloop  # noqa: PLC0415  # it may not be there, and has no Windows
    except ImportError:
        return None
    return uvloop.new_event_loop
