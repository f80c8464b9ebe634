"""A PostgreSQL server of our own, and in it a new database for every test.

It listens on a Unix socket in a folder of its own and nowhere else, so that it meets
no other server. Where no server's programs are installed, the tests are skipped.
"""

import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psycopg
import pytest

from callcenter.storage.schema import upgrade

SUPERUSER = "callcenter"
TEMPLATE = "migrated"
INITDB = ("-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")

QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""Nobody needs these data after a power cut."""


def programs() -> Path | None:
    """Where the newest server's programs are, if there is one."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(debian, key=lambda one: int(one.parts[-3]), default=None)
    return newest and newest.parent


def somebody_else() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; returns what makes a process nobody's."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """The folder with the socket of a running server; TEMPLATE is in it."""
    found = programs()
    if found is None:
        pytest.skip("no PostgreSQL server is installed (Debian: postgresql)")
    # Not below pytest's own folder: only its owner may enter that.
    folder = Path(mkdtemp(prefix="pg-"))
    identity = somebody_else()
    if identity:
        os.chown(folder, identity["user"], identity["group"])
    run = partial(
        subprocess.run, check=True, capture_output=True, cwd=folder, **identity
    )
    data = folder / "data"
    settings = " ".join(f"-c {one}" for one in QUICK)
    # Everything goes to a log: nobody reads our pipes on.
    control = (found / "pg_ctl", "-w", "-D", data, "-l", folder / "log")
    run((found / "initdb", "-D", data, "-U", SUPERUSER, *INITDB))
    run((*control, "-o", f"-k {folder} -c listen_addresses= {settings}", "start"))
    try:
        _run(folder, f"CREATE DATABASE {TEMPLATE}")
        upgrade(url(folder, TEMPLATE))
        yield folder
    finally:
        run((*control, "-m", "fast", "stop"))  # whoever is connected is not waited for
        shutil.rmtree(folder)


@pytest.fixture
def postgres_url(postgres: Path) -> Iterator[str]:
    """A database of this version's schema that nobody else uses."""
    name = f"test_{secrets.token_hex(6)}"
    _run(postgres, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield url(postgres, name)
    _run(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def url(folder: Path, name: str) -> str:
    return f"postgresql+psycopg://{SUPERUSER}@/{name}?host={folder}"


def _run(folder: Path, statement: str) -> None:
    with psycopg.connect(
        host=str(folder), user=SUPERUSER, dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(statement.encode())
