"""The metrics of a node: fed by its facts, completed when they are asked for."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog
from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from callcenter.assembly.metrics import Metrics
from callcenter.assembly.parts import Node
from callcenter.domain.events import Fact
from callcenter.domain.phases import Phase
from callcenter.domain.presence import Presence
from callcenter.errors import StorageError
from callcenter.floor.ports import Clock
from callcenter.storage.deliveries import DeliveryState
from callcenter.storage.gauges import Gauges
from callcenter.web.api.desk import ApiDesk
from callcenter.web.metrics import count_webhooks, install

TICK_SECONDS: Final = 0.25
SLOW_SECONDS: Final = 0.05
"""A wake-up that is later than this is heard: frames are due every 20 ms."""

WARN_TICKS: Final = 40
"""At most one warning for so many ticks, 10 s."""

ASK_SECONDS: Final = 2.0
"""A database that is slower is left out of what is told."""

logger = structlog.get_logger()


@asynccontextmanager
async def measuring(
    node: Node, desk: ApiDesk, watchers: list[Callable[[Fact], None]]
) -> AsyncIterator[None]:
    """Measure while the block lasts, and serve /metrics."""
    metrics = Metrics()
    reader = _Reader(node, desk, metrics)
    metrics.registry.register(reader)
    install(
        node.app,
        reader.written,
        desk.keys,
        token=node.settings.metrics_token.get_secret_value(),
    )
    count_webhooks(node.app, forged=metrics.forged, duplicates=metrics.duplicates)
    watchers.append(metrics.see)
    async with asyncio.TaskGroup() as tasks:
        ticking = tasks.create_task(_tick(metrics, desk.clock))
        try:
            yield
        finally:
            watchers.remove(metrics.see)
            ticking.cancel()


async def _tick(metrics: Metrics, clock: Clock) -> None:
    """How late the event loop wakes whoever sleeps."""
    quiet = 0
    while True:
        due_ms = clock.steady_ms() + TICK_SECONDS * 1_000
        await asyncio.sleep(TICK_SECONDS)
        late_s = max(0.0, clock.steady_ms() - due_ms) / 1_000
        metrics.lag.observe(late_s)
        quiet -= 1
        if late_s > SLOW_SECONDS:
            metrics.lagged.inc()
            if quiet <= 0:
                quiet = WARN_TICKS
                logger.warning("event_loop_late", seconds=round(late_s, 3))


class _Reader(Collector):
    """What is not counted but looked at, at the moment it is asked for."""

    def __init__(self, node: Node, desk: ApiDesk, metrics: Metrics) -> None:
        self._node = node
        self._desk = desk
        self._metrics = metrics
        self._stored: Gauges | None = None

    async def written(self) -> bytes:
        """All of it, in the text format of Prometheus."""
        self._stored = None
        with suppress(StorageError, TimeoutError):
            async with asyncio.timeout(ASK_SECONDS):
                now = self._desk.clock.now()
                self._stored = await Gauges.read(self._desk.database, now)
        return bytes(generate_latest(self._metrics.registry))

    def describe(self) -> Iterable[Metric]:
        """Nothing: the registry would ask the node before it runs."""
        return ()

    @override
    def collect(self) -> Iterable[Metric]:
        yield from self._calls()
        yield from self._node_itself()
        if self._stored is not None:
            yield from _of_database(self._stored)

    def _calls(self) -> Iterable[Metric]:
        floor = self._node.floor
        yield _one("calls_live", "Calls that are not over.", floor.live)
        most = floor.house.rules.max_calls
        yield _one("calls_most", "As many as this node takes.", most)
        phases = Counter(self._metrics.phases.values())
        values = {str(phase): phases[phase] for phase in Phase}
        yield _several("calls_active", "Live calls by phase.", "phase", values)
        errors: dict[str, int] = getattr(floor.house.carrier, "errors", {})
        told = CounterMetricFamily(
            "callcenter_carrier_errors", "Errors of the REST API.", labels=["code"]
        )
        for code, count in errors.items():
            told.add_metric([code], count)
        yield told

    def _node_itself(self) -> Iterable[Metric]:
        node, now = self._node, self._desk.clock.now()
        ledger = node.ledger
        oldest = ledger.oldest
        lag_s = 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
        yield _one("ledger_unstored", "Facts that wait in memory.", ledger.unstored)
        yield _one("ledger_lag_seconds", "Age of the oldest of them.", lag_s)
        waits = float(ledger.journal_waits)
        yield _one("ledger_journal", "1: facts wait in the journal.", waits)
        well = float(not node.model.trouble)
        yield _one("model_healthy", "1: sessions can be opened.", well)
        yield _one("bus_connected", "1: nodes hear each other.", not node.bus.problem)
        yield _one("ready", "1: calls may be sent here.", not node.not_ready())
        limit = node.settings.max_cost_per_day_usd
        yield _one("spend_limit_usd", "What a day may cost.", limit)


def _of_database(stored: Gauges) -> Iterable[Metric]:
    yield _one(
        "spend_today_usd", "The model, all nodes, since midnight UTC.", stored.spent_usd
    )
    yield _one("queue_length", "Callers who wait for an operator.", stored.waiting)
    yield _one("queue_longest_seconds", "How long the first does.", stored.longest_s)
    presences = {str(one): stored.presences.get(one, 0) for one in Presence}
    yield _several("operators", "Operators by presence.", "presence", presences)
    due = stored.deliveries.get(DeliveryState.DUE, 0)
    yield _one("webhook_deliveries_due", "To be told to other programs.", due)
    yield _one("webhooks_disabled", "Addresses that are told nothing.", stored.disabled)


def _one(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"callcenter_{name}", text, value=value)


def _several(name: str, text: str, label: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(f"callcenter_{name}", text, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family
