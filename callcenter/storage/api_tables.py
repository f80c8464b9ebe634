"""The tables of programs: their keys, and the webhooks that tell them of calls."""

from typing import Final

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from callcenter.storage.tables import UtcTime, metadata

_JSON: Final = JSON().with_variant(JSONB(), "postgresql")

api_keys: Final = Table(
    "api_keys",
    metadata,
    # The part of a key that may be seen: it names the key in lists and logs.
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    # A hash of the part that may not be seen.
    Column("seal", String, nullable=False),
    Column("scopes", _JSON, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("revoked_at", UtcTime),
    Column("used_at", UtcTime),
)

webhooks: Final = Table(
    "webhooks",
    metadata,
    Column("id", String, primary_key=True),
    Column("url", Text, nullable=False),
    # Of callcenter.wire.deliveries; "*" for all.
    Column("kinds", _JSON, nullable=False),
    # Needed as it is, for signing.
    Column("secret", String, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    # Since when nothing could be delivered; null: the last try succeeded.
    Column("failing_since", UtcTime),
    Column("disabled_at", UtcTime),
    Column("why", Text, nullable=False, default=""),
)

# What is to be told, written in the transaction of its cause. What a fact says stays in
# the record until it is sent: whatever erases it there has erased it here.
webhook_deliveries: Final = Table(
    "webhook_deliveries",
    metadata,
    Column(
        "webhook_id",
        ForeignKey("webhooks.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("event_id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("call_id", String, nullable=False, default=""),
    # Of the fact; null: what happened is no fact, and `data` says it.
    Column("sequence", Integer),
    Column("data", _JSON),
    Column("at", UtcTime, nullable=False),
    Column("state", String, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    # When it is due; while it is being sent, when somebody else may try.
    Column("next_at", UtcTime, nullable=False),
    Column("settled_at", UtcTime),
    Column("status", Integer),
    Column("problem", Text, nullable=False, default=""),
    Index("ix_webhook_deliveries_due", "state", "next_at"),
)
