"""The tables that tickets need beside their own row."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from callcenter.storage.tables import UtcTime, metadata

ticket_notes: Final = Table(
    "ticket_notes",
    metadata,
    # A number of its own: two people may write at the same moment.
    Column("id", Integer, primary_key=True),
    Column(
        "code",
        ForeignKey("tickets.code", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("at", UtcTime, nullable=False),
    Column("author", String, nullable=False),
    Column("text", Text, nullable=False),
    # What the ticket became by this note; nothing: what it was.
    Column("status", String),
)
