"""Beside what callers left: who has dealt with it. A projection must not know that."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from callcenter.storage.tables import UtcTime, metadata

follow_up_marks: Final = Table(
    "follow_up_marks",
    metadata,
    Column("call_id", ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("done_at", UtcTime, nullable=False),
    Column("done_by", String, nullable=False),
)
