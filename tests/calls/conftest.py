"""A whole call waits for nothing but sound."""

from pathlib import Path

import pytest

from callcenter.floor import floor
from callcenter.realtime import inflow
from callcenter.simulator.model import hearing

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole calls run on real clocks, and a busy machine may starve one of them.

    One that fails is tried once more, and the summary names it; a fault fails twice.
    """
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Callers are answered after 100 ms, and forgotten at once when they have left."""
    monkeypatch.setitem(hearing._SEMANTIC_PATIENCE_MS, "auto", 100)
    monkeypatch.setattr(floor, "LINGER_SECONDS", 0.05)
    # A busy machine must not cut a caller's sentence in two.
    monkeypatch.setattr(inflow, "MISSING_MS", 1_000)
