"""What a front desk keeps: a fuller calendar, tickets with notes, who has proved who."""

from collections.abc import Sequence

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


def _without_tickets() -> None:
    """Back to a summary and a status."""


def _callers() -> None:
    """Proofs of identity, text messages, what was done already."""


def _without_callers() -> None:
    """Nobody is known again."""
