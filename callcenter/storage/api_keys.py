"""Keys of programs: shown once, kept as a hash.

A key is `cck_<id>_<secret>`. The id may be seen by anybody; the secret has 256 bits of
chance, so a plain hash of it tells nothing.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final

from sqlalchemy import RowMapping, insert, select, update

from callcenter.domain.scopes import ALL, Scope
from callcenter.storage.api_tables import api_keys
from callcenter.storage.engine import Database

BEGINS: Final = "cck"
"""So that a program that looks for lost secrets knows one."""

ID_BYTES: Final = 5
SECRET_BYTES: Final = 32
MOST_KEY: Final = 200
"""Characters; nothing that is longer is looked at."""

TOUCH: Final = timedelta(minutes=1)
"""Use is written down no more often than that."""

_its: Final = api_keys.c


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A program's permission, without the secret."""

    id: str
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    def valid(self, at: datetime) -> bool:
        """Whether it opens anything now."""
        return self.revoked_at is None and (
            self.expires_at is None or at < self.expires_at
        )


class ApiKeys:
    """Those in the database. Every method raises StorageError."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def create(
        self, name: str, scopes: Iterable[Scope], expires_at: datetime | None = None
    ) -> tuple[str, ApiKey]:
        """A new key; its text is shown here and nowhere else."""
        key_id, secret = secrets.token_hex(ID_BYTES), secrets.token_hex(SECRET_BYTES)
        key = ApiKey(key_id, name, frozenset(scopes), self._now(), expires_at)
        row = {
            "id": key.id,
            "name": key.name,
            "seal": _sealed(secret),
            "scopes": sorted(key.scopes),
            "created_at": key.created_at,
            "expires_at": key.expires_at,
        }
        async with self._database.write() as connection:
            await connection.execute(insert(api_keys).values(**row))
        return f"{BEGINS}_{key_id}_{secret}", key

    async def find(self, text: str) -> ApiKey | None:
        """Whose key it is; None for one that is wrong, revoked or too old."""
        begins, _, rest = text[:MOST_KEY].partition("_")
        key_id, _, secret = rest.partition("_")
        if begins != BEGINS or not secret.isascii():
            return None
        async with self._database.read() as connection:
            asked = select(api_keys).where(_its.id == key_id)
            row = (await connection.execute(asked)).mappings().one_or_none()
        if row is None or not compare_digest(row["seal"], _sealed(secret)):
            return None
        key, now = _key(row), self._now()
        if not key.valid(now):
            return None
        if key.used_at is None or key.used_at <= now - TOUCH:
            await self._set(key_id, now, _its.used_at.name)
        return key

    async def all(self) -> list[ApiKey]:
        """The newest first; revoked ones, too."""
        asked = select(api_keys).order_by(_its.created_at.desc(), _its.id)
        async with self._database.read() as connection:
            return [_key(row) for row in (await connection.execute(asked)).mappings()]

    async def revoke(self, key_id: str) -> bool:
        """It opens nothing any more, at any node, at once. False: there is none."""
        return await self._set(key_id, self._now(), _its.revoked_at.name)

    async def _set(self, key_id: str, at: datetime, column: str) -> bool:
        its = update(api_keys).where(_its.id == key_id).values({column: at})
        async with self._database.write() as connection:
            return bool((await connection.execute(its)).rowcount)


def _sealed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _key(row: RowMapping) -> ApiKey:
    # A scope that this version does not know permits nothing.
    scopes = frozenset(Scope(one) for one in row["scopes"] if one in ALL)
    names = ("id", "name", "created_at", "expires_at", "revoked_at", "used_at")
    return ApiKey(**{name: row[name] for name in names}, scopes=scopes)
