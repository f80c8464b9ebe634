"""Callbacks that are dialled, and who does not want any."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

UTC = sa.DateTime(timezone=True)


def _text(name: str, kind: type[sa.types.TypeEngine[str]] = sa.String) -> sa.Column:
    return sa.Column(name, kind(), nullable=False)


def upgrade() -> None:
    with op.batch_alter_table("calls") as table:
        table.add_column(
            sa.Column(
                "direction", sa.String(), nullable=False, server_default="inbound"
            )
        )
    op.create_table(
        "callbacks",
        _text("id"),
        _text("call_id"),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("asked_at", UTC, nullable=False),
        _text("wanted"),
        sa.Column("due_at", UTC, nullable=False),
        sa.Column("promised_at", UTC, nullable=False),
        _text("reason", sa.Text),
        _text("topic"),
        sa.Column("queued_at", UTC),
        _text("state"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("settled_at", UTC),
        _text("why", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_callbacks"),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name="fk_callbacks_call_id_calls",
            ondelete="CASCADE",
        ),
    )
    for column in ("call_id", "due_at", "state"):
        op.create_index(f"ix_callbacks_{column}", "callbacks", [column])
    op.create_table(
        "callback_tries",
        _text("id"),
        _text("callback_id"),
        _text("number"),
        sa.Column("open_number", sa.String()),
        sa.Column("started_at", UTC, nullable=False),
        sa.Column("lease_until", UTC, nullable=False),
        _text("call_sid"),
        _text("call_id"),
        sa.Column("answered_at", UTC),
        sa.Column("outcome", sa.String()),
        sa.Column("ended_at", UTC),
        sa.Column("seconds", sa.Integer()),
        _text("note", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_callback_tries"),
        sa.UniqueConstraint("open_number", name="uq_callback_tries_open_number"),
        sa.ForeignKeyConstraint(
            ["callback_id"],
            ["callbacks.id"],
            name="fk_callback_tries_callback_id_callbacks",
            ondelete="CASCADE",
        ),
    )
    for column in ("callback_id", "number", "started_at", "call_sid"):
        op.create_index(f"ix_callback_tries_{column}", "callback_tries", [column])
    op.create_table(
        "opt_outs",
        _text("number"),
        sa.Column("at", UTC, nullable=False),
        _text("source"),
        sa.PrimaryKeyConstraint("number", name="pk_opt_outs"),
    )
    op.create_table(
        "call_costs",
        _text("call_id"),
        sa.Column("slice", UTC, nullable=False),
        sa.Column("cost_usd", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", "slice", name="pk_call_costs"),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name="fk_call_costs_call_id_calls",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_call_costs_slice", "call_costs", ["slice"])


def downgrade() -> None:
    for table in ("call_costs", "opt_outs", "callback_tries", "callbacks"):
        op.drop_table(table)
    with op.batch_alter_table("calls") as table:
        table.drop_column("direction")
