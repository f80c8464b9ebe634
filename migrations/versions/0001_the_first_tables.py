"""The first tables: the record of calls, what is made of it, and the house's books."""

from typing import Final

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: Final = "0001"
down_revision: Final = None
branch_labels: Final = None
depends_on: Final = None

JSON: Final = sa.JSON().with_variant(JSONB(), "postgresql")

TABLES: Final = (
    "calls",
    "call_events",
    "turns",
    "tool_calls",
    "handoffs",
    "follow_ups",
    "operators",
    "escalations",
    "escalation_attempts",
    "services",
    "opening_hours",
    "resources",
    "tickets",
    "appointments",
    "appointment_slots",
)
"""In the order in which they can be made."""


def upgrade() -> None:
    _the_record()
    _what_was_said_and_done()
    _how_operators_were_found()
    _the_house()
    _the_appointment_book()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _the_record() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("call_sid", sa.String(), nullable=False),
        sa.Column("caller_number", sa.String(), nullable=False),
        sa.Column("called_number", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disposition", sa.String(), nullable=True),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=True),
        sa.Column("roster", sa.String(), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
    )
    op.create_index("ix_calls_call_sid", "calls", ["call_sid"])
    op.create_index("ix_calls_started_at", "calls", ["started_at"])
    op.create_table(
        "call_events",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name="fk_call_events_call_id_calls",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call_id", "sequence", name="pk_call_events"),
    )


def _what_was_said_and_done() -> None:
    op.create_table(
        "turns",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("speaker", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=True),
        sa.Column("heard", sa.Text(), nullable=True),
        sa.Column("generated", sa.Text(), nullable=True),
        sa.Column("began_ms", sa.Integer(), nullable=False),
        sa.Column("heard_ms", sa.Integer(), nullable=True),
        sa.Column("spoken_ms", sa.Integer(), nullable=True),
        sa.Column("latency_ms", sa.Integer(), nullable=True),
        sa.Column("interrupted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name="fk_turns_call_id_calls", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "item_id", name="pk_turns"),
    )
    op.create_table(
        "tool_calls",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("tool_call_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tool", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=True),
        sa.Column("arguments", sa.Text(), nullable=True),
        sa.Column("output", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("took_ms", sa.Integer(), nullable=True),
        sa.Column("done", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name="fk_tool_calls_call_id_calls",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call_id", "tool_call_id", name="pk_tool_calls"),
    )
    op.create_table(
        "handoffs",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_agent", sa.String(), nullable=False),
        sa.Column("to_agent", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name="fk_handoffs_call_id_calls",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call_id", "sequence", name="pk_handoffs"),
    )
    op.create_table(
        "follow_ups",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("wanted", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name="fk_follow_ups_call_id_calls",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call_id", "sequence", name="pk_follow_ups"),
    )
    op.create_index("ix_follow_ups_at", "follow_ups", ["at"])


def _how_operators_were_found() -> None:
    op.create_table(
        "operators",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("skills", JSON, nullable=False),
        sa.Column("hours", sa.String(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_operators"),
    )
    op.create_table(
        "escalations",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("escalation_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name="fk_escalations_call_id_calls",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call_id", "escalation_id", name="pk_escalations"),
    )
    op.create_table(
        "escalation_attempts",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("attempt_id", sa.String(), nullable=False),
        sa.Column("escalation_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("briefing", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("briefed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("talked_s", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name="fk_escalation_attempts_call_id_calls",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call_id", "attempt_id", name="pk_escalation_attempts"),
    )


def _the_house() -> None:
    op.create_table(
        "services",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_services"),
    )
    op.create_table(
        "opening_hours",
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.PrimaryKeyConstraint("weekday", "opens", name="pk_opening_hours"),
    )
    op.create_table(
        "resources",
        sa.Column("id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_resources"),
    )
    op.create_table(
        "tickets",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("call_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("code", name="pk_tickets"),
    )
    op.create_index("ix_tickets_call_id", "tickets", ["call_id"])


def _the_appointment_book() -> None:
    op.create_table(
        "appointments",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("resource_id", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=True),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
            name="fk_appointments_resource_id_resources",
        ),
        sa.ForeignKeyConstraint(
            ["service"], ["services.name"], name="fk_appointments_service_services"
        ),
        sa.PrimaryKeyConstraint("code", name="pk_appointments"),
    )
    op.create_index("ix_appointments_call_id", "appointments", ["call_id"])
    op.create_index("ix_appointments_phone", "appointments", ["phone"])
    op.create_table(
        "appointment_slots",
        sa.Column("resource_id", sa.String(), nullable=False),
        sa.Column("quarter", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["code"],
            ["appointments.code"],
            name="fk_appointment_slots_code_appointments",
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
            name="fk_appointment_slots_resource_id_resources",
        ),
        sa.PrimaryKeyConstraint("resource_id", "quarter", name="pk_appointment_slots"),
    )
    op.create_index("ix_appointment_slots_code", "appointment_slots", ["code"])
