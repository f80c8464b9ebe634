"""Webhooks as Twilio sends them, or as somebody does who only pretends to."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlencode

import httpx
from hypercorn.asyncio import serve
from quart import Quart
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from callcenter.assembly.server import hypercorn_config
from tests.fakes.center import ACCOUNT, CALLER, OURS, TOKEN

CALL_SID = "CA" + "a" * 32

Fields = Mapping[str, str | Sequence[str]]


def form(call_sid: str = CALL_SID, **more: str) -> dict[str, str]:
    """The form of a new call; fields may be added or changed."""
    return {
        "CallSid": call_sid,
        "AccountSid": ACCOUNT,
        "From": CALLER,
        "To": OURS,
        "CallStatus": "ringing",
        "Direction": "inbound",
        **more,
    }


def signature(url: str, fields: Fields | None = None, token: str = TOKEN) -> str:
    """By Twilio's own library."""
    return str(RequestValidator(token).compute_signature(url, MultiDict(fields)))


class Asking:
    """A client of the node's; `public` is how the signed URLs begin."""

    def __init__(self, client: httpx.AsyncClient, address: str, public: str) -> None:
        self.client = client
        self.address = address
        self.public = public

    async def post(
        self, path: str, fields: Fields | None = None, *, signed_as: str | None = None
    ) -> httpx.Response:
        """Signed for this URL; or for `signed_as`, when that is what Twilio saw."""
        fields = form() if fields is None else fields
        right = signature(signed_as or self.public + path, fields)
        return await self.unsigned(path, fields, {"X-Twilio-Signature": right})

    async def get(self, path: str, fields: Fields) -> httpx.Response:
        target = f"{path}?{urlencode(fields, doseq=True)}"
        right = signature(self.public + target)
        return await self.client.get(
            self.address + target, headers={"X-Twilio-Signature": right}
        )

    async def unsigned(
        self,
        path: str,
        fields: Fields | None = None,
        headers: Mapping[str, str | bytes] | None = None,
    ) -> httpx.Response:
        body = urlencode(form() if fields is None else fields, doseq=True)
        sent = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        raw = [
            (name.encode(), value.encode() if isinstance(value, str) else value)
            for name, value in sent.items()
        ]
        return await self.client.post(self.address + path, content=body, headers=raw)


@asynccontextmanager
async def asking(address: str, public: str = "") -> AsyncIterator[Asking]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield Asking(client, address, public or address)


@asynccontextmanager
async def served(app: Quart) -> AsyncIterator[str]:
    """The application on a free port, behind the production server."""
    door = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{door.getsockname()[1]}"
    config = hypercorn_config(door)
    config.graceful_timeout = 0.1
    door.detach()  # the server closes it
    ended = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve(app, config, shutdown_trigger=ended.wait))
        try:
            yield address
        finally:
            ended.set()
