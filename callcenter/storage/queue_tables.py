"""The line of callers who wait for an operator: a row for each call that ever did."""

from typing import Final

from sqlalchemy import Column, Index, Integer, String, Table

from callcenter.storage.tables import _JSON, UtcTime, _of_call, metadata

queue: Final = Table(
    "queue",
    metadata,
    _of_call(),
    Column("topic", String, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("entered_at", UtcTime, nullable=False),
    Column("tried", _JSON, nullable=False),
    # While an operator's telephone rings for them; null: they wait.
    Column("ringing_until", UtcTime),
    # When a node last had them; null: it was not yet asked.
    Column("seen_at", UtcTime),
    Column("left_at", UtcTime),
    Column("outcome", String),
    Column("waited_s", Integer),
    Index("ix_queue_left_at_since", "left_at", "since"),
)
