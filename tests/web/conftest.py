"""Calls that nobody takes up are forgotten at once."""

import pytest

from callcenter.assembly import node
from callcenter.floor import floor


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floor, "LINGER_SECONDS", 0.05)
    monkeypatch.setattr(node, "FLUSH_SECONDS", 0.2)
