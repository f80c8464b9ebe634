"""What is measured: the call center itself, and the bare relay beside it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Protocol

import httpx
from twilio.request_validator import RequestValidator

from bench.process import Process, free_port, running

AUTH_TOKEN = "a-token-for-the-bench"  # noqa: S105  # nobody else's
ACCOUNT_SID = "AC" + "0" * 32

_STREAM = re.compile(r'<Stream [^>]*url="([^"]+)"')
_TOKEN = re.compile(r'<Parameter name="token" value="([^"]+)"')


class NotTaken(Exception):
    """The call was not connected to a stream."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """Where a caller's stream goes, and what it has to bring."""

    url: str
    call_sid: str
    token: str = ""
    signature: str = ""


class Subject(Protocol):
    """A server that takes calls."""

    @property
    def name(self) -> str: ...

    @property
    def process(self) -> Process: ...

    async def ring(self, number: int) -> Admitted:
        """Announce a call, as the carrier does."""
        ...


@dataclass(frozen=True, slots=True)
class Relay:
    """It takes every stream."""

    process: Process
    port: int
    name: str = "bare relay"

    async def ring(self, number: int) -> Admitted:
        return Admitted(f"ws://127.0.0.1:{self.port}/", f"CA{number:032x}")


@dataclass(frozen=True, slots=True)
class Center:
    """It wants a signed webhook, a signed handshake, and the token between them."""

    process: Process
    base: str
    http: httpx.AsyncClient
    name: str = "callcenter"

    async def ring(self, number: int) -> Admitted:
        form = {
            "AccountSid": ACCOUNT_SID,
            "CallSid": f"CA{number:032x}",
            "CallStatus": "ringing",
            "Direction": "inbound",
            "From": f"+1500555{number:04d}",
            "To": "+15005550006",
        }
        signer = RequestValidator(AUTH_TOKEN)
        url = f"{self.base}/incoming-call"
        signed = {"X-Twilio-Signature": signer.compute_signature(url, form)}
        answer = await self.http.post(url, data=form, headers=signed)
        document = answer.raise_for_status().text
        stream, token = _STREAM.search(document), _TOKEN.search(document)
        if stream is None or token is None:
            raise NotTaken(document)
        address = unescape(stream[1])
        signature = signer.compute_signature(address, {})
        return Admitted(address, form["CallSid"], unescape(token[1]), signature)


@asynccontextmanager
async def bare_relay(model_url: str, core: int, folder: Path) -> AsyncIterator[Relay]:
    port = free_port()
    async with running(
        ["bench.relay", str(port), model_url],
        port=port,
        core=core,
        folder=folder,
        environment={},
    ) as process:
        yield Relay(process, port)


@asynccontextmanager
async def call_center(model_url: str, core: int, folder: Path) -> AsyncIterator[Center]:
    """`callcenter serve`, with all that it does for a real call."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    environment = {
        "PUBLIC_URL": base,
        "OPENAI_API_KEY": "nobody-asks",
        "OPENAI_REALTIME_URL": model_url,
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_API_URL": "http://127.0.0.1:9",
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'bench.db'}",
        "GREETING": "",
        "MAX_CALLS": "100000",
        "DRAIN_SECONDS": "0",
    }
    async with (
        httpx.AsyncClient(timeout=10.0, trust_env=False) as http,
        running(
            ["callcenter", "serve", "--host", "127.0.0.1", "--port", str(port)],
            port=port,
            core=core,
            folder=folder,
            environment=environment,
        ) as process,
    ):
        yield Center(process, base, http)
