"""What other programs come in with, and what they are told: keys and webhooks."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from quart import Blueprint, abort, request
from quart.templating import render_template
from werkzeug.wrappers import Response

from callcenter.domain.people import Role
from callcenter.domain.scopes import Scope, granted
from callcenter.storage.api_keys import ApiKeys
from callcenter.storage.deliveries import Deliveries
from callcenter.storage.webhooks import Webhook, WebhookBook
from callcenter.web.console.asked import field
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import me, requires
from callcenter.web.console.house_desk import house_of
from callcenter.web.console.said import back_to, told
from callcenter.wire.deliveries import EVERYTHING, KINDS, TEST, check_url, kinds_of

PATH: Final = "/console/system/programs"
HOOK: Final = "/webhooks/<webhook_id>"
MOST_DAYS: Final = 3_650
MOST_NAME: Final = 100
LOG: Final = 30
ID_BYTES: Final = 8


class ProgramPages:
    """The page, with what is shown once."""

    def __init__(self, desk: ConsoleDesk) -> None:
        self.desk = desk
        self.keys = ApiKeys(desk.database, desk.clock.now)
        self.hooks = WebhookBook(desk.database, desk.clock.now)
        self.deliveries = Deliveries(desk.database, desk.clock.now)

    async def page(self, problem: str = "", **once: str) -> str:
        """`once`: key or secret, and whose."""
        return await render_template(
            "system_programs.html",
            keys=await self.keys.all(),
            hooks=await self.hooks.all(),
            scopes=list(Scope),
            kinds=sorted(KINDS),
            everything=EVERYTHING,
            now=self.desk.clock.now(),
            problem=problem,
            once=once,
            said=told(),
        )

    async def hook(self, webhook_id: str) -> Webhook:
        """404 if there is none."""
        found = await self.hooks.find(webhook_id)
        return found if found is not None else abort(404)

    async def note(self, act: str, subject: str, detail: str = "") -> None:
        """In the audit."""
        await self.desk.audit.note(me().name, act, subject, detail)


def programs(routes: Blueprint, desk: ConsoleDesk) -> None:
    """Declare the pages."""
    its = ProgramPages(desk)

    @routes.get("/programs")
    @requires(Role.ADMIN)
    async def all_programs() -> str:
        return await its.page()

    _keys(routes, its)
    _new_hooks(routes, its)
    _hooks(routes, its)


def _keys(routes: Blueprint, its: ProgramPages) -> None:
    @routes.post("/keys")
    @requires(Role.ADMIN)
    async def make_key() -> str | tuple[str, int]:
        name = await field("name", MOST_NAME)
        wanted = (await request.form).getlist("scope")
        try:
            scopes, until = granted(wanted), await _until(its.desk)
        except ValueError as error:
            return await its.page(str(error)), 422
        if not name or not scopes:
            return await its.page("A key needs a name, and something it may do."), 422
        text, key = await its.keys.create(name, scopes, until)
        await its.note("key.created", key.id, ",".join(sorted(key.scopes)))
        return await its.page(key=text, whose=name)

    @routes.post("/keys/<key_id>/revoke")
    @requires(Role.ADMIN)
    async def revoke_key(key_id: str) -> Response:
        if not await its.keys.revoke(key_id):
            abort(404)
        await its.note("key.revoked", key_id)
        return back_to(PATH, "key_revoked")


def _new_hooks(routes: Blueprint, its: ProgramPages) -> None:
    @routes.post("/webhooks")
    @requires(Role.ADMIN)
    async def add_hook() -> str | tuple[str, int]:
        private = house_of(its.desk).private_webhooks
        try:
            kinds = kinds_of((await request.form).getlist("kind"))
            url = check_url(await field("url"), private=private)
        except ValueError as error:
            said = str(error)
            return await its.page(f"{said[:1].upper()}{said[1:]}."), 422
        hook = await its.hooks.add(url, kinds)
        await its.note("webhook.added", hook.id, hook.url)
        return await its.page(secret=hook.secret, whose=hook.url)


def _hooks(routes: Blueprint, its: ProgramPages) -> None:
    @routes.get(HOOK)
    @requires(Role.ADMIN)
    async def webhook(webhook_id: str) -> str:
        hook = await its.hook(webhook_id)
        log = await its.deliveries.log(hook.id, LOG)
        return await render_template("webhook.html", hook=hook, log=log, said=told())

    @routes.post(f"{HOOK}/enabled")
    @requires(Role.ADMIN)
    async def switch_hook(webhook_id: str) -> Response:
        hook, on = await its.hook(webhook_id), await field("enabled") == "yes"
        await its.hooks.change(hook.id, enabled=on)
        await its.note("webhook.enabled" if on else "webhook.disabled", hook.id)
        return back_to(_address(hook), "webhook_on" if on else "webhook_off")

    @routes.post(f"{HOOK}/test")
    @requires(Role.ADMIN)
    async def try_hook(webhook_id: str) -> Response:
        hook = await its.hook(webhook_id)
        if hook.disabled_at is not None:
            return back_to(_address(hook), "unchanged")
        event_id = f"test:{secrets.token_hex(ID_BYTES)}"
        await its.deliveries.tell_one(hook, TEST, event_id)
        await its.note("webhook.tested", hook.id)
        return back_to(_address(hook), "webhook_tested")

    @routes.post(f"{HOOK}/remove")
    @requires(Role.ADMIN)
    async def forget_hook(webhook_id: str) -> Response:
        hook = await its.hook(webhook_id)
        await its.hooks.remove(hook.id)
        await its.note("webhook.removed", hook.id, hook.url)
        return back_to(PATH, "webhook_removed")


def _address(hook: Webhook) -> str:
    return f"/console/system/webhooks/{hook.id}"


async def _until(desk: ConsoleDesk) -> datetime | None:
    """Raises ValueError with a sentence."""
    text = await field("days", 8)
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_DAYS:
        raise ValueError(f"A key is good for 1 to {MOST_DAYS} days, or for ever.")
    return desk.clock.now() + timedelta(int(text))
