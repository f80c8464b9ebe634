"""Webhooks over the API: addresses that are told of calls."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, Field
from quart import Response

from callcenter.domain.scopes import Scope, allows
from callcenter.storage.deliveries import Delivery, DeliveryState
from callcenter.storage.webhooks import Webhook
from callcenter.web.api.answers import ApiError, not_found
from callcenter.web.api.desk import ApiDesk
from callcenter.web.api.endpoints import Body, Endpoints, Operation, Query
from callcenter.web.api.gate import visitor
from callcenter.web.api.pages import MOST, USUAL
from callcenter.wire.deliveries import EVERYTHING, KINDS, TEST, check_url, kinds_of

TAG: Final = "webhooks"
ONE: Final = "/webhooks/<webhook_id>"
READ, WRITE = Scope.WEBHOOKS_READ, Scope.WEBHOOKS_WRITE

ID_BYTES: Final = 8


class HookAnswer(BaseModel):
    """An address, and what it is told."""

    id: str
    url: str
    kinds: list[str] = Field(description="Kinds of events; `*` is all.")
    created_at: datetime
    failing_since: datetime | None = Field(description="Null: the last try succeeded.")
    disabled_at: datetime | None
    why: str


class NewHookAnswer(HookAnswer):
    """A new one: its secret is told here and nowhere else."""

    secret: str


class HookList(BaseModel):
    """The oldest first."""

    items: list[HookAnswer]


class DeliveryAnswer(BaseModel):
    """What became of telling one event."""

    event_id: str
    kind: str
    call_id: str
    at: datetime
    state: DeliveryState
    tries: int
    next_at: datetime
    settled_at: datetime | None
    status: int | None = Field(description="The last answer's.")
    problem: str


class DeliveryList(BaseModel):
    """The newest first."""

    items: list[DeliveryAnswer]


class NewHook(Body):
    """Where to, and of what."""

    url: str = Field(max_length=2_000)
    kinds: list[str] = Field(min_length=1, max_length=len(KINDS) + 1)


class HookChange(Body):
    """What is given is changed."""

    url: str | None = Field(default=None, max_length=2_000)
    kinds: list[str] | None = Field(default=None, max_length=len(KINDS) + 1)
    enabled: bool | None = None


class LogQuery(Query):
    """How many."""

    limit: int = Field(default=USUAL, ge=1, le=MOST)


def hooks(api: Endpoints, desk: ApiDesk) -> None:  # noqa: C901  # one view each
    """Declare the operations."""

    async def find(webhook_id: str) -> Webhook:
        found = await desk.hooks.find(webhook_id)
        if found is None:
            raise not_found("webhook")
        return found

    @api.add(Operation("GET", "/webhooks", TAG, READ, HookList))
    async def list_webhooks() -> object:
        """All of them."""
        return {"items": [_shown(one) for one in await desk.hooks.all()]}

    @api.add(
        Operation(
            "POST", "/webhooks", TAG, WRITE, NewHookAnswer, status=201, body=NewHook
        )
    )
    async def add_webhook(body: NewHook) -> object:
        """Have an address told of events from now on. Its secret is shown once."""
        kinds = _kinds(body.kinds)
        hook = await desk.hooks.add(_url(desk, body.url), kinds)
        await desk.audit.note(visitor().name, "webhook.added", hook.id, hook.url)
        return {**_shown(hook), "secret": hook.secret}

    @api.add(Operation("GET", ONE, TAG, READ, HookAnswer))
    async def get_webhook(webhook_id: str) -> object:
        """One of them."""
        return _shown(await find(webhook_id))

    @api.add(Operation("PATCH", ONE, TAG, WRITE, HookAnswer, body=HookChange))
    async def change_webhook(webhook_id: str, body: HookChange) -> object:
        """Change what is given; enabling it sends what has waited."""
        kinds = None if body.kinds is None else _kinds(body.kinds)
        url = None if body.url is None else _url(desk, body.url)
        hook = await desk.hooks.change(
            webhook_id, url=url, kinds=kinds, enabled=body.enabled
        )
        if hook is None:
            raise not_found("webhook")
        await desk.audit.note(visitor().name, "webhook.changed", webhook_id)
        return _shown(hook)

    @api.add(Operation("DELETE", ONE, TAG, WRITE, status=204))
    async def remove_webhook(webhook_id: str) -> object:
        """Tell it nothing more, and forget what was due."""
        if not await desk.hooks.remove(webhook_id):
            raise not_found("webhook")
        await desk.audit.note(visitor().name, "webhook.removed", webhook_id)
        return Response("", 204)

    @api.add(Operation("POST", f"{ONE}/test", TAG, WRITE, DeliveryList, status=202))
    async def test_webhook(webhook_id: str) -> object:
        """Send it a `webhook.test`; the log says what came of it."""
        hook = await find(webhook_id)
        if hook.disabled_at is not None:
            raise ApiError(409, "It is disabled: enable it first.")
        event_id = f"test:{secrets.token_hex(ID_BYTES)}"
        await desk.deliveries.tell_one(hook, TEST, event_id)
        return {"items": [_told(one) for one in await desk.deliveries.log(hook.id, 1)]}

    @api.add(
        Operation("GET", f"{ONE}/deliveries", TAG, READ, DeliveryList, query=LogQuery)
    )
    async def list_deliveries(webhook_id: str, query: LogQuery) -> object:
        """What it was told, and is to be told."""
        hook = await find(webhook_id)
        found = await desk.deliveries.log(hook.id, query.limit)
        return {"items": [_told(one) for one in found]}


def _reads() -> None:
    """Who has facts sent somewhere reads them: that takes the same scope."""
    if not allows(visitor().scopes, Scope.CALLS_READ):
        raise ApiError(403, f"That takes the scope {Scope.CALLS_READ.value}, too.")


def _kinds(names: Sequence[str]) -> list[str]:
    _reads()
    try:
        return kinds_of(names)
    except ValueError as error:
        raise ApiError(422, str(error), field="kinds") from error


def _url(desk: ApiDesk, url: str) -> str:
    _reads()
    try:
        return check_url(url, private=desk.rules.private_webhooks)
    except ValueError as error:
        raise ApiError(422, str(error), field="url") from error


def _shown(hook: Webhook) -> dict[str, Any]:
    return {
        "id": hook.id,
        "url": hook.url,
        "kinds": list(hook.kinds) or [EVERYTHING],
        "created_at": hook.created_at,
        "failing_since": hook.failing_since,
        "disabled_at": hook.disabled_at,
        "why": hook.why,
    }


def _told(one: Delivery) -> dict[str, Any]:
    names = ("event_id", "kind", "call_id", "at", "state", "tries", "next_at")
    more = ("settled_at", "status", "problem")
    return {name: getattr(one, name) for name in (*names, *more)}
