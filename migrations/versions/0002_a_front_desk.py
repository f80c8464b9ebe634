"""A front desk: a fuller calendar, tickets with notes, and who has proved who."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _calendar()
    _tickets()
    _callers()
    _handoffs()
    _turns()


def downgrade() -> None:
    _without_turns()
    _without_handoffs()
    _without_callers()
    _without_tickets()
    _without_calendar()


def _calendar() -> None:
    """Buffers, holidays, waiting list, reminders."""
    number = {"nullable": False, "server_default": "0"}
    no = {"nullable": False, "server_default": sa.false()}
    with op.batch_alter_table("services") as table:
        table.add_column(sa.Column("before_minutes", sa.Integer(), **number))
        table.add_column(sa.Column("after_minutes", sa.Integer(), **number))
        table.add_column(sa.Column("retired", sa.Boolean(), **no))
    with op.batch_alter_table("resources") as table:
        table.add_column(
            sa.Column("kind", sa.String(), nullable=False, server_default="room")
        )
        table.add_column(sa.Column("position", sa.Integer(), **number))
        table.add_column(sa.Column("retired", sa.Boolean(), **no))
    with op.batch_alter_table("appointments") as table:
        table.add_column(sa.Column("before_minutes", sa.Integer(), **number))
        table.add_column(sa.Column("after_minutes", sa.Integer(), **number))
        table.add_column(sa.Column("revision", sa.Integer(), **number))
        table.add_column(sa.Column("held_until", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("texts", sa.Boolean(), **no))
        table.create_index("ix_appointments_held_until", ["held_until"])
    _hours_of_days_and_resources()
    _waiting_and_texts()


def _hours_of_days_and_resources() -> None:
    op.create_table(
        "service_resources",
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("resource_id", sa.String(), nullable=False),
        _refers("service_resources", "service", "services.name"),
        _refers("service_resources", "resource_id", "resources.id"),
        sa.PrimaryKeyConstraint("service", "resource_id", name="pk_service_resources"),
    )
    op.create_table(
        "resource_hours",
        sa.Column("resource_id", sa.String(), nullable=False),
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        _refers("resource_hours", "resource_id", "resources.id"),
        sa.PrimaryKeyConstraint(
            "resource_id", "weekday", "opens", name="pk_resource_hours"
        ),
    )
    op.create_table(
        "closures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("resource_id", sa.String(), nullable=True),
        _refers("closures", "resource_id", "resources.id"),
        sa.PrimaryKeyConstraint("id", name="pk_closures"),
    )
    op.create_table(
        "special_hours",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day", "opens", name="pk_special_hours"),
    )


def _waiting_and_texts() -> None:
    op.create_table(
        "waiting",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("not_before", sa.Time(), nullable=True),
        sa.Column("begins_before", sa.Time(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=True),
        _refers("waiting", "service", "services.name"),
        sa.PrimaryKeyConstraint("code", name="pk_waiting"),
    )
    op.create_index("ix_waiting_phone", "waiting", ["phone"])
    op.create_index("ix_waiting_state", "waiting", ["state"])
    op.create_table(
        "offers",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("waiting_code", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        _refers("offers", "code", "appointments.code"),
        _refers("offers", "waiting_code", "waiting.code"),
        sa.PrimaryKeyConstraint("code", name="pk_offers"),
    )
    op.create_index("ix_offers_waiting_code", "offers", ["waiting_code"])
    op.create_table(
        "appointment_texts",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        _refers("appointment_texts", "code", "appointments.code"),
        sa.PrimaryKeyConstraint(
            "code", "kind", "revision", name="pk_appointment_texts"
        ),
    )
    op.create_index("ix_appointment_texts_due_at", "appointment_texts", ["due_at"])


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to.partition('.')[0]}"
    return sa.ForeignKeyConstraint([column], [to], name=name)


def _without_calendar() -> None:
    """Back to slots alone; what was only held for somebody is free again."""
    for name in (
        *("appointment_texts", "offers", "waiting", "special_hours", "closures"),
        *("resource_hours", "service_resources"),
    ):
        op.drop_table(name)
    held = "SELECT code FROM appointments WHERE held_until IS NOT NULL"
    op.execute(f"DELETE FROM appointment_slots WHERE code IN ({held})")  # noqa: S608
    op.execute("DELETE FROM appointments WHERE held_until IS NOT NULL")
    with op.batch_alter_table("appointments") as table:
        table.drop_index("ix_appointments_held_until")
        for column in (
            *("texts", "held_until", "revision", "after_minutes", "before_minutes"),
        ):
            table.drop_column(column)
    with op.batch_alter_table("resources") as table:
        for column in ("retired", "position", "kind"):
            table.drop_column(column)
    with op.batch_alter_table("services") as table:
        for column in ("retired", "after_minutes", "before_minutes"):
            table.drop_column(column)


def _tickets() -> None:
    """Notes and severity."""
    with op.batch_alter_table("tickets") as table:
        table.add_column(
            sa.Column("severity", sa.String(), nullable=False, server_default="normal")
        )
        table.create_index("ix_tickets_phone", ["phone"])
    op.create_table(
        "ticket_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("status", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["code"],
            ["tickets.code"],
            name="fk_ticket_notes_code_tickets",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_notes"),
    )
    op.create_index("ix_ticket_notes_code", "ticket_notes", ["code"])


def _without_tickets() -> None:
    """Back to a summary and a status; what waits for its caller is open again."""
    op.drop_table("ticket_notes")
    op.execute("UPDATE tickets SET status = 'open' WHERE status = 'waiting'")
    with op.batch_alter_table("tickets") as table:
        table.drop_index("ix_tickets_phone")
        table.drop_column("severity")


def _callers() -> None:
    """Proofs of identity, text messages, what was done already."""
    with op.batch_alter_table("calls") as table:
        table.create_index("ix_calls_caller_number", ["caller_number"])
    with op.batch_alter_table("tool_calls") as table:
        table.add_column(
            sa.Column(
                "personal", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
    op.create_table(
        "customers",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("pin", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("postcode", sa.String(), nullable=True),
        sa.Column("date_of_birth", sa.String(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_customers"),
    )
    op.create_table(
        "verification_tries",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", "day", "place", name="pk_verification_tries"),
    )


def _without_callers() -> None:
    """Nobody is known again."""
    op.drop_table("verification_tries")
    op.drop_table("customers")
    with op.batch_alter_table("tool_calls") as table:
        table.drop_column("personal")
    with op.batch_alter_table("calls") as table:
        table.drop_index("ix_calls_caller_number")


def _handoffs() -> None:
    """What one agent told the next."""
    with op.batch_alter_table("handoffs") as table:
        table.add_column(sa.Column("reason", sa.Text()))
        table.add_column(sa.Column("known", sa.Text()))


def _without_handoffs() -> None:
    with op.batch_alter_table("handoffs") as table:
        table.drop_column("known")
        table.drop_column("reason")


def _turns() -> None:
    """When the caller heard an answer, beside when it was sent."""
    with op.batch_alter_table("turns") as table:
        table.add_column(sa.Column("audible_ms", sa.Integer()))


def _without_turns() -> None:
    with op.batch_alter_table("turns") as table:
        table.drop_column("audible_ms")
