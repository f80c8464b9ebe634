"""Keys over the API, for whoever may make them."""

from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, Field
from quart import Response

from callcenter.domain.scopes import Scope
from callcenter.storage.api_keys import ApiKey
from callcenter.web.api.answers import ApiError, not_found
from callcenter.web.api.desk import ApiDesk
from callcenter.web.api.endpoints import Body, Endpoints, Operation
from callcenter.web.api.gate import visitor
from callcenter.web.api.pages import Moment

TAG: Final = "keys"
ADMIN: Final = Scope.KEYS_ADMIN


class KeyAnswer(BaseModel):
    """A program's key, without its secret."""

    id: str = Field(description="The part of the key that may be seen.")
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None = Field(description="To the minute.")


class NewKeyAnswer(KeyAnswer):
    """A new key: its text is told here and nowhere else."""

    key: str


class KeyList(BaseModel):
    """The newest first; revoked ones, too."""

    items: list[KeyAnswer]


class NewKey(Body):
    """What a program is to be allowed."""

    name: str = Field(min_length=1, max_length=100)
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope))
    expires_at: Moment | None = None


def keys(api: Endpoints, desk: ApiDesk) -> None:
    """Declare the operations."""

    @api.add(Operation("GET", "/keys", TAG, ADMIN, KeyList))
    async def list_keys() -> object:
        """All keys."""
        return {"items": [_shown(one) for one in await desk.keys.all()]}

    @api.add(
        Operation("POST", "/keys", TAG, ADMIN, NewKeyAnswer, status=201, body=NewKey)
    )
    async def create_key(body: NewKey) -> object:
        """Make a key; its text is shown once."""
        if body.expires_at is not None and body.expires_at <= desk.clock.now():
            raise ApiError(422, "It must be in the future.", field="expires_at")
        text, key = await desk.keys.create(body.name, body.scopes, body.expires_at)
        granted = ",".join(sorted(key.scopes))
        await desk.audit.note(visitor().name, "key.created", key.id, granted)
        return {**_shown(key), "key": text}

    @api.add(Operation("DELETE", "/keys/<key_id>", TAG, ADMIN, status=204))
    async def revoke_key(key_id: str) -> object:
        """From now on it opens nothing."""
        if not await desk.keys.revoke(key_id):
            raise not_found("key")
        await desk.audit.note(visitor().name, "key.revoked", key_id)
        return Response("", 204)


def _shown(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "used_at": key.used_at,
    }
