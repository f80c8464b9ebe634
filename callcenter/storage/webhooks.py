"""The addresses that are told of calls."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import RowMapping, delete, insert, select, update

from callcenter.storage.api_tables import webhook_deliveries, webhooks
from callcenter.storage.engine import Database

ID_BYTES: Final = 6
SECRET_BYTES: Final = 24

_hook: Final = webhooks.c
_its: Final = webhook_deliveries.c


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address, and what it is told."""

    id: str
    url: str
    kinds: tuple[str, ...]
    secret: str
    created_at: datetime
    failing_since: datetime | None = None
    disabled_at: datetime | None = None
    why: str = ""


class WebhookBook:
    """Those in the database. Every method raises StorageError."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def add(self, url: str, kinds: Sequence[str]) -> Webhook:
        """Tell this address from now on; the secret is for its owner."""
        hook = Webhook(
            f"wh_{secrets.token_hex(ID_BYTES)}",
            url,
            tuple(kinds),
            f"whsec_{secrets.token_urlsafe(SECRET_BYTES)}",
            self._now(),
        )
        row = {
            "id": hook.id,
            "url": hook.url,
            "kinds": list(hook.kinds),
            "secret": hook.secret,
            "created_at": hook.created_at,
            "why": "",
        }
        async with self._database.write() as connection:
            await connection.execute(insert(webhooks).values(**row))
        return hook

    async def all(self) -> list[Webhook]:
        """The oldest first."""
        asked = select(webhooks).order_by(_hook.created_at, _hook.id)
        async with self._database.read() as connection:
            return [
                webhook_of(row) for row in (await connection.execute(asked)).mappings()
            ]

    async def find(self, webhook_id: str) -> Webhook | None:
        """By its id."""
        asked = select(webhooks).where(_hook.id == webhook_id)
        async with self._database.read() as connection:
            row = (await connection.execute(asked)).mappings().one_or_none()
        return None if row is None else webhook_of(row)

    async def change(
        self,
        webhook_id: str,
        *,
        url: str | None = None,
        kinds: Sequence[str] | None = None,
        enabled: bool | None = None,
    ) -> Webhook | None:
        """What is given; enabling it starts afresh. None: there is none."""
        changes: dict[str, Any] = {}
        if url is not None:
            changes["url"] = url
        if kinds is not None:
            changes["kinds"] = list(kinds)
        if enabled is not None:
            at = None if enabled else self._now()
            why = "" if enabled else "switched off by hand"
            changes |= {"disabled_at": at, "failing_since": None, "why": why}
        if changes:
            await self._set(webhook_id, **changes)
        return await self.find(webhook_id)

    async def disable(self, webhook_id: str, why: str) -> None:
        """Tell it nothing more; what is due waits until it is enabled again."""
        await self._set(webhook_id, disabled_at=self._now(), why=why)

    async def remove(self, webhook_id: str) -> bool:
        """Forget it, and all that was to be told. False: there is none."""
        async with self._database.write() as connection:
            # Without foreign keys the deliveries would stay; say it for any database.
            told = delete(webhook_deliveries).where(_its.webhook_id == webhook_id)
            await connection.execute(told)
            gone = delete(webhooks).where(_hook.id == webhook_id)
            return bool((await connection.execute(gone)).rowcount)

    async def _set(self, webhook_id: str, **values: object) -> None:
        its = update(webhooks).where(_hook.id == webhook_id)
        async with self._database.write() as connection:
            await connection.execute(its.values(**values))


def webhook_of(row: RowMapping) -> Webhook:
    """A row of the table."""
    return Webhook(**{**row, "kinds": tuple(row["kinds"])})
