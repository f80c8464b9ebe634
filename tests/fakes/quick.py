"""A whole call waits for nothing but sound."""

import pytest

from callcenter.floor import floor
from callcenter.realtime import inflow
from callcenter.simulator.model import hearing


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Callers are answered after 100 ms, and forgotten at once when they have left."""
    monkeypatch.setitem(hearing._SEMANTIC_PATIENCE_MS, "auto", 100)
    monkeypatch.setattr(floor, "LINGER_SECONDS", 0.05)
    # A busy machine must not cut a caller's sentence in two.
    monkeypatch.setattr(inflow, "MISSING_MS", 1_000)
