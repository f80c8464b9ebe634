"""Durable jobs: once, whole, and wherever a node is alive."""

import asyncio
import inspect
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callcenter.errors import StorageError
from callcenter.jobs import engine
from callcenter.jobs.jobs import Jobs, job_database
from callcenter.jobs.work import JobsError, Json, Kinds, Retry, Run, Step, TryLater
from callcenter.storage.engine import exists

QUICKLY = Retry(tries=3, first_pause_s=0.01, longest_pause_s=0.02)


@dataclass
class Workshop:
    """Where things are done, and how often."""

    done: list[tuple[str, Json]] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def first(self, run: Run) -> Json:
        await asyncio.sleep(0)
        self.done.append((f"first {run.job_id}", run.payload))
        return {"told": run.payload}

    async def second(self, run: Run) -> Json:
        await self.gate.wait()
        if self.faults:
            raise self.faults.pop(0)
        self.done.append((f"second {run.job_id}", run.outcomes["first"]))
        return None

    @property
    def kinds(self) -> Kinds:
        return {
            "letter": [
                Step("first", self.first, QUICKLY),
                Step("second", self.second, QUICKLY),
            ]
        }


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A node's threads end within a tenth of a second."""
    monkeypatch.setattr(engine, "POLL_S", 0.05)


@pytest.fixture
def shop() -> Workshop:
    shop = Workshop()
    shop.gate.set()
    return shop


@asynccontextmanager
async def node(url: str, shop: Workshop, name: str = "one") -> AsyncIterator[Jobs]:
    jobs = Jobs(url, shop.kinds, executor=name)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(jobs.run())
        await asyncio.sleep(0)
        try:
            yield jobs
        finally:
            running.cancel()


async def until(true: Callable[[], object], timeout_s: float = 10.0) -> None:
    async with asyncio.timeout(timeout_s):
        while not true():  # noqa: ASYNC110  # anything may be waited for
            await asyncio.sleep(0.01)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return job_database(f"sqlite+aiosqlite:///{tmp_path}/calls.db")


async def test_a_job_is_done_step_by_step_and_once(url: str, shop: Workshop) -> None:
    async with node(url, shop) as jobs:
        await jobs.start("letter", "a", {"to": "Ada"})
        await jobs.start("letter", "a", {"to": "Bo"})
        await until(lambda: len(shop.done) == 2)
        await jobs.start("letter", "a", {"to": "Ada"})
        await jobs.start("letter", "b")
        await until(lambda: len(shop.done) == 4)
    assert shop.done == [
        ("first a", {"to": "Ada"}),
        ("second a", {"told": {"to": "Ada"}}),
        ("first b", None),
        ("second b", {"told": None}),
    ]


async def test_a_node_that_ends_leaves_no_thread_and_no_job_half_done(
    url: str, shop: Workshop
) -> None:
    before = set(threading.enumerate())
    shop.gate.clear()
    async with node(url, shop) as jobs:
        await jobs.start("letter", "a")
        await until(lambda: shop.done)
    left = {one.name for one in set(threading.enumerate()) - before}
    assert not {name for name in left if not name.startswith("asyncio_")}
    shop.gate.set()
    async with node(url, shop):  # nobody starts it again
        await until(lambda: len(shop.done) == 2)
    assert [what for what, _ in shop.done] == ["first a", "second a"]


async def test_another_node_takes_over_what_has_been_silent(
    url: str, shop: Workshop
) -> None:
    shop.gate.clear()
    async with node(url, shop, "the dead one") as jobs:
        await jobs.start("letter", "a")
        await until(lambda: shop.done)
    shop.gate.set()
    async with node(url, shop, "another") as jobs:
        await jobs.revive("letter", "a")  # it may be at work over there
        await asyncio.sleep(0.1)
        assert len(shop.done) == 1
        await jobs.revive("letter", "a", silent_s=0)
        await until(lambda: len(shop.done) == 2)
    assert [what for what, _ in shop.done] == ["first a", "second a"]


async def test_what_says_try_later_is_tried_again_but_not_for_ever(
    url: str, shop: Workshop
) -> None:
    shop.faults = [TryLater("busy"), TryLater("busy")]
    async with node(url, shop) as jobs:
        await jobs.start("letter", "a")
        await until(lambda: len(shop.done) == 2)
        shop.faults = [TryLater("busy")] * 3
        await jobs.start("letter", "b")
        await until(lambda: not shop.faults)
        await asyncio.sleep(0.1)
        assert len(shop.done) == 3
        await jobs.revive("letter", "b", silent_s=0)
        await until(lambda: ("second b", {"told": None}) in shop.done)


async def test_a_database_that_is_down_is_waited_for(
    url: str, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callcenter.jobs.jobs.UNTIRING", QUICKLY)
    shop.faults = [StorageError("down")] * 9
    async with node(url, shop) as jobs:
        await jobs.start("letter", "a")
        await until(lambda: len(shop.done) == 2)


async def test_a_fault_of_ours_ends_its_job_and_nothing_else(
    url: str, shop: Workshop
) -> None:
    shop.faults = [ZeroDivisionError()]
    async with node(url, shop) as jobs:
        await jobs.start("letter", "a")
        await until(lambda: not shop.faults)
        await jobs.start("letter", "b")
        await until(lambda: len(shop.done) == 3)


async def test_a_broken_job_database_is_told_and_tried_again(
    tmp_path: Path, shop: Workshop
) -> None:
    folder = tmp_path / "later"
    async with node(f"sqlite:///{folder}/jobs.db", shop) as jobs:
        with pytest.raises(JobsError, match="unable to open"):
            await jobs.start("letter", "a")
        assert jobs.problem
        folder.mkdir()
        await jobs.start("letter", "a")
        assert not jobs.problem
        await until(lambda: len(shop.done) == 2)


async def test_jobs_that_are_over_are_forgotten(url: str, shop: Workshop) -> None:
    async with node(url, shop) as jobs:
        await jobs.start("letter", "a")
        await until(lambda: len(shop.done) == 2)
        assert await jobs.forget(datetime.now(UTC) - timedelta(days=1)) == 0
        await asyncio.sleep(0.1)
        assert await jobs.forget(datetime.now(UTC) + timedelta(seconds=5)) == 1
        await jobs.start("letter", "a")
        await until(lambda: len(shop.done) == 4)


async def test_nothing_is_opened_before_there_is_a_job(
    url: str, shop: Workshop
) -> None:
    before = threading.active_count()
    async with node(url, shop):
        await asyncio.sleep(0.05)
        assert threading.active_count() == before
    assert not exists(url)


async def test_on_postgresql_jobs_live_beside_the_calls(
    postgres_url: str, shop: Workshop
) -> None:
    shop.gate.clear()
    async with node(job_database(postgres_url), shop) as jobs:
        await jobs.start("letter", "a")
        await until(lambda: shop.done)
    shop.gate.set()
    async with node(job_database(postgres_url), shop):
        await until(lambda: len(shop.done) == 2)


async def test_a_lost_job_database_leaves_no_thread_asleep(
    url: str, shop: Workshop
) -> None:
    """dbos would retry for ever, in threads that keep the process from ending."""
    from dbos import _dbos, _sys_db

    read = "_retry_connection_errors"
    assert read in inspect.getsource(_sys_db.db_retry), "dbos has another name for it"
    async with node(url, shop) as jobs:
        await jobs.start("letter", "a")
        await until(lambda: len(shop.done) == 2)
        assert getattr(_dbos._get_dbos_instance()._sys_db, read) is False
