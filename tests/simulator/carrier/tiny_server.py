"""A server that answers with canned TwiML, and holds the other end of streams."""

import asyncio
import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

from aiohttp import WSMsgType, web
from twilio.request_validator import RequestValidator

from callcenter.simulator.carrier.sound import QUIET_FRAME, frames as cut

TOKEN = "12345"
ACCOUNT = "AC" + "0" * 32

Answer: TypeAlias = str | web.Response | Callable[[dict[str, str]], str | web.Response]
Socket: TypeAlias = Callable[["TinyServer", web.WebSocketResponse], Awaitable[None]]


class TinyServer:
    """`answers` maps a path to TwiML; every signature is checked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.delayed: dict[str, Callable[[web.Request], Awaitable[web.Response]]] = {}
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.headers: list[dict[str, str]] = []
        self.badly_signed: list[str] = []
        self.stream_signatures: list[str] = []
        self.frames: list[dict[str, object]] = []
        """What came over streams."""
        self.socket: Socket = echo
        self.url = ""

    @property
    def ws_url(self) -> str:
        return self.url.replace("http", "ws", 1) + "/media"

    def forms_to(self, path: str) -> list[dict[str, str]]:
        return [form for at, form in self.forms if at == path]

    def frames_of(self, event: str) -> list[dict[str, object]]:
        return [frame for frame in self.frames if frame["event"] == event]

    async def answer(self, request: web.Request) -> web.Response:
        if delayed := self.delayed.get(request.path):
            return await delayed(request)
        form = {k: str(v) for k, v in (await request.post()).items()}
        self._check(request, f"{self.url}{request.path_qs}", form)
        self.forms.append((request.path, form))
        self.headers.append(dict(request.headers))
        answer = self.answers.get(request.path, "<Response/>")
        if callable(answer):
            answer = answer(form)
        if isinstance(answer, web.Response):
            return answer
        return web.Response(text=answer, content_type="text/xml")

    async def media(self, request: web.Request) -> web.WebSocketResponse:
        self._check(request, f"{self.url}{request.path}".replace("http", "ws", 1), {})
        self.stream_signatures.append(request.headers.get("X-Twilio-Signature", ""))
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        await self.socket(self, ws)
        await ws.close()
        return ws

    def _check(self, request: web.Request, url: str, form: dict[str, str]) -> None:
        signature = request.headers.get("X-Twilio-Signature", "")
        if not RequestValidator(TOKEN).validate(url, form, signature):
            self.badly_signed.append(url)


async def frames(
    server: TinyServer, ws: web.WebSocketResponse
) -> AsyncIterator[dict[str, object]]:
    """Read a stream to its end, keeping every message."""
    async for message in ws:
        if message.type is WSMsgType.TEXT:
            frame = json.loads(message.data)
            server.frames.append(frame)
            yield frame


async def echo(server: TinyServer, ws: web.WebSocketResponse) -> None:
    """Send the caller's voice back."""
    async for frame in frames(server, ws):
        if frame["event"] == "media":
            payload = frame["media"]["payload"]  # type: ignore[index]
            media = {"payload": payload}
            sid = frame["streamSid"]
            await ws.send_json({"event": "media", "streamSid": sid, "media": media})


async def swallow(server: TinyServer, ws: web.WebSocketResponse) -> None:
    """Listen only."""
    async for _ in frames(server, ws):
        pass


def speak(audio: bytes, sid: object) -> dict[str, object]:
    media = {"payload": b64encode(audio).decode()}
    return {"event": "media", "streamSid": sid, "media": media}


def voiced(audio: bytes) -> bytes:
    """Without the silent frames that a late packet leaves in between."""
    return b"".join(frame for frame in cut(audio) if frame != QUIET_FRAME)


def audio_of(frame: dict[str, object]) -> bytes:
    return b64decode(frame["media"]["payload"])  # type: ignore[index]


@asynccontextmanager
async def running(server: TinyServer) -> AsyncIterator[TinyServer]:
    app = web.Application()
    app.router.add_get("/media", server.media)
    app.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()


async def nothing(phone: object) -> None:
    """A caller who only listens."""
    del phone
    await asyncio.sleep(0)
