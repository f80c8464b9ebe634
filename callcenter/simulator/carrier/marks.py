"""Marks on their way back to the server, and what may befall them."""

from collections import deque
from typing import Final

from callcenter.simulator.carrier.faults import StreamFaults

_PAIR: Final = 2


class Marks:
    """Pure: in goes what was reached or cleared, out comes what is told."""

    def __init__(self, faults: StreamFaults, delay_ms: int = 0) -> None:
        self._faults = faults
        self._delay_ms = delay_ms + faults.mark_delay_ms
        self._late: deque[tuple[int, str]] = deque()
        self._held: list[str] = []

    def reach(self, names: list[str], now_ms: int) -> None:
        self._late.extend((now_ms + self._delay_ms, name) for name in names)

    def due(self, now_ms: int) -> list[str]:
        """What is to be told now."""
        told: list[str] = []
        while self._late and self._late[0][0] <= now_ms:
            told += self._tell(self._late.popleft()[1])
        return told

    def _tell(self, name: str) -> list[str]:
        if self._faults.lose_marks:
            return []
        self._held.append(name)
        if self._faults.swap_marks and len(self._held) < _PAIR:
            return []
        told = self._held[::-1] * (2 if self._faults.duplicate_marks else 1)
        self._held = []
        return told
