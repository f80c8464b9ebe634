"""The schema's versions: bring a database up to date, or say that it is not.

These functions block; in the event loop use `asyncio.to_thread`. Migrations run on a
connection of their own, in one transaction: a failed one leaves nothing behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine, text

from callcenter.errors import StorageError
from callcenter.storage import (  # noqa: F401  # part of the metadata
    api_tables,
    callback_tables,
    caller_tables,
    message_tables,
    people_tables,
    queue_tables,
    record_tables,
    schedule_tables,
    system_tables,
    ticket_tables,
    wrap_up_tables,
)
from callcenter.storage.engine import (
    CONNECT_TIMEOUT_S,
    exists,
    is_sqlite,
    parse_url,
    prepare_sqlite,
    said_plainly,
    shown,
)
from callcenter.storage.tables import metadata

_PACKAGE: Final = Path(__file__).parent.parent

_MIGRATION_LOCK: Final = 0x63616C6C
"""PostgreSQL's advisory lock that lets one node migrate at a time; the word "call"."""


def upgrade(url: str) -> None:
    """Bring the schema to this version; harmless when it is. Raises StorageError."""
    with _connected(url) as connection:
        command.upgrade(_config(connection), "head")


def downgrade(url: str, revision: str) -> None:
    """Take the schema back ("base": remove it, and all data). Raises StorageError."""
    with _connected(url) as connection:
        command.downgrade(_config(connection), revision)


def check(url: str) -> list[str]:
    """What is wrong with the schema, a sentence each; empty if nothing is.

    Raises StorageError when the database cannot be asked.
    """
    if not exists(url):
        return ["There is no database yet: run `callcenter db upgrade`."]
    with _connected(url) as connection:
        head = ScriptDirectory.from_config(_config(connection)).get_current_head()
        context = MigrationContext.configure(
            connection,
            opts={"include_name": include_name, "target_metadata": metadata},
        )
        current = context.get_current_revision()
        if current != head:
            versions = f"{current or 'none'}, and this program's is {head}"
            return [f"The schema's version is {versions}: run `callcenter db upgrade`."]
        return [
            f"The schema is not what it should be: {difference}"
            for difference in compare_metadata(context, metadata)
        ]


def include_name(
    name: str | None, kind: str, _parents: dict[str, str | None] | None = None
) -> bool:
    """Whether something in the database is ours: other libraries keep tables there."""
    return kind != "table" or name in metadata.tables


def migrations() -> Path:
    """Where the migrations are: in a wheel, or beside the package in a checkout."""
    shipped = _PACKAGE / "_migrations"
    return shipped if shipped.is_dir() else _PACKAGE.parent / "migrations"


def _config(connection: Connection) -> Config:
    config = Config()
    # ConfigParser reads a % in the path as the beginning of a variable.
    config.set_main_option("script_location", str(migrations()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _connected(text_url: str) -> Iterator[Connection]:
    url = parse_url(text_url)
    sqlite = is_sqlite(url)
    engine = create_engine(
        url.set(drivername="sqlite") if sqlite else url,
        connect_args={} if sqlite else {"connect_timeout": CONNECT_TIMEOUT_S},
    )
    if sqlite:
        # Altering a table rebuilds it, and dropping the old one must not cascade.
        prepare_sqlite(engine, foreign_keys=False, writes=True)
    try:
        with said_plainly(url), engine.begin() as connection:
            if not sqlite:
                lock = text("SELECT pg_advisory_xact_lock(:lock)")
                connection.execute(lock, {"lock": _MIGRATION_LOCK})
            yield connection
    except CommandError as error:
        raise StorageError(
            f"The schema of the database at {shown(url)} does not fit this version: "
            f"{error}."
        ) from error
    finally:
        engine.dispose()
