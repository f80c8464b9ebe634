"""The tables that the appointment book needs beside its own: days, waiting, texts."""

from typing import Final

from sqlalchemy import Column, Date, ForeignKey, Integer, String, Table, Time

from callcenter.storage.tables import UtcTime, metadata

# Who can do what; a service without a row here can be done by all.
service_resources: Final = Table(
    "service_resources",
    metadata,
    Column("service", ForeignKey("services.name"), primary_key=True),
    Column("resource_id", ForeignKey("resources.id"), primary_key=True),
)

# A resource without a row here works whenever the house is open.
resource_hours: Final = Table(
    "resource_hours",
    metadata,
    Column("resource_id", ForeignKey("resources.id"), primary_key=True),
    Column("weekday", Integer, primary_key=True, autoincrement=False),
    Column("opens", Time, primary_key=True),
    Column("closes", Time, nullable=False),
)

closures: Final = Table(
    "closures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("name", String, nullable=False, default=""),
    # Nothing: the whole house.
    Column("resource_id", ForeignKey("resources.id")),
)

special_hours: Final = Table(
    "special_hours",
    metadata,
    Column("day", Date, primary_key=True),
    Column("opens", Time, primary_key=True),
    Column("closes", Time, nullable=False),
    Column("name", String, nullable=False, default=""),
)

waiting: Final = Table(
    "waiting",
    metadata,
    Column("code", String, primary_key=True),
    Column("service", ForeignKey("services.name"), nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("not_before", Time),
    Column("begins_before", Time),
    Column("name", String, nullable=False),
    Column("phone", String, nullable=False, index=True),
    Column("since", UtcTime, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("call_id", String),
)

# Which time was kept for whom: an appointment that is held is an offer.
offers: Final = Table(
    "offers",
    metadata,
    Column("code", ForeignKey("appointments.code"), primary_key=True),
    Column("waiting_code", ForeignKey("waiting.code"), nullable=False, index=True),
    Column("made_at", UtcTime, nullable=False),
)

# One row for each text that an appointment calls for; its key is why none goes twice.
appointment_texts: Final = Table(
    "appointment_texts",
    metadata,
    Column("code", ForeignKey("appointments.code"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("due_at", UtcTime, nullable=False, index=True),
    Column("state", String, nullable=False),
    Column("settled_at", UtcTime),
)
