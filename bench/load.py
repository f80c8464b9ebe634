"""Calls on one server, more and more of them, and what they cost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median

import httpx
from picows import WSError, ws_connect

from bench.model import Model
from bench.phone import Phone
from bench.samples import Samples, percentile
from bench.subjects import NotTaken, Subject
from bench.wheel import Wheel

RAMP_SECONDS = 0.04
"""Between one call and the next: they begin all over the cycle, as real ones do."""

READY_SECONDS = 1.0
"""Between the webhook and the stream; Twilio takes about as long."""

SETTLE_SECONDS = 1.0

SLICE_SECONDS = 1.0
"""A quarter of each call's cycle, and the calls are spread all over it."""


@dataclass(frozen=True, slots=True)
class Window:
    """What was measured while so many calls went on. Times in ms."""

    calls: int
    seconds: float
    cpu_ms_per_call_s: float
    core_used: float
    core_missed: float
    """The share of the time in which other programs had the core that it needed."""
    up_p50: float | None
    up_p99: float | None
    down_p50: float | None
    down_p99: float | None
    clear_p50: float | None
    clear_p99: float | None
    clears: int
    first_audio_p50: float | None
    first_audio_p99: float | None
    lost_up: int
    lost_down: int
    memory_kb_per_call: float
    load_late_p99: float | None
    dropped_calls: int


class Load:
    """All far ends, in this process."""

    def __init__(self) -> None:
        self.samples = Samples()
        self._wheel = Wheel(self.samples)
        self.model = Model(self.samples, self._wheel)
        self._phones: list[Phone] = []
        self._rung = 0
        self._refused = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Load"]:
        await self.model.open()
        try:
            async with asyncio.TaskGroup() as tasks:
                turning = tasks.create_task(self._wheel.run())
                try:
                    yield self
                finally:
                    turning.cancel()
        finally:
            self.model.close()

    @property
    def calls(self) -> int:
        return len(self._phones)

    async def grow(self, subject: Subject, calls: int) -> None:
        """Have so many calls, and wait until they all go on."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(self.calls, calls):
                self._rung += 1
                tasks.create_task(self._try(subject, self._rung))
                await asyncio.sleep(RAMP_SECONDS)
        await asyncio.sleep(SETTLE_SECONDS)

    async def hang_up(self) -> None:
        for phone in self._phones:
            self._wheel.remove(phone.tick)
            phone.hang_up()
        self._phones.clear()
        self._refused = 0
        await asyncio.sleep(SETTLE_SECONDS)

    async def measure(
        self, subject: Subject, seconds: float, empty_kb: float
    ) -> Window:
        loop = asyncio.get_running_loop()
        self.samples.reset()
        began_s, waited_ms = loop.time(), subject.process.waited_ms()
        slices = max(round(seconds / SLICE_SECONDS), 1)
        # The median: other programs on the machine make some slices dear.
        cpu = median([await _cpu(subject, seconds / slices) for _ in range(slices)])
        took_s = loop.time() - began_s
        waited_ms = subject.process.waited_ms() - waited_ms
        s, calls = self.samples, max(self.calls, 1)
        return Window(
            calls=calls,
            seconds=took_s,
            cpu_ms_per_call_s=cpu / calls,
            core_used=cpu / 1000,
            core_missed=waited_ms / took_s / 1000,
            up_p50=percentile(s.up, 0.5),
            up_p99=percentile(s.up, 0.99),
            down_p50=percentile(s.down, 0.5),
            down_p99=percentile(s.down, 0.99),
            clear_p50=percentile(s.clear, 0.5),
            clear_p99=percentile(s.clear, 0.99),
            clears=len(s.clear),
            first_audio_p50=percentile(s.first_audio, 0.5),
            first_audio_p99=percentile(s.first_audio, 0.99),
            lost_up=max(s.sent_up - len(s.up) - calls, 0),
            lost_down=max(s.sent_down - len(s.down) - calls, 0),
            memory_kb_per_call=(subject.process.memory_kb() - empty_kb) / calls,
            load_late_p99=percentile(s.late, 0.99),
            dropped_calls=self._refused + sum(phone.gone for phone in self._phones),
        )

    async def _try(self, subject: Subject, number: int) -> None:
        """A server that has too much to do may not answer: that is a result, too."""
        try:
            await self._call(subject, number)
        except (httpx.HTTPError, OSError, WSError, NotTaken):
            self._refused += 1

    async def _call(self, subject: Subject, number: int) -> None:
        admitted = await subject.ring(number)
        await asyncio.sleep(READY_SECONDS)
        phone = Phone(
            number,
            admitted.call_sid,
            admitted.token,
            self.samples,
            self.model.clear_arrived,
        )
        await ws_connect(
            lambda: phone,
            admitted.url,
            extra_headers={"X-Twilio-Signature": admitted.signature},
        )
        self._phones.append(phone)
        self._wheel.add(phone.tick)


async def _cpu(subject: Subject, seconds: float) -> float:
    """Processor time of the server's, in ms a second."""
    loop = asyncio.get_running_loop()
    cpu_ms, began_s = subject.process.cpu_ms(), loop.time()
    await asyncio.sleep(seconds)
    return (subject.process.cpu_ms() - cpu_ms) / (loop.time() - began_s)
