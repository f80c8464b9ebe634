"""People of the console, their roles and what they did."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _people()
    op.create_table(
        "console_tries",
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("door", name="pk_console_tries"),
    )
    op.create_index("ix_console_tries_last_at", "console_tries", ["last_at"])
    op.create_table(
        "console_secrets",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_console_secrets"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    for column in ("at", "who", "subject"):
        op.create_index(f"ix_audit_{column}", "audit", [column])


def _people() -> None:
    op.create_table(
        "console_people",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password", sa.String()),
        sa.Column("seed", sa.String()),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("name", name="pk_console_people"),
    )
    op.create_table(
        "console_sessions",
        sa.Column("seal", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("seal", name="pk_console_sessions"),
        sa.ForeignKeyConstraint(
            ["name"],
            ["console_people.name"],
            name="fk_console_sessions_name_console_people",
            ondelete="CASCADE",
        ),
    )
    for column in ("name", "began_at"):
        op.create_index(f"ix_console_sessions_{column}", "console_sessions", [column])


def downgrade() -> None:
    for table in (
        "audit",
        "console_secrets",
        "console_tries",
        "console_sessions",
        "console_people",
    ):
        op.drop_table(table)
