"""One engine for either database, and the two ways to use it: read and write.

A write on SQLite begins with BEGIN IMMEDIATE. A transaction that begins as a reader and
then writes fails at once when somebody else wrote in between, whatever the busy timeout
(SQLITE_BUSY_SNAPSHOT, sqlite.org/isolation.html); one that begins as a writer waits.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final, Self, TypeAlias

from sqlalchemy import URL, Connection, Engine, event, inspect, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    TimeoutError as PoolTimeout,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from callcenter.errors import BadValue, StorageError

BUSY_TIMEOUT_MS: Final = 5_000
"""How long one SQLite writer waits for another; the ledger's batches take a few ms."""

CONNECT_TIMEOUT_S: Final = 5
"""For PostgreSQL, whose own default is to wait for the kernel: two minutes."""

_WRITES: Final = "callcenter_writes"

_VERSIONS: Final = "alembic_version"

_WRITE_NOTHING_NEW: Final = "UPDATE alembic_version SET version_num = version_num"
"""Needs all that a write needs, and this program's tables."""

FileIdentity: TypeAlias = tuple[int, int]
"""Device and inode: they tell a file from another one of its name."""

_DRIVERS: Final = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "sqlite": "sqlite+aiosqlite",
}


def parse_url(text: str) -> URL:
    """The URL with the drivers we use. Raises StorageError."""
    try:
        # make_url has never heard of postgres://, which many hosts hand out.
        url = make_url(text)
    except ArgumentError as error:
        raise StorageError(
            "DATABASE_URL is not a database URL; write it like "
            "sqlite+aiosqlite:///callcenter.db or postgresql+psycopg://user@host/name."
        ) from error
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    if url.drivername not in _DRIVERS.values():
        raise StorageError(
            f"DATABASE_URL asks for {url.drivername}, which is not one of ours; write "
            "sqlite+aiosqlite:///callcenter.db or postgresql+psycopg://user@host/name."
        )
    if is_sqlite(url) and url.database in {None, "", ":memory:"}:
        raise StorageError(
            "DATABASE_URL names an SQLite database in memory, which every connection "
            "would have for itself; name a file, like sqlite+aiosqlite:///callcenter.db."
        )
    return url


def is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def exists(text: str) -> bool:
    """False for an SQLite file that opening would create; True says nothing more."""
    url = parse_url(text)
    return not is_sqlite(url) or Path(url.database or "").exists()


def _identity(url: URL) -> FileIdentity | None:
    try:
        found = Path(url.database or "").stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def shown(url: URL) -> str:
    """The URL without its secrets."""
    return url.set(query={}).render_as_string(hide_password=True)


@contextmanager
def said_plainly(url: URL) -> Iterator[None]:
    """Turn what a driver says of an unreachable database into a StorageError.

    What the database says of the data (IntegrityError, DataError) passes through.
    """
    try:
        yield
    except (IntegrityError, DataError):
        raise
    except (DBAPIError, PoolTimeout) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise StorageError(
            f"The database at {shown(url)} cannot be used: {_first_line(cause)}."
        ) from error
    except OSError as error:
        raise StorageError(
            f"The database at {shown(url)} cannot be reached: {_first_line(error)}."
        ) from error


def _first_line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines() or ["no reason given"]
    return lines[0].rstrip(".:")


class Database:
    """The door to the tables; one per process, closed at its end."""

    def __init__(self, url: URL, engine: AsyncEngine) -> None:
        self.url = url
        self._engine = engine
        self._file: FileIdentity | None = None
        self._writing = engine.execution_options(**{_WRITES: True})

    @classmethod
    def open(cls, text: str) -> Self:
        """Prepare connections; the first is made when it is needed.

        Raises StorageError for a URL that cannot be understood.
        """
        url = parse_url(text)
        options: dict[str, Any] = (
            {}
            if is_sqlite(url)
            else {
                "pool_pre_ping": True,
                "connect_args": {"connect_timeout": CONNECT_TIMEOUT_S},
            }
        )
        try:
            engine = create_async_engine(url, **options)
        except (ModuleNotFoundError, NoSuchModuleError) as error:
            raise StorageError(
                f"The database at {shown(url)} cannot be opened: its driver is missing "
                "(for PostgreSQL: pip install 'callcenter[postgres]')."
            ) from error
        database = cls(url, engine)
        if is_sqlite(url):
            prepare_sqlite(engine.sync_engine)
            event.listen(engine.sync_engine, "connect", database._remember_file)
        return database

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.url.get_backend_name()

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """One consistent view; nothing that it changes is kept.

        Raises BadValue when it is asked with a number that is too large, or a text
        that cannot be.
        """
        return self._looking()

    @asynccontextmanager
    async def _looking(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._use(self._engine.connect()) as connection:
                yield connection
        except (DataError, OverflowError) as error:
            raise BadValue("That value is too large, or cannot be.") from error

    def write(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """One transaction, committed at the end of the block."""
        return self._use(self._writing.begin())

    @asynccontextmanager
    async def _use(
        self, connecting: AbstractAsyncContextManager[AsyncConnection]
    ) -> AsyncIterator[AsyncConnection]:
        with said_plainly(self.url):
            async with connecting as connection:
                yield connection

    async def check(self) -> None:
        """See whether what a call writes would be kept: by writing, and no less.

        Raises StorageError. An SQLite file that was deleted or replaced is a fault as
        well: what had opened it writes on into a file without a name.
        """
        if is_sqlite(self.url):
            self._check_file()
        async with self.write() as connection:
            await connection.exec_driver_sql(_WRITE_NOTHING_NEW)

    def _check_file(self) -> None:
        now = _identity(self.url)
        if now is None:
            raise StorageError(f"The database at {shown(self.url)} is gone.")
        if self._file not in {None, now}:
            raise StorageError(
                f"The database at {shown(self.url)} is not the file that this process "
                "has opened: restart it, and it uses the new one."
            )

    def _remember_file(self, _connection: DBAPIConnection, _record: object) -> None:
        self._file = self._file or _identity(self.url)

    async def is_empty(self) -> bool:
        """Whether no version of this program ever prepared it: it holds no calls."""
        async with self.read() as connection:
            return not await connection.run_sync(
                lambda sync: inspect(sync).has_table(_VERSIONS)
            )

    async def close(self) -> None:
        await self._engine.dispose()


def prepare_sqlite(
    engine: Engine, *, foreign_keys: bool = True, writes: bool = False
) -> None:
    """WAL, time-outs, foreign keys; and BEGIN is ours, not the driver's.

    With `writes`, every transaction begins as a writer.
    """

    @event.listens_for(engine, "connect")
    def _connected(connection: DBAPIConnection, _record: object) -> None:
        # Otherwise the driver guesses when a transaction begins, and DDL is outside it.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _began(connection: Connection) -> None:
        immediate = connection.get_execution_options().get(_WRITES, writes)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
