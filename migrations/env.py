"""Runs the migrations, on the connection that callcenter.storage.schema hands over.

With alembic's own command line (`alembic -c migrations/alembic.ini …`, to write a new
revision) there is none, and one is opened to DATABASE_URL. Whatever driver the URL
names, migrations run synchronously: both psycopg and SQLite can.
"""

from alembic import context
from sqlalchemy import Connection, create_engine

from callcenter.settings import Settings
from callcenter.storage.engine import is_sqlite, parse_url, prepare_sqlite
from callcenter.storage.schema import include_name
from callcenter.storage.tables import metadata


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_name=include_name,
        render_as_batch=True,
        # SQLite's DDL is transactional too, since BEGIN is ours (prepare_sqlite).
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def connect_and_migrate() -> None:
    url = parse_url(Settings().database_url)
    if is_sqlite(url):
        engine = create_engine(url.set(drivername="sqlite"))
        prepare_sqlite(engine, foreign_keys=False, writes=True)
    else:
        engine = create_engine(url)
    with engine.begin() as connection:
        migrate(connection)


given = context.config.attributes.get("connection")
if given is None:
    connect_and_migrate()
else:
    migrate(given)
