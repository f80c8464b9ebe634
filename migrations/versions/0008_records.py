"""What people look for: a call's figures, its words, saved views, erasures."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from callcenter.domain.search_words import indexed

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_index("ix_calls_ended_at", "calls", ["ended_at"])
    _figures()
    _texts()
    _views_and_erasures()
    postgres = op.get_bind().dialect.name == "postgresql"
    for statement in POSTGRES_WORDS if postgres else SQLITE_WORDS:
        op.execute(statement)
    for statement in POSTGRES_FILL if postgres else SQLITE_FILL:
        op.execute(statement)
    for statement in FILL:
        op.execute(statement)
    _fill_texts()


def downgrade() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute("DROP TRIGGER call_texts_words ON call_texts")
        op.execute("DROP FUNCTION call_texts_words")
        op.drop_table("call_words")
    else:
        for name in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER call_texts_{name}")
        op.execute("DROP TABLE call_words")
    for table in ("erasures", "saved_views", "call_texts", "call_figures"):
        op.drop_table(table)
    op.drop_index("ix_calls_ended_at", "calls")


def _figures() -> None:
    no = {"nullable": False, "server_default": sa.false()}
    op.create_table(
        "call_figures",
        sa.Column("moment", MOMENT, autoincrement=False, nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("caller_number", sa.String(), nullable=False, server_default=""),
        sa.Column("disposition", sa.String()),
        sa.Column("seconds", sa.Integer()),
        sa.Column("cost_usd", sa.Float(), nullable=False, server_default="0"),
        sa.Column("agents", sa.String(), nullable=False, server_default=" "),
        sa.Column("operator", sa.String()),
        sa.Column("recorded", sa.Boolean(), **no),
        sa.Column("voicemail", sa.Boolean(), **no),
        sa.Column("escalated", sa.Boolean(), **no),
        sa.Column("tool_failed", sa.Boolean(), **no),
        sa.Column("purged", sa.String(), nullable=False, server_default=" "),
        sa.Column("made_up", sa.Boolean(), **no),
        sa.PrimaryKeyConstraint("moment", name="pk_call_figures"),
        sa.UniqueConstraint("call_id", name="uq_call_figures_call_id"),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name="fk_call_figures_call_id_calls",
            ondelete="CASCADE",
        ),
    )
    for column in ("caller_number", "disposition", "operator"):
        op.create_index(f"ix_call_figures_{column}", "call_figures", [column, "moment"])


def _texts() -> None:
    op.create_table(
        "call_texts",
        sa.Column("moment", MOMENT, autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("moment", name="pk_call_texts"),
        sa.ForeignKeyConstraint(
            ["moment"],
            ["call_figures.moment"],
            name="fk_call_texts_moment_call_figures",
            ondelete="CASCADE",
        ),
    )


def _views_and_erasures() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_views"),
        sa.UniqueConstraint("owner", "name", name="uq_saved_views_owner"),
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("number_hash", sa.String(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erasures"),
    )
    op.create_index("ix_erasures_number_hash", "erasures", ["number_hash"])


AT_ONCE = 500
"""Calls whose words are in memory at one time."""

HEARD = sa.text(
    """
    SELECT batch.moment, turns.heard FROM (
        SELECT moment, call_id FROM call_figures WHERE moment > :last
        ORDER BY moment LIMIT :most
    ) AS batch LEFT JOIN turns ON turns.call_id = batch.call_id
    ORDER BY batch.moment, turns.sequence
    """
)
TEXTS = sa.table("call_texts", sa.column("moment"), sa.column("text"))


def _fill_texts() -> None:
    """The words of calls that were there before, as the index has them: no accents."""
    connection, last = op.get_bind(), -1
    while True:
        lines: dict[int, list[str]] = {}
        for moment, heard in connection.execute(HEARD, {"last": last, "most": AT_ONCE}):
            lines.setdefault(moment, []).append(indexed(heard or ""))
        if not lines:
            return
        rows = [{"moment": one, "text": "\n".join(said)} for one, said in lines.items()]
        connection.execute(sa.insert(TEXTS), rows)
        last = max(lines)


SQLITE_WORDS = (
    """
    CREATE VIRTUAL TABLE call_words USING fts5(
        text, content='call_texts', content_rowid='moment',
        tokenize="unicode61 remove_diacritics 2", detail='full'
    )
    """,
    """
    CREATE TRIGGER call_texts_insert AFTER INSERT ON call_texts BEGIN
        INSERT INTO call_words(rowid, text) VALUES (new.moment, new.text);
    END
    """,
    """
    CREATE TRIGGER call_texts_delete AFTER DELETE ON call_texts BEGIN
        INSERT INTO call_words(call_words, rowid, text)
        VALUES ('delete', old.moment, old.text);
    END
    """,
    """
    CREATE TRIGGER call_texts_update AFTER UPDATE OF text ON call_texts BEGIN
        INSERT INTO call_words(call_words, rowid, text)
        VALUES ('delete', old.moment, old.text);
        INSERT INTO call_words(rowid, text) VALUES (new.moment, new.text);
    END
    """,
)

POSTGRES_WORDS = (
    """
    CREATE TABLE call_words (
        moment bigint PRIMARY KEY REFERENCES call_texts(moment) ON DELETE CASCADE,
        words tsvector NOT NULL
    )
    """,
    "CREATE INDEX ix_call_words_words ON call_words USING gin (words)",
    """
    CREATE FUNCTION call_texts_words() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO call_words VALUES (
            new.moment, to_tsvector('simple', left(new.text, 500000))
        ) ON CONFLICT (moment) DO UPDATE SET words = excluded.words;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER call_texts_words AFTER INSERT OR UPDATE OF text ON call_texts
    FOR EACH ROW EXECUTE FUNCTION call_texts_words()
    """,
)

# Calls that were there before: to the second, and then one after the other.
SQLITE_FILL = (
    """
    INSERT INTO call_figures (moment, call_id, caller_number, disposition, seconds)
    SELECT CAST(strftime('%s', started_at) AS INTEGER) * 1000000
           + row_number() OVER (
               PARTITION BY strftime('%s', started_at) ORDER BY started_at, id
           ),
           id, caller_number, disposition,
           CAST(round((julianday(ended_at) - julianday(started_at)) * 86400) AS INTEGER)
    FROM calls
    """,
    """
    UPDATE call_figures SET cost_usd = coalesce((
        SELECT sum(json_extract(data, '$.cost_usd')) FROM call_events
        WHERE call_events.call_id = call_figures.call_id AND kind = 'ModelUsed'), 0)
    """,
    """
    UPDATE call_figures SET agents = coalesce((
        SELECT ' ' || group_concat(agent, ' ') || ' ' FROM (
            SELECT DISTINCT agent FROM turns
            WHERE turns.call_id = call_figures.call_id AND agent IS NOT NULL)), ' ')
    """,
)

POSTGRES_FILL = (
    """
    INSERT INTO call_figures (moment, call_id, caller_number, disposition, seconds)
    SELECT floor(extract(epoch FROM started_at))::bigint * 1000000
           + row_number() OVER (
               PARTITION BY floor(extract(epoch FROM started_at))
               ORDER BY started_at, id
           ),
           id, caller_number, disposition,
           round(extract(epoch FROM ended_at - started_at))::int
    FROM calls
    """,
    """
    UPDATE call_figures SET cost_usd = coalesce((
        SELECT sum((data->>'cost_usd')::float) FROM call_events
        WHERE call_events.call_id = call_figures.call_id AND kind = 'ModelUsed'), 0)
    """,
    """
    UPDATE call_figures SET agents = coalesce((
        SELECT ' ' || string_agg(DISTINCT agent, ' ') || ' ' FROM turns
        WHERE turns.call_id = call_figures.call_id), ' ')
    """,
)

FILL = (
    """
    UPDATE call_figures SET
        recorded = EXISTS (
            SELECT 1 FROM call_events WHERE call_events.call_id = call_figures.call_id
            AND kind = 'RecordingStarted'),
        voicemail = EXISTS (
            SELECT 1 FROM follow_ups WHERE follow_ups.call_id = call_figures.call_id
            AND kind = 'voicemail'),
        escalated = EXISTS (
            SELECT 1 FROM escalations WHERE escalations.call_id = call_figures.call_id),
        tool_failed = EXISTS (
            SELECT 1 FROM tool_calls WHERE tool_calls.call_id = call_figures.call_id
            AND outcome IS NOT NULL AND outcome <> 'ok'),
        operator = (
            SELECT operator FROM escalation_attempts
            WHERE escalation_attempts.call_id = call_figures.call_id
            AND outcome = 'accepted' ORDER BY sequence DESC LIMIT 1)
    """,
)
