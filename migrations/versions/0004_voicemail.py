"""Messages in the caller's own voice."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("follow_ups") as table:
        table.add_column(sa.Column("recording_sid", sa.String()))
        table.add_column(sa.Column("seconds", sa.Integer()))


def downgrade() -> None:
    with op.batch_alter_table("follow_ups") as table:
        table.drop_column("seconds")
        table.drop_column("recording_sid")
