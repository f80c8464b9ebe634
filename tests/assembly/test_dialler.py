"""Calls back: at their time, to whom may be called, and never twice for one promise."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from callcenter.assembly.dialler import EXPIRES, LEASE, LOST, Dialler, DialRules
from callcenter.domain import events as e
from callcenter.domain.callbacks import RetryRules, TryOutcome
from callcenter.domain.destinations import Refusal
from callcenter.domain.ids import CallbackTryId, CallId, CallSid
from callcenter.errors import CarrierError, OutcomeUnknown
from callcenter.storage import record
from callcenter.storage.callback_lists import CallbackLists
from callcenter.storage.callback_tries import CallbackTries
from callcenter.storage.callbacks import CallbackBook
from callcenter.storage.engine import Database
from callcenter.storage.opt_outs import OptOuts
from callcenter.telephony.outbound import Placed, Placing
from tests.fakes.center import _prepared

OSLO = ZoneInfo("Europe/Oslo")
ADA, BO = "+4755512345", "+4755512346"
NEW_YORK = "+12125551212"
OURS = "+15005550006"
PAUSE = timedelta(minutes=10)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In March 2026, in Bergen."""
    return datetime(2026, 3, day, hour, minute, tzinfo=OSLO)


@dataclass
class Clock:
    moment: datetime

    def now(self) -> datetime:
        return self.moment.astimezone(UTC)

    def steady_ms(self) -> int:
        return 0


@dataclass
class Lines:
    """The carrier: every call is placed, whatever its answer is worth."""

    clock: Clock
    placed: list[Placing] = field(default_factory=list)
    calls: list[tuple[str, Placed]] = field(default_factory=list)
    wrong: CarrierError | None = None
    places: bool = True
    """Whether a call comes about though the answer is wrong."""
    silent: bool = False
    """Whether it cannot even be asked."""

    async def place(self, wanted: Placing) -> CallSid:
        await asyncio.sleep(0)
        self.placed.append(wanted)
        call_sid = CallSid(f"CA{len(self.placed):032}")
        if self.wrong is None or self.places:
            new = Placed(call_sid, "ringing", 0, self.clock.now())
            self.calls.append((wanted.to, new))
        if self.wrong is not None:
            raise self.wrong
        return call_sid

    async def find(self, to: str, caller_id: str) -> list[Placed]:
        if self.silent:
            raise OutcomeUnknown("no answer")
        return [one for number, one in self.calls if number == to]

    async def ask(self, call_sid: CallSid) -> Placed:
        if self.silent:
            raise OutcomeUnknown("no answer")
        return next(one for _, one in self.calls if one.call_sid == call_sid)

    def end(self, status: str, seconds: int = 0) -> None:
        """The last call ends, and nobody tells us."""
        number, one = self.calls.pop()
        self.calls.append((number, replace(one, status=status, seconds=seconds)))


@dataclass
class Office:
    """Two nodes with one database, one clock and one carrier."""

    databases: list[Database]
    clock: Clock = field(default_factory=lambda: Clock(at(2, 10)))
    refused: dict[str, Refusal] = field(default_factory=dict)
    free: int = 0
    empty: str = ""

    def __post_init__(self) -> None:
        self.carrier = Lines(self.clock)
        self.tries = CallbackTries(self.databases[0], RetryRules(3, PAUSE))

    def dialler(self, node: int = 0) -> Dialler:
        database = self.databases[node]
        return Dialler(
            CallbackBook(database),
            CallbackTries(database, RetryRules(3, PAUSE)),
            carrier=self.carrier,
            refuses=self.refused.get,
            no_agents=lambda: self.empty,
            free=lambda due: self.free,
            rests=lambda: False,
            rules=DialRules(OURS, "https://calls.example.com", OSLO),
            clock=self.clock,
        )

    async def wished(
        self,
        number: str = ADA,
        due_at: datetime | None = None,
        *,
        queued_at: datetime | None = None,
        call: str = "",
    ) -> str:
        """A call in which a call back is wished; the callback's id."""
        call_id = CallId(call or f"call_{number[1:]}{queued_at or ''}")
        events: list[e.Event] = [
            e.CallAnswered(CallSid(f"CA{call_id}"), number, OURS),
            e.CallbackRequested("soon", "the chain", "", queued_at, due_at),
        ]
        facts = [
            e.Fact(call_id, n, self.clock.now(), event)
            for n, event in enumerate(events, 1)
        ]
        async with self.databases[0].write() as connection:
            await record.write(connection, facts)
        return f"cb_{call_id.removeprefix('call_')}_2"

    async def shown(self, callback: str) -> dict[str, Any]:
        return await CallbackLists(self.databases[0]).show(callback)

    async def state(self, callback: str) -> str:
        return str((await self.shown(callback))["state"])

    async def dialled(self) -> int:
        return await self.dialler().dial_what_is_due()

    async def told(self, outcome: TryOutcome) -> None:
        """Twilio tells that the last leg is over."""
        await self.tries.ended(self.last_try, outcome, self.clock.now())

    @property
    def last_try(self) -> CallbackTryId:
        return CallbackTryId(self.carrier.placed[-1].url.rpartition("=")[2])


BOTH = pytest.mark.parametrize("office", ["sqlite", "postgresql"], indirect=True)
"""For what rests on the database's own word."""


@pytest.fixture
async def office(request: pytest.FixtureRequest, tmp_path) -> AsyncIterator[Office]:
    if getattr(request, "param", "sqlite") == "postgresql":
        url = request.getfixturevalue("postgres_url")
    else:
        url = f"sqlite+aiosqlite:///{tmp_path}/calls.db"
        shutil.copy(_prepared(), tmp_path / "calls.db")
    databases = [Database.open(url) for _ in range(2)]
    yield Office(databases)
    for one in databases:
        await one.close()


async def test_somebody_is_called_at_the_promised_time_and_not_before(
    office: Office,
) -> None:
    callback = await office.wished(due_at=at(2, 14))
    assert await office.dialled() == 0
    office.clock.moment = at(2, 14)
    assert await office.dialled() == 1
    [placed] = office.carrier.placed
    assert (placed.to, placed.caller_id) == (ADA, OURS)
    assert await office.state(callback) == "dialling"
    assert await office.dialled() == 0


@BOTH
async def test_of_all_nodes_one_dials(office: Office) -> None:
    for n in range(5):
        await office.wished(f"+475551235{n}")
    async with asyncio.TaskGroup() as group:
        for node in (0, 1, 0, 1):
            group.create_task(office.dialler(node).dial_what_is_due())
    numbers = [one.to for one in office.carrier.placed]
    assert len(numbers) == len(set(numbers)) == 5


@BOTH
async def test_a_number_is_not_dialled_for_two_wishes_at_once(office: Office) -> None:
    for call in ("call_one", "call_two"):
        await office.wished(call=call)
    assert await office.dialled() == 1
    await office.told(TryOutcome.BUSY)
    assert await office.dialled() == 1


async def test_a_later_wish_in_the_same_call_replaces_the_earlier(
    office: Office,
) -> None:
    first = await office.wished(call="call_x", due_at=at(2, 14))
    better = e.CallbackRequested("at four", "the chain", due_at=at(2, 16))
    fact = e.Fact(CallId("call_x"), 3, office.clock.now(), better)
    async with office.databases[0].write() as connection:
        await record.write(connection, [fact])
    assert await office.state(first) == "replaced"
    office.clock.moment = at(2, 15)
    assert await office.dialled() == 0
    office.clock.moment = at(2, 16)
    assert await office.dialled() == 1


@BOTH
async def test_building_a_call_again_from_its_facts_dials_nobody_again(
    office: Office,
) -> None:
    await office.wished(call="call_x")
    assert await office.dialled() == 1
    await office.tries.accept(office.last_try, CallId("c2"), office.clock.now())
    async with office.databases[0].write() as connection:
        await record.rebuild(connection, CallId("call_x"))
    await office.told(TryOutcome.HUNG_UP)
    assert await office.state("cb_x_2") == "done"
    assert await office.dialled() == 0


@pytest.mark.parametrize(
    "outcome", [TryOutcome.NO_ANSWER, TryOutcome.BUSY, TryOutcome.MACHINE]
)
async def test_three_tries_with_growing_pauses_are_all(
    office: Office, outcome: TryOutcome
) -> None:
    callback = await office.wished()
    for pause in (PAUSE, 3 * PAUSE):
        assert await office.dialled() == 1
        await office.told(outcome)
        office.clock.moment += pause - timedelta(seconds=1)
        assert await office.dialled() == 0
        office.clock.moment += timedelta(seconds=1)
    assert await office.dialled() == 1
    await office.told(outcome)
    office.clock.moment += timedelta(hours=5)
    assert await office.dialled() == 0
    shown = await office.shown(callback)
    assert shown["state"] == "unreached"
    assert [one["outcome"] for one in shown["tried"]] == [outcome] * 3


@BOTH
async def test_no_answer_and_then_an_answer_settles_it(office: Office) -> None:
    callback = await office.wished()
    await office.dialled()
    await office.told(TryOutcome.NO_ANSWER)
    office.clock.moment += PAUSE
    await office.dialled()
    assert await office.tries.accept(office.last_try, CallId("c2"), office.clock.now())
    await office.told(TryOutcome.HUNG_UP)
    shown = await office.shown(callback)
    assert shown["state"] == "done"
    assert [one["outcome"] for one in shown["tried"]] == ["no_answer", "accepted"]
    office.clock.moment += timedelta(hours=5)
    assert await office.dialled() == 0


@pytest.mark.parametrize(
    ("number", "asked", "called"),
    [
        (ADA, at(2, 22), at(3, 8)),
        (ADA, at(3, 7, 50), at(3, 8)),
        (NEW_YORK, at(2, 10), at(2, 14)),
    ],
)
async def test_nobody_is_called_at_night_where_they_are(
    office: Office, number: str, asked: datetime, called: datetime
) -> None:
    office.clock.moment = asked
    await office.wished(number)
    assert await office.dialled() == 0
    office.clock.moment = called - timedelta(minutes=1)
    assert await office.dialled() == 0
    office.clock.moment = called
    assert await office.dialled() == 1


@BOTH
async def test_who_has_opted_out_is_never_called(office: Office) -> None:
    first = await office.wished(call="call_one")
    await office.wished(call="call_two", due_at=at(2, 11))
    await office.dialled()
    told = await office.tries.told(office.last_try)
    assert told is not None
    await office.tries.opt_out(told, office.clock.now())
    await office.told(TryOutcome.HUNG_UP)
    assert await office.state(first) == "opted_out"
    assert await office.state("cb_two_2") == "opted_out"
    later = await office.wished(call="call_three")
    office.clock.moment = at(2, 12)
    assert await office.dialled() == 0
    assert await office.state(later) == "opted_out"
    assert await OptOuts(office.databases[0]).remove(ADA)
    await office.wished(call="call_four")
    assert await office.dialled() == 1


async def test_a_number_that_must_not_be_rung_is_refused_for_good(
    office: Office,
) -> None:
    office.refused[ADA] = Refusal.PREMIUM_RATE
    callback = await office.wished()
    assert await office.dialled() == 0
    shown = await office.shown(callback)
    assert (shown["state"], shown["tried"]) == ("refused", [])
    assert "premium" in shown["why"]


async def test_when_too_many_are_dialled_it_waits(office: Office) -> None:
    office.refused[ADA] = Refusal.TOO_MANY
    await office.wished()
    assert await office.dialled() == 0
    office.refused.clear()
    office.clock.moment += timedelta(minutes=1)
    assert await office.dialled() == 1


async def test_when_the_agents_have_cost_too_much_nobody_is_called(
    office: Office,
) -> None:
    office.empty = "too dear"
    await office.wished()
    assert await office.dialled() == 0
    office.empty = ""
    office.clock.moment += timedelta(minutes=1)
    assert await office.dialled() == 1


async def test_a_forged_number_is_not_called_all_day(office: Office) -> None:
    for n in range(10):
        await office.wished(call=f"call_{n}")
    for _ in range(40):
        await office.dialled()
        if office.carrier.placed:
            await office.told(TryOutcome.NO_ANSWER)
        office.clock.moment += timedelta(minutes=10)
    assert len(office.carrier.placed) == 6


async def test_a_promise_that_is_a_day_old_raises_an_alarm_instead_of_a_call(
    office: Office,
) -> None:
    callback = await office.wished()
    office.clock.moment += EXPIRES + timedelta(minutes=1)
    with capture_logs() as logs:
        assert await office.dialled() == 0
    assert await office.state(callback) == "expired"
    assert [one["alarm"] for one in logs if one["event"] == "alarm"] == [
        "callback_expired"
    ]


async def test_what_was_cancelled_is_not_dialled_and_not_tried_again(
    office: Office,
) -> None:
    lists = CallbackLists(office.databases[0])
    waiting = await office.wished(due_at=at(2, 14))
    await lists.cancel(waiting, office.clock.now())
    ringing = await office.wished(BO)
    assert await office.dialled() == 1
    await lists.cancel(ringing, office.clock.now())
    assert not await office.tries.accept(
        office.last_try, CallId("c2"), office.clock.now()
    )
    await office.told(TryOutcome.NO_ANSWER)
    office.clock.moment = at(2, 15)
    assert await office.dialled() == 0
    assert await office.state(ringing) == await office.state(waiting) == "cancelled"


async def test_what_is_cancelled_while_a_node_looks_at_it_is_not_dialled(
    office: Office,
) -> None:
    callback = await office.wished()
    book, now = CallbackBook(office.databases[1]), office.clock.now()
    [due] = await book.due(now)
    await CallbackLists(office.databases[0]).cancel(callback, now)
    assert not await book.claim(due, CallbackTryId("try_late"), now, now + LEASE)
    assert (await office.shown(callback))["tried"] == []


async def test_a_place_in_line_is_called_when_an_operator_is_free(
    office: Office,
) -> None:
    await office.wished(BO, queued_at=at(2, 9, 50))
    await office.wished(ADA, queued_at=at(2, 9, 40))
    assert await office.dialled() == 0
    office.free = 1
    assert await office.dialled() == 1
    assert office.carrier.placed[0].to == ADA, "who waited longer"
    await office.told(TryOutcome.HUNG_UP)
    assert await office.dialled() == 1
    assert office.carrier.placed[1].to == BO


@BOTH
async def test_a_create_that_was_done_without_an_answer_is_not_repeated(
    office: Office,
) -> None:
    office.carrier.wrong = OutcomeUnknown("no answer")
    callback = await office.wished()
    assert await office.dialled() == 1
    office.carrier.wrong = None
    assert await office.dialled() == 0
    office.clock.moment += LEASE
    assert await office.dialler(1).ask_what_became() == 1
    assert await office.state(callback) == "dialling"
    office.carrier.end("busy")
    office.clock.moment += LEASE
    await office.dialler(1).ask_what_became()
    shown = await office.shown(callback)
    assert [one["outcome"] for one in shown["tried"]] == ["busy"]
    assert len(office.carrier.placed) == 1


async def test_a_create_that_was_not_done_is_tried_again_once_that_is_certain(
    office: Office,
) -> None:
    office.carrier.wrong, office.carrier.places = OutcomeUnknown("no answer"), False
    callback = await office.wished()
    await office.dialled()
    office.carrier.wrong = None
    office.clock.moment += LEASE
    await office.dialler(1).ask_what_became()
    assert await office.state(callback) == "waiting"
    office.clock.moment += PAUSE
    assert await office.dialled() == 1


async def test_a_call_of_yesterday_is_not_taken_for_the_one_that_is_missed(
    office: Office,
) -> None:
    old = Placed(CallSid("CA" + "f" * 32), "completed", 60, at(1, 10).astimezone(UTC))
    office.carrier.calls.append((ADA, old))
    office.carrier.wrong, office.carrier.places = OutcomeUnknown("no answer"), False
    callback = await office.wished()
    await office.dialled()
    office.clock.moment += LEASE
    await office.dialler().ask_what_became()
    [one] = (await office.shown(callback))["tried"]
    assert one["outcome"] == "not_dialled"


async def test_a_node_that_died_before_it_dialled_is_followed_by_another(
    office: Office,
) -> None:
    """Claimed, and then kill -9: nothing was asked of the carrier."""
    callback = await office.wished()
    book = CallbackBook(office.databases[0])
    [due] = await book.due(office.clock.now())
    now = office.clock.now()
    assert await book.claim(due, CallbackTryId("try_dead"), now, now + LEASE)
    assert await office.dialler(1).dial_what_is_due() == 0
    assert await office.dialler(1).ask_what_became() == 0
    office.clock.moment += LEASE
    assert await office.dialler(1).ask_what_became() == 1
    office.clock.moment += PAUSE
    assert await office.dialler(1).dial_what_is_due() == 1
    tried = (await office.shown(callback))["tried"]
    assert [one["outcome"] for one in tried] == ["not_dialled", None]


async def test_a_node_that_died_after_it_dialled_leaves_one_call(
    office: Office,
) -> None:
    callback = await office.wished()
    book = CallbackBook(office.databases[0])
    [due] = await book.due(office.clock.now())
    now = office.clock.now()
    await book.claim(due, CallbackTryId("try_dead"), now, now + LEASE)
    await office.carrier.place(
        Placing(ADA, OURS, "https://x/?try=try_dead", "", "", 30, 60)
    )
    office.carrier.end("no-answer")
    office.clock.moment += LEASE
    await office.dialler(1).ask_what_became()
    assert await office.dialler(1).dial_what_is_due() == 0
    [one] = (await office.shown(callback))["tried"]
    assert one["outcome"] == "no_answer"
    assert len(office.carrier.placed) == 1


async def test_when_nobody_can_ever_know_it_counts_as_dialled_and_alarms(
    office: Office,
) -> None:
    office.carrier.wrong, office.carrier.silent = OutcomeUnknown("no answer"), True
    callback = await office.wished()
    await office.dialled()
    office.clock.moment += LOST + LEASE
    with capture_logs() as logs:
        await office.dialler(1).ask_what_became()
    assert await office.state(callback) == "unreached"
    assert "callback_lost" in [one.get("alarm") for one in logs]
    office.clock.moment += timedelta(hours=2)
    assert await office.dialled() == 0


async def test_a_lost_status_callback_is_asked_for(office: Office) -> None:
    callback = await office.wished()
    await office.dialled()
    office.carrier.end("no-answer")
    office.clock.moment += LEASE
    assert await office.dialler(1).ask_what_became() == 1
    [one] = (await office.shown(callback))["tried"]
    assert one["outcome"] == "no_answer"


async def test_what_the_carrier_refuses_counts_as_a_try(office: Office) -> None:
    office.carrier.wrong = CarrierError("Twilio refused (21215): no permission")
    office.carrier.places = False
    callback = await office.wished()
    await office.dialled()
    shown = await office.shown(callback)
    assert (shown["state"], shown["tries"]) == ("waiting", 1)
    assert "21215" in shown["tried"][0]["note"]
