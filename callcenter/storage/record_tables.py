"""The tables of what people look for: a call's figures, its words, and saved views.

Outside the metadata, and made by the migration: `call_words`, the index of the words.
It follows `call_texts` by triggers, so that no writer can forget it.
"""

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from callcenter.storage.tables import UtcTime, metadata

# On SQLite, INTEGER and nothing else makes the key the place of the row itself.
_MOMENT = BigInteger().with_variant(Integer(), "sqlite")

call_figures: Final = Table(
    "call_figures",
    metadata,
    # Microseconds since 1970 when the call began, or the next that was free: the
    # newest calls are the highest, in this table and in the index of words.
    Column("moment", _MOMENT, primary_key=True, autoincrement=False),
    Column(
        "call_id",
        ForeignKey("calls.id", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    Column("caller_number", String, nullable=False, default=""),
    Column("disposition", String),
    Column("seconds", Integer),
    Column("cost_usd", Float, nullable=False, default=0.0),
    # Their names, each with a space on both sides.
    Column("agents", String, nullable=False, default=" "),
    # Who talked to the caller last.
    Column("operator", String),
    Column("recorded", Boolean, nullable=False, default=False),
    Column("voicemail", Boolean, nullable=False, default=False),
    Column("escalated", Boolean, nullable=False, default=False),
    Column("tool_failed", Boolean, nullable=False, default=False),
    # What retention has taken out, each with a space on both sides.
    Column("purged", String, nullable=False, default=" ", server_default=" "),
    # Made up by `callcenter db generate`.
    Column("made_up", Boolean, nullable=False, default=False, server_default=false()),
    Index("ix_call_figures_caller_number", "caller_number", "moment"),
    Index("ix_call_figures_disposition", "disposition", "moment"),
    Index("ix_call_figures_operator", "operator", "moment"),
)

call_texts: Final = Table(
    "call_texts",
    metadata,
    Column(
        "moment",
        _MOMENT,
        ForeignKey("call_figures.moment", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    # Words as callcenter.domain.search_words writes them, a line for each turn.
    Column("text", Text, nullable=False, default=""),
)

saved_views: Final = Table(
    "saved_views",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", String, nullable=False),
    Column("name", String, nullable=False),
    Column("filters", JSON, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
    UniqueConstraint("owner", "name", name="uq_saved_views_owner"),
)

# That somebody was erased, and never who: the number is a keyed hash.
erasures: Final = Table(
    "erasures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("by", String, nullable=False),
    Column("number_hash", String, nullable=False, index=True),
    Column("counts", JSON, nullable=False),
)
