"""The whole benchmark: both servers, some numbers of calls, one file of results."""

import gc
import json
import os
import platform
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
)
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop

from bench.load import Load, Window
from bench.process import cores, pin
from bench.subjects import Subject, bare_relay, call_center

Tell = Callable[[str], None]
Start = Callable[[str, int, Path], AbstractAsyncContextManager[Subject]]

WARM_CALLS = 2
"""Before anything is measured: what is imported or built on demand, is."""

LATE_MS = 20.0
"""One frame: above it, a listener begins to hear gaps."""

STEP_CALLS = 10
STEP_SECONDS = 2.0
MOST_CALLS = 400


def run_bench(
    calls: Sequence[int], seconds: float, results: Path, tell: Tell, *, limit: bool
) -> dict[str, object]:
    """Measure, write `results`, and return what was written."""
    server_core, load_core = cores()
    pin(0, load_core)
    gc.freeze()
    measured = uvloop.run(_measure(calls, seconds, server_core, tell, limit=limit))
    found = {
        "machine": {
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.system(),
            "pinned_apart": server_core != load_core,
        },
        "seconds": seconds,
        **measured,
    }
    results.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


async def _measure(
    calls: Sequence[int], seconds: float, core: int, tell: Tell, *, limit: bool
) -> dict[str, object]:
    relay = [await _window(bare_relay, one, seconds, core, tell) for one in calls]
    center = [await _window(call_center, one, seconds, core, tell) for one in calls]
    sustained = None
    if limit:
        known = max((one.calls for one in center if _in_time(one)), default=0)
        sustained = await _most(known, core, tell)
    return {
        "relay": [asdict(one) for one in relay],
        "callcenter": [asdict(one) for one in center],
        "sustained_calls": sustained,
    }


@asynccontextmanager
async def _warm(start: Start, core: int) -> AsyncIterator[tuple[Load, Subject, int]]:
    """A fresh server that has had its first calls, and what it holds without any."""
    async with AsyncExitStack() as running:
        folder = Path(running.enter_context(TemporaryDirectory(prefix="bench-")))
        load = await running.enter_async_context(Load().running())
        server = start(load.model.url, core, folder)
        subject = await running.enter_async_context(server)
        await load.grow(subject, WARM_CALLS)
        await load.hang_up()
        del load.samples.first_audio[:]
        yield load, subject, subject.process.memory_kb()
        await load.hang_up()


async def _window(
    start: Start, calls: int, seconds: float, core: int, tell: Tell
) -> Window:
    async with _warm(start, core) as (load, subject, empty_kb):
        tell(f"{subject.name}: {calls} calls …")
        await load.grow(subject, calls)
        return await load.measure(subject, seconds, empty_kb)


async def _most(known: int, core: int, tell: Tell) -> int:
    """How many calls it has before frames come a frame late; `known` are no problem."""
    most = known
    async with _warm(call_center, core) as (load, subject, _):
        while most < MOST_CALLS:
            tell(f"{subject.name}: {most + STEP_CALLS} calls …")
            await load.grow(subject, most + STEP_CALLS)
            if not _in_time(await load.measure(subject, STEP_SECONDS, 0)):
                break
            most += STEP_CALLS
    return most


def _in_time(window: Window) -> bool:
    late = [window.up_p99, window.down_p99]
    return not window.dropped_calls and all(
        one is not None and one <= LATE_MS for one in late
    )
