"""Operators: whether they may be rung, and whose word holds, the file's or ours."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NEW = ("seed", "removed", "presence", "since", "until", "missed", "attempt_id", "why")


def upgrade() -> None:
    nothing = {"nullable": False, "server_default": ""}
    with op.batch_alter_table("operators") as table:
        # Whoever is there came from a file: the next one decides anew.
        table.add_column(sa.Column("seed", sa.String(), server_default=""))
        table.add_column(
            sa.Column(
                "removed", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
        table.add_column(
            sa.Column(
                "presence", sa.String(), nullable=False, server_default="available"
            )
        )
        table.add_column(sa.Column("since", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("until", sa.DateTime(timezone=True)))
        table.add_column(
            sa.Column("missed", sa.Integer(), nullable=False, server_default="0")
        )
        table.add_column(sa.Column("attempt_id", sa.String(), **nothing))
        table.add_column(sa.Column("why", sa.Text(), **nothing))
    op.create_index(
        "ix_escalation_attempts_started_at", "escalation_attempts", ["started_at"]
    )


def downgrade() -> None:
    op.drop_index("ix_escalation_attempts_started_at", "escalation_attempts")
    op.execute("DELETE FROM operators WHERE removed")
    with op.batch_alter_table("operators") as table:
        for name in NEW:
            table.drop_column(name)
