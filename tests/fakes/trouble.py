"""Trouble that begins in the middle of a call."""

import pytest

from callcenter.realtime import debts, line
from callcenter.simulator.model.faults import Faults
from callcenter.simulator.model.session import Session
from tests.fakes.center import Center

QUICK = {
    "filler_seconds": 0.5,
    "ask_again_seconds": 1.2,
    "give_up_seconds": 2.4,
}
"""Settings: a fifth or so of the patience that callers have."""


def hasten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the watchdog look as often as its hurried limits need."""
    monkeypatch.setattr(line, "TICK_SECONDS", 0.02)
    monkeypatch.setattr(debts, "RETRY_SECONDS", 0.05)


def spoil(session: Session, faults: Faults) -> None:
    """From now on, this session of the model's has these faults."""
    session.faults = session.dialogue._faults = faults


def fails_next(session: Session, code: str = "server_error", times: int = 1) -> None:
    """The session's next responses fail."""
    until = session.dialogue._responses + times
    spoil(session, Faults(fail_code=code, fail_responses=until))


def rejects_next_update(session: Session) -> None:
    spoil(session, Faults(reject_update=session.dialogue._updates + 1))


def asked_for_answers(here: Center) -> int:
    """How often the latest session was asked for a response."""
    return len(here.session.events("response.create"))
