"""The line of callers who wait for an operator."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

UTC = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "queue",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("since", UTC, nullable=False),
        sa.Column("entered_at", UTC, nullable=False),
        sa.Column("tried", JSON, nullable=False),
        sa.Column("ringing_until", UTC),
        sa.Column("seen_at", UTC),
        sa.Column("left_at", UTC),
        sa.Column("outcome", sa.String()),
        sa.Column("waited_s", sa.Integer()),
        sa.PrimaryKeyConstraint("call_id", name="pk_queue"),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name="fk_queue_call_id_calls", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_queue_left_at_since", "queue", ["left_at", "since"])


def downgrade() -> None:
    op.drop_table("queue")
