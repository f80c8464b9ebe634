"""The real clock; everybody else is handed one."""

import time
from datetime import UTC, datetime


class SystemClock:
    """This machine's time."""

    def now(self) -> datetime:
        """The time of day: aware, UTC."""
        return datetime.now(UTC)

    def steady_ms(self) -> int:
        """Never goes backward, whatever happens to the time of day."""
        return time.monotonic_ns() // 1_000_000
