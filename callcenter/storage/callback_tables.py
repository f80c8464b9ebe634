"""The tables of calls that we place, of who wants none, and of what calls cost."""

from typing import Final

from sqlalchemy import Column, Float, ForeignKey, Integer, String, Table, Text

from callcenter.storage.tables import UtcTime, metadata

callbacks: Final = Table(
    "callbacks",
    metadata,
    Column("id", String, primary_key=True),
    # Whose number is dialled: that of the call in which it was wished, and no other.
    Column(
        "call_id",
        ForeignKey("calls.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("sequence", Integer, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    # In the caller's words, and the moment that was understood; put off by tries.
    Column("wanted", String, nullable=False, default=""),
    Column("due_at", UtcTime, nullable=False, index=True),
    Column("promised_at", UtcTime, nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("topic", String, nullable=False, default=""),
    # Since when they waited in line, whose place they keep; null: they did not.
    Column("queued_at", UtcTime),
    Column("state", String, nullable=False, index=True),
    Column("tries", Integer, nullable=False, default=0),
    Column("settled_at", UtcTime),
    # Why it ended as it did, for people.
    Column("why", Text, nullable=False, default=""),
)

callback_tries: Final = Table(
    "callback_tries",
    metadata,
    Column("id", String, primary_key=True),
    Column(
        "callback_id",
        ForeignKey("callbacks.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("number", String, nullable=False, index=True),
    # The number while the leg may be up, then null: nobody is dialled twice at once.
    Column("open_number", String, unique=True),
    Column("started_at", UtcTime, nullable=False, index=True),
    # Until then its node, or a webhook, will tell; later anybody may ask the carrier.
    Column("lease_until", UtcTime, nullable=False),
    Column("call_sid", String, nullable=False, default="", index=True),
    # Our record of the talk, if one came of it.
    Column("call_id", String, nullable=False, default=""),
    Column("answered_at", UtcTime),
    Column("outcome", String),
    Column("ended_at", UtcTime),
    Column("seconds", Integer),
    Column("note", Text, nullable=False, default=""),
)

opt_outs: Final = Table(
    "opt_outs",
    metadata,
    Column("number", String, primary_key=True),
    Column("at", UtcTime, nullable=False),
    # A try's id, or "by hand".
    Column("source", String, nullable=False, default=""),
)

# A projection: what the model cost in a call, by slices of five minutes, so that a sum
# over an hour or a day reads few rows.
call_costs: Final = Table(
    "call_costs",
    metadata,
    Column("call_id", ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("slice", UtcTime, primary_key=True, index=True),
    Column("cost_usd", Float, nullable=False, default=0.0),
)
