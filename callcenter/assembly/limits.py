"""How many calls this machine may take, when nobody has said."""

import os
from typing import Final

CALLS_PER_CORE: Final = 40
"""What one core serves with room to spare."""


def most_calls() -> int:
    """The calls that one process may have: it has one event loop, so one core."""
    return CALLS_PER_CORE if (os.cpu_count() or 1) > 1 else CALLS_PER_CORE // 2
