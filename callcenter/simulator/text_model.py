"""A text model, simulated: Chat Completions over real HTTP.

It understands nothing. What it writes is put together from lines of what it was given,
so that it says something true of the very call.
"""

import asyncio
import json
from collections import deque
from types import TracebackType
from typing import Any, Final, Self

from aiohttp import web

SHUTDOWN_S: Final = 0.5
CHARACTERS_PER_TOKEN: Final = 4
FULL_STOP: Final = "."

REFUSED: Final = {
    401: "invalid_api_key",
    404: "model_not_found",
    429: "rate_limit_exceeded",
    500: "server_error",
}


class TextModelSimulator:
    """Use as `async with`; `url` is the base for `/chat/completions`.

    `fail_next` has the next requests meet a status, or a text that is no answer.
    """

    def __init__(self, *, host: str = "127.0.0.1") -> None:
        self.url = ""
        self.requests: list[dict[str, Any]] = []
        self.gate = asyncio.Event()
        """Nothing is answered while it is not set."""
        self.gate.set()
        self._host = host
        self._next: deque[int | str] = deque()
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._complete)
        self._runner = web.AppRunner(app, shutdown_timeout=SHUTDOWN_S)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, 0).start()
        self.url = f"http://{self._host}:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.gate.set()
        await self._runner.cleanup()

    def fail_next(self, *faults: int | str) -> None:
        """The next requests meet these, in order."""
        self._next.extend(faults)

    async def _complete(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.requests.append(asked)
        await self.gate.wait()
        fault = self._next.popleft() if self._next else None
        if isinstance(fault, int):
            told = {"message": "Not now.", "code": REFUSED.get(fault, "error")}
            return web.json_response({"error": told}, status=fault)
        said = str(asked["messages"][-1]["content"])
        text = json.dumps(_wrap_up(said)) if fault is None else fault
        return web.json_response(_reply(str(asked["model"]), said, text))


def _wrap_up(said: str) -> dict[str, Any]:
    lines = said.splitlines()
    wish = next((one for one in lines if one.startswith("caller: ")), "caller: nothing")
    done = [_after(one) for one in lines if one.startswith("Done by a tool: ")]
    outcome = next(iter(lines), "").removeprefix("Recorded outcome: ")
    about = " ".join(_after(wish).split()[:5])
    parts = [
        f"The caller said: {_after(wish).rstrip(FULL_STOP)}.",
        *(f"Done: {one}." for one in done),
    ]
    return {
        "summary": " ".join(parts),
        "topic": about.rstrip(".?!,"),
        "follow_ups": [],
        "satisfaction": "neutral",
        "language": "en",
        "disposition": outcome.split(":")[0].split(".")[0].strip() or "resolved",
        "doubt": "",
    }


def _after(line: str) -> str:
    return line.partition(": ")[2]


def _reply(model: str, said: str, text: str) -> dict[str, Any]:
    used = len(said) // CHARACTERS_PER_TOKEN, len(text) // CHARACTERS_PER_TOKEN
    return {
        "id": "chatcmpl-simulated",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": text},
            }
        ],
        "usage": {
            "prompt_tokens": used[0],
            "completion_tokens": used[1],
            "total_tokens": sum(used),
            "prompt_tokens_details": {"cached_tokens": 0},
        },
    }
