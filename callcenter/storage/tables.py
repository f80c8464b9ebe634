"""The tables, for SQLite and PostgreSQL alike.

`call_events` is the record; the tables of a call beside it are projections that can be
built again from it (callcenter.storage.projections). They refer to the call only, never
to each other: a projection must not fail because an earlier fact was lost.
"""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Time,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine
from typing_extensions import override

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every constraint has a name, so that a migration can drop it again."""


class UtcTime(TypeDecorator[datetime]):
    """A moment: aware going in, UTC in the table, aware UTC coming out.

    SQLite has no time zones; without this its times would come back naive.
    """

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = DateTime(timezone=True)
    cache_ok: bool | None = True

    @override
    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    @override
    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


_JSON = JSON().with_variant(JSONB(), "postgresql")


def _of_call(*, primary_key: bool = True) -> Column[Any]:
    return Column(
        "call_id",
        ForeignKey("calls.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
    )


calls: Final = Table(
    "calls",
    metadata,
    Column("id", String, primary_key=True),
    Column("call_sid", String, nullable=False, default="", index=True),
    Column("caller_number", String, nullable=False, default="", index=True),
    Column("called_number", String, nullable=False, default=""),
    Column("started_at", UtcTime, nullable=False, index=True),
    Column("ended_at", UtcTime, index=True),
    Column("disposition", String),
    Column("phase", String, nullable=False),
    Column("agent", String),
    Column("roster", String, nullable=False, default=""),
    # Outbound: we called, and the "caller" is who was called.
    Column("direction", String, nullable=False, server_default="inbound"),
    Column("last_sequence", Integer, nullable=False),
)

call_events: Final = Table(
    "call_events",
    metadata,
    _of_call(),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("data", _JSON, nullable=False),
)

turns: Final = Table(
    "turns",
    metadata,
    _of_call(),
    Column("item_id", String, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("speaker", String, nullable=False),
    Column("agent", String),
    Column("heard", Text),
    Column("generated", Text),
    Column("began_ms", Integer, nullable=False),
    Column("heard_ms", Integer),
    Column("spoken_ms", Integer),
    Column("latency_ms", Integer),
    Column("audible_ms", Integer),
    Column("interrupted", Boolean, nullable=False, default=False),
)

tool_calls: Final = Table(
    "tool_calls",
    metadata,
    _of_call(),
    Column("tool_call_id", String, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("tool", String, nullable=False),
    Column("agent", String),
    Column("arguments", Text),
    Column("output", Text),
    Column("outcome", String),
    Column("took_ms", Integer),
    Column("done", Text),
    # Whether the output tells about a person: for redaction and exports.
    Column("personal", Boolean, nullable=False, default=False),
)

handoffs: Final = Table(
    "handoffs",
    metadata,
    _of_call(),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("from_agent", String, nullable=False),
    Column("to_agent", String, nullable=False),
    Column("reason", Text),
    Column("known", Text),
)

escalations: Final = Table(
    "escalations",
    metadata,
    _of_call(),
    Column("escalation_id", String, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("agent", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("topic", String, nullable=False),
    Column("outcome", String),
)

escalation_attempts: Final = Table(
    "escalation_attempts",
    metadata,
    _of_call(),
    Column("attempt_id", String, primary_key=True),
    Column("escalation_id", String, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("operator", String, nullable=False),
    Column("destination", String, nullable=False),
    Column("outcome", String),
    Column("briefing", Text),
    Column("started_at", UtcTime, nullable=False, index=True),
    Column("briefed_at", UtcTime),
    Column("answered_at", UtcTime),
    Column("ended_at", UtcTime),
    Column("talked_s", Integer),
)

follow_ups: Final = Table(
    "follow_ups",
    metadata,
    _of_call(),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
    # When to call back, in the caller's words.
    Column("wanted", String),
    # Of a message in the caller's own voice, at the carrier.
    Column("recording_sid", String),
    Column("seconds", Integer),
)

operators: Final = Table(
    "operators",
    metadata,
    Column("name", String, primary_key=True),
    Column("destination", String, nullable=False),
    Column("skills", _JSON, nullable=False),
    Column("hours", String),
    Column("priority", Integer, nullable=False),
    Column("position", Integer, nullable=False, default=0),
    # The file's entry that was last taken over; null: somebody added them by hand.
    Column("seed", String),
    # Removed by hand; the file's entry must not bring them back.
    Column("removed", Boolean, nullable=False, default=False),
    # callcenter.domain.presence.Attendance.
    Column("presence", String, nullable=False, default="available"),
    Column("since", UtcTime),
    Column("until", UtcTime),
    Column("missed", Integer, nullable=False, default=0),
    Column("attempt_id", String, nullable=False, default=""),
    Column("why", Text, nullable=False, default=""),
)

services: Final = Table(
    "services",
    metadata,
    Column("name", String, primary_key=True),
    Column("minutes", Integer, nullable=False),
    Column("description", Text, nullable=False, default=""),
    Column("position", Integer, nullable=False, default=0),
    Column("before_minutes", Integer, nullable=False, default=0),
    Column("after_minutes", Integer, nullable=False, default=0),
    # Not offered any more, but old appointments refer to it.
    Column("retired", Boolean, nullable=False, default=False),
)

opening_hours: Final = Table(
    "opening_hours",
    metadata,
    Column("weekday", Integer, primary_key=True, autoincrement=False),
    Column("opens", Time, primary_key=True),
    Column("closes", Time, nullable=False),
)

resources: Final = Table(
    "resources",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False, default="room"),
    Column("position", Integer, nullable=False, default=0),
    Column("retired", Boolean, nullable=False, default=False),
)

appointments: Final = Table(
    "appointments",
    metadata,
    Column("code", String, primary_key=True),
    Column("service", ForeignKey("services.name"), nullable=False),
    Column("resource_id", ForeignKey("resources.id"), nullable=False),
    Column("starts_at", UtcTime, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("name", String, nullable=False),
    Column("phone", String, nullable=False, index=True),
    # Without a foreign key: the call's row is written later, by the ledger.
    Column("call_id", String, index=True),
    Column("cancelled", Boolean, nullable=False, default=False),
    Column("before_minutes", Integer, nullable=False, default=0),
    Column("after_minutes", Integer, nullable=False, default=0),
    Column("revision", Integer, nullable=False, default=0),
    # Set while it is only kept for somebody on the waiting list.
    Column("held_until", UtcTime, index=True),
    Column("texts", Boolean, nullable=False, default=False),
)

# One row for each quarter of an hour that is taken: its primary key is what makes a
# double booking impossible.
appointment_slots: Final = Table(
    "appointment_slots",
    metadata,
    Column("resource_id", ForeignKey("resources.id"), primary_key=True),
    Column("quarter", UtcTime, primary_key=True),
    Column("code", ForeignKey("appointments.code"), nullable=False, index=True),
)

tickets: Final = Table(
    "tickets",
    metadata,
    Column("code", String, primary_key=True),
    Column("summary", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("phone", String, nullable=False, index=True),
    Column("status", String, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("call_id", String, index=True),
    Column("severity", String, nullable=False, default="normal"),
)
