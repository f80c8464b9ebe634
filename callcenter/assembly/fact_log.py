"""One log line for each fact of a call, so that a log can be read beside a record.

Only fields that say what happened are in it. What callers and agents say, what tools
were told and answered, and numbers stay in the database.
"""

import re
from typing import Final

import structlog

from callcenter.domain import events as e, recording

SAID: Final = (
    "agent",
    "connect_ms",
    "disposition",
    "dropped",
    "from_agent",
    "latency_ms",
    "malformed",
    "operator",
    "outcome",
    "seconds",
    "talked_s",
    "to_agent",
    "took_ms",
    "tool",
    "topic",
)

REASONS: Final = (
    e.SessionLost,
    e.StreamEnded,
    e.CallResumed,
    recording.RecordingEnded,
    e.HangUpDecided,
    e.CallEnded,
)
"""The facts whose reason is our own sentence, not somebody's words."""

logger = structlog.get_logger()


def log_fact(fact: e.Fact) -> None:
    """Write the line. A lost session is a warning: somebody should know."""
    event = fact.event
    said = {name: getattr(event, name) for name in SAID if hasattr(event, name)}
    if isinstance(event, REASONS):
        said["reason"] = event.reason
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(event).__name__).lower()
    write = logger.warning if isinstance(event, e.SessionLost) else logger.info
    write(name, call_id=fact.call_id, sequence=fact.sequence, **said)
