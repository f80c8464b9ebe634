"""The tables of who callers are: seals to compare with, and the tries at them."""

from typing import Final

from sqlalchemy import Column, Date, Integer, String, Table

from callcenter.storage.tables import UtcTime, metadata

customers: Final = Table(
    "customers",
    metadata,
    Column("number", String, primary_key=True),
    # Seals (callcenter.domain.verification), one for each secret; nothing readable.
    Column("pin", String),
    Column("name", String),
    Column("postcode", String),
    Column("date_of_birth", String),
    Column("added_at", UtcTime, nullable=False),
)

# One row for each try that has not succeeded: its primary key is what makes a seventh
# impossible, between calls and between nodes.
verification_tries: Final = Table(
    "verification_tries",
    metadata,
    Column("number", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
)
