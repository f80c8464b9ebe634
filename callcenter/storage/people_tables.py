"""The tables of the console: who may enter, who is in, and what they did."""

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text

from callcenter.storage.tables import UtcTime, metadata

console_people: Final = Table(
    "console_people",
    metadata,
    Column("name", String, primary_key=True),
    Column("role", String, nullable=False),
    # An argon2 hash, with its parameters and salt. Null: nobody signs in with one.
    Column("password", String),
    # CONSOLE_PASSWORD_HASH that was last taken over; null: added by hand.
    Column("seed", String),
    Column("disabled", Boolean, nullable=False, default=False),
    Column("epoch", Integer, nullable=False, default=0),
    Column("created_at", UtcTime, nullable=False),
    Column("entered_at", UtcTime),
)

console_sessions: Final = Table(
    "console_sessions",
    metadata,
    # A hash of what the cookie has: who reads the table cannot enter with it.
    Column("seal", String, primary_key=True),
    Column(
        "name",
        ForeignKey("console_people.name", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("epoch", Integer, nullable=False),
    Column("began_at", UtcTime, nullable=False, index=True),
    Column("used_at", UtcTime, nullable=False),
)

# Tries to enter, by name and by address; also of names that nobody has: they are
# locked out like the others, so nobody learns which ones there are.
console_tries: Final = Table(
    "console_tries",
    metadata,
    Column("door", String, primary_key=True),
    Column("failed", Integer, nullable=False),
    Column("last_at", UtcTime, nullable=False, index=True),
    Column("locked_until", UtcTime),
)

console_secrets: Final = Table(
    "console_secrets",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

audit: Final = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False, index=True),
    Column("who", String, nullable=False, index=True),
    Column("act", String, nullable=False),
    Column("subject", String, nullable=False, index=True),
    Column("detail", Text, nullable=False, default=""),
)
