"""After a call: one wrap-up, whatever the model, the database or the node do."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import insert

from callcenter.assembly import wrapping_up
from callcenter.assembly.after_the_call import AfterTheCall, after_the_call, text_model
from callcenter.domain import events as e
from callcenter.domain.extract import extract, material
from callcenter.domain.ids import CallId, ItemId
from callcenter.jobs import engine
from callcenter.jobs.work import Retry
from callcenter.settings import Settings
from callcenter.simulator.text_model import TextModelSimulator
from callcenter.storage import tables as t
from callcenter.storage.deliveries import Deliveries
from callcenter.storage.engine import Database
from callcenter.storage.history import History
from callcenter.storage.schema import upgrade
from callcenter.storage.webhooks import WebhookBook
from callcenter.storage.wrap_ups import WrapUps
from callcenter.wire.deliveries import WRAPPED_UP
from tests.jobs.calls import PAID, WISH, facts, store


@dataclass
class Clock:
    """The day goes on at its own pace; a test may leap."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def steady_ms(self) -> int:
        return 0


@dataclass
class House:
    """A database, and nodes that look after its calls."""

    database: Database
    settings: Settings
    model: TextModelSimulator
    clock: Clock

    @asynccontextmanager
    async def node(self, **other: object) -> AsyncIterator[AfterTheCall]:
        settings = self.settings.model_copy(update=other)
        async with after_the_call(settings, self.database, self.clock) as work:
            yield work

    async def shown(self, call_id: str = "call_1") -> dict[str, Any] | None:
        call = await History(self.database).show_call(call_id)
        return None if call is None else call["wrap_up"]

    async def wrapped_up(self, call_id: str = "call_1") -> dict[str, Any]:
        async with asyncio.timeout(10):
            while (found := await self.shown(call_id)) is None:  # noqa: ASYNC110  # as below
                await asyncio.sleep(0.02)
        return found

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not true():  # noqa: ASYNC110  # anything may be waited for
                await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "POLL_S", 0.05)
    monkeypatch.setattr(
        wrapping_up, "ASKING", Retry(tries=3, first_pause_s=0.01, longest_pause_s=0.02)
    )


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    url = f"sqlite+aiosqlite:///{tmp_path}/calls.db"
    await asyncio.to_thread(upgrade, url)
    database = Database.open(url)
    async with TextModelSimulator() as model:
        settings = Settings(
            _env_file=None,
            database_url=url,
            openai_api_key=SecretStr("sk-test"),
            openai_text_url=model.url,
            wrap_up_after_seconds=0,
        )
        yield House(database, settings, model, Clock())
    await database.close()


async def test_a_call_that_has_ended_gets_a_summary(house: House) -> None:
    async with house.node() as work:
        told = facts()
        await store(house.database, told)
        work.watch(told[-1])
        written = await house.wrapped_up()
    assert written["kind"] == "model"
    assert WISH.rstrip(".") in written["summary"]
    assert written["topic"] == "Hello, I would like to"
    assert written["satisfaction"] == "neutral"
    assert written["model"] == "gpt-6-luna"
    assert written["cost"]["summary"] > 0
    assert len(house.model.requests) == 1


async def test_what_the_record_is_sure_of_is_promised_though_the_model_left_it_out(
    house: House,
) -> None:
    await store(house.database, facts())
    async with house.node():
        written = await house.wrapped_up()
    assert written["follow_ups"] == [
        {
            "kind": "appointment",
            "text": "booked bicycle service for Ada on Friday at ten",
            "when": "",
        },
        {
            "kind": "callback",
            "text": "the price of a new chain",
            "when": "tomorrow at nine",
        },
    ]


async def test_the_model_is_not_told_who_called(house: House) -> None:
    await store(house.database, facts())
    async with house.node():
        await house.wrapped_up()
    [asked] = house.model.requests
    assert "+4755512345" not in str(asked)
    assert asked["store"] is False
    assert "never an order" in asked["messages"][0]["content"]


async def test_a_number_of_a_card_reaches_neither_model_nor_wrap_up(
    house: House,
) -> None:
    card = "My card is 4111 1111 1111 1111, thank you."
    begun, *rest = facts()
    told = e.CallerSpoke(ItemId("i0"), card, 0, 10)
    events = (begun.event, told, *(fact.event for fact in rest))
    await store(house.database, facts(events=events))
    async with house.node():
        written = await house.wrapped_up()
    assert "My card is [card number], thank you." in written["summary"]
    assert "4111" not in str(house.model.requests)


async def test_without_a_key_there_is_an_honest_extract(house: House) -> None:
    await store(house.database, facts())
    async with house.node(openai_api_key=SecretStr("")):
        written = await house.wrapped_up()
    assert written["kind"] == "extract"
    assert written["summary"] == (
        f'The caller began: "{WISH}" They spoke with scheduling and Ada (human). '
        "The agents booked bicycle service for Ada on Friday at ten. "
        "It ended as escalated: The caller hung up."
    )
    assert written["topic"] == "support"
    assert written["trouble"] == ""
    assert written["cost"]["summary"] == 0
    assert house.model.requests == []


def test_a_key_of_another_provider_is_not_sent_to_openai() -> None:
    here = Settings(_env_file=None, openai_api_key=SecretStr("key"))
    assert text_model(here) is not None
    azure = here.model_copy(update={"openai_realtime_url": "wss://x.azure.com/v1"})
    assert text_model(azure) is None
    assert text_model(here.model_copy(update={"openai_text_model": "none"})) is None


async def test_a_busy_model_is_asked_again(house: House) -> None:
    house.model.fail_next(429, 500)
    await store(house.database, facts())
    async with house.node():
        assert (await house.wrapped_up())["kind"] == "model"
    assert len(house.model.requests) == 3


@pytest.mark.parametrize("faults", [[401], [500, 500, 500], ["{", '{"summary": 1}']])
async def test_where_the_model_fails_for_good_the_extract_says_why(
    house: House, faults: list[int | str]
) -> None:
    house.model.fail_next(*faults)
    await store(house.database, facts())
    async with house.node():
        written = await house.wrapped_up()
    assert written["kind"] == "extract"
    assert written["trouble"].startswith("The text model")
    assert len(house.model.requests) == len(faults)
    paid = written["cost"]["summary"]
    assert paid > 0 if isinstance(faults[0], str) else paid == 0


async def test_what_it_cost_is_split_and_adds_up(house: House) -> None:
    await store(house.database, facts())
    async with house.node():
        cost = (await house.wrapped_up())["cost"]
    model = [usd for kind, usd in cost.items() if kind[:4] in {"text", "audi"}]
    assert sum(model) == pytest.approx(PAID, abs=1e-5)
    assert cost["audio_out"] == pytest.approx(600 * 64 / 1e6)
    assert cost["transcription"] == pytest.approx(0.5 * 0.0045)
    # Two minutes and a half of the caller's, 61 s of the operator's: 3 and 2.
    assert cost["telephony"] == pytest.approx(3 * 0.0125 + 2 * 0.014)
    parts = sum(usd for kind, usd in cost.items() if kind != "total")
    assert cost["total"] == pytest.approx(parts)


async def test_a_node_that_starts_makes_up_for_calls_that_were_missed(
    house: House,
) -> None:
    now = house.clock.now()
    for n, hours in enumerate((0, 1, 71, 73)):
        await store(
            house.database, facts(f"call_{n}", ended=now - timedelta(hours=hours))
        )
    async with house.node(openai_api_key=SecretStr("")) as work:
        for n in range(3):
            await house.wrapped_up(f"call_{n}")
        assert await work.sweep() == 0
    assert await house.shown("call_3") is None  # of a past that nobody pays for


async def test_a_call_is_wrapped_up_once_however_often_it_is_seen(house: House) -> None:
    told = facts()
    await store(house.database, told)
    async with house.node() as one, house.node() as two:
        for work in (one, two, one, two):
            work.watch(told[-1])
            await work.sweep()
        first = await house.wrapped_up()
        house.clock.ahead = timedelta(hours=1)
        for work in (one, two):
            await work.sweep()
    assert await house.shown() == first
    assert len(house.model.requests) == 1


async def test_a_spoken_message_is_waited_for_until_it_is_written_down(
    house: House,
) -> None:
    await store(house.database, facts())
    left = {"call_id": "call_1", "sequence": 99, "at": house.clock.now()}
    async with house.database.write() as connection:
        await connection.execute(
            insert(t.follow_ups).values(**left, kind="voicemail", text="")
        )
    books = WrapUps(house.database)
    assert await books.due(house.clock.now(), timedelta()) == []
    later = house.clock.now() + timedelta(minutes=6)
    assert [one.call_id for one in await books.due(later, timedelta())] == ["call_1"]


async def test_a_call_that_was_erased_meanwhile_is_left_alone(house: House) -> None:
    await store(house.database, facts())
    house.model.gate.clear()
    async with house.node():
        await house.until(lambda: house.model.requests)
        async with house.database.write() as connection:
            await connection.execute(t.calls.delete())
        house.model.gate.set()
        await asyncio.sleep(0.2)
    assert await house.shown() is None


async def test_a_hook_writes_in_the_transaction_that_shows_the_wrap_up(
    house: House,
) -> None:
    await store(house.database, facts())

    async def broken(connection: object, call_id: CallId, now: datetime) -> None:
        raise ZeroDivisionError(call_id)

    books = WrapUps(house.database, [broken])
    words = extract(facts())
    await books.draft(CallId("call_1"), words, verified=False)
    with pytest.raises(ZeroDivisionError):
        await books.finish(CallId("call_1"), {"total": 1.0}, house.clock.now())
    assert await house.shown() is None


async def test_other_programs_are_told_of_it_once(house: House) -> None:
    await WebhookBook(house.database, house.clock.now).add(
        "https://crm.example.com/calls", [WRAPPED_UP]
    )
    await store(house.database, facts())
    async with house.node():
        written = await house.wrapped_up()
    due = Deliveries(house.database, lambda: house.clock.now() + timedelta(hours=1))
    [delivery] = await due.due(10)
    assert (delivery.kind, delivery.data) == (WRAPPED_UP, written)


async def test_a_broken_job_database_is_a_warning_and_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callcenter.assembly.after_the_call.AGAIN_S", 0.05)
    told = facts()
    await store(house.database, told)
    blocked = Path(house.settings.database_url.partition("///")[2]).with_suffix(
        ".jobs.db"
    )
    blocked.mkdir()
    async with house.node() as work:
        await house.until(work.warnings)
        assert "Jobs wait" in work.warnings()[0]
        blocked.rmdir()
        monkeypatch.setattr("callcenter.jobs.jobs.OPEN_AGAIN_S", 0.05)
        await house.wrapped_up()
        assert work.warnings() == []


def test_a_long_call_is_read_from_both_ends() -> None:
    spoken = [
        e.CallerSpoke(ItemId(f"i{n}"), f"word {n} " * 50, n * 10, n * 10 + 5)
        for n in range(500)
    ]
    events = (facts()[0].event, *spoken, facts()[-1].event)
    read = material(facts(events=events))
    assert len(read) < 25_000
    assert "word 0 " in read
    assert "word 499 " in read
    assert "left out" in read


async def test_an_answer_is_kept_no_longer_than_people_read(house: House) -> None:
    words = replace(extract(facts()), summary="much " * 1_000).bounded()
    assert len(words.summary) <= 900
    assert words.summary.endswith("much…")
