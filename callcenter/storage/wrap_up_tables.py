"""The table of what is written down of calls when they are over."""

from typing import Final

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, String, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from callcenter.storage.tables import UtcTime, metadata

_JSON: Final = JSON().with_variant(JSONB(), "postgresql")

wrap_ups: Final = Table(
    "wrap_ups",
    metadata,
    Column("call_id", ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    # callcenter.domain.wrap_up.WrapUpKind
    Column("kind", String, nullable=False),
    Column("summary", Text, nullable=False),
    Column("topic", String, nullable=False),
    Column("follow_ups", _JSON, nullable=False),
    Column("satisfaction", String, nullable=False),
    Column("language", String, nullable=False),
    # How the model would say that it ended, and why the record may be wrong.
    Column("disposition", String),
    Column("doubt", Text, nullable=False),
    Column("model", String, nullable=False),
    Column("trouble", Text, nullable=False),
    # The caller had proved who they are: it may tell what only they may know.
    Column("verified", Boolean, nullable=False, default=False),
    Column("words_usd", Float, nullable=False),
    Column("cost", _JSON),
    Column("total_usd", Float),
    # Null while it is being written: only then may anybody see it.
    Column("finished_at", UtcTime, index=True),
)
