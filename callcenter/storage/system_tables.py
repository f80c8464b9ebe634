"""The tables of the house itself: what cards said, and what was out of order."""

from typing import Final

from sqlalchemy import JSON, Column, Integer, String, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from callcenter.storage.tables import UtcTime, metadata

_JSON: Final = JSON().with_variant(JSONB(), "postgresql")

rosters: Final = Table(
    "rosters",
    metadata,
    # As calls name it: callcenter.domain.roster.
    Column("hash", String, primary_key=True),
    Column("entry", String, nullable=False),
    # The text of each card, by its name: callcenter.wire.card_text.
    Column("cards", _JSON, nullable=False),
    Column("first_at", UtcTime, nullable=False),
)

alarms: Final = Table(
    "alarms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False, index=True),
    Column("node", String, nullable=False, default=""),
    Column("text", Text, nullable=False),
    Column("first_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Column("times", Integer, nullable=False),
    # Null: it goes on.
    Column("over_at", UtcTime),
    Column("seen_at", UtcTime),
    Column("seen_by", String),
)
