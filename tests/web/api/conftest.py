"""The API over a real database, with a call in it, and a key for everything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from quart import Quart
from quart.typing import TestClientProtocol

from callcenter.bus.local import LocalBus
from callcenter.domain import events as e
from callcenter.domain.card import Card
from callcenter.domain.events import Fact
from callcenter.domain.ids import AgentName, CallId, RecordingSid
from callcenter.domain.operators import Operator
from callcenter.domain.problems import Problem
from callcenter.domain.recording import RecordingStarted
from callcenter.domain.roster import Roster
from callcenter.domain.scopes import Scope
from callcenter.domain.voicemail import VoicemailLeft
from callcenter.storage import house, record
from callcenter.storage.api_keys import ApiKeys
from callcenter.storage.audit import Audit
from callcenter.storage.deliveries import Deliveries
from callcenter.storage.directory import Directory
from callcenter.storage.engine import Database
from callcenter.storage.erasure import Erased, Persons
from callcenter.storage.history import History
from callcenter.storage.schedule import AppointmentBook
from callcenter.storage.tickets import TicketBook
from callcenter.storage.webhooks import WebhookBook
from callcenter.telephony.operators_file import read_operator
from callcenter.web.api.app import install
from callcenter.web.api.desk import ApiDesk, ApiRules
from callcenter.web.api.endpoints import Endpoints
from tests.storage.conftest import database, migrated, url
from tests.storage.story import NOON, WHOLE_CALL, call

__all__ = ["database", "migrated", "url"]

NOW = NOON + timedelta(days=1)
SOUND = b"RIFF" + bytes(range(256)) * 4
RECORDED = "A-20260302T120000000000Z.wav"


class Clock:
    """Of the test's own making."""

    def __init__(self) -> None:
        self.at = NOW
        self.ms = 0

    def now(self) -> datetime:
        return self.at

    def steady_ms(self) -> int:
        return self.ms


class OneRoster:
    problems = (Problem("weather.md", 4, "unknown key 'tool'"),)

    def current(self) -> Roster:
        triage = Card(AgentName("triage"), "Whoever calls.", "You greet.")
        return Roster((triage,), "Be brief.", AgentName("triage"))


@dataclass
class Api:
    """What a test holds in its hands."""

    app: Quart
    endpoints: Endpoints
    desk: ApiDesk
    clock: Clock
    bus: LocalBus
    key: str

    @property
    def client(self) -> TestClientProtocol:
        return self.app.test_client()

    async def ask(
        self,
        path: str,
        method: str = "GET",
        *,
        key: str | None = None,
        json: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Any]:
        """Status and JSON; with the key for everything, unless told otherwise."""
        named = dict(headers or {})
        if key != "":
            named["Authorization"] = f"Bearer {key or self.key}"
        more: dict[str, Any] = {} if json is None else {"json": json}
        answer = await self.client.open(
            f"/api/v1{path}", method=method, headers=named, **more
        )
        return answer.status_code, await answer.get_json(silent=True)

    async def key_for(self, *scopes: Scope) -> str:
        return (await self.desk.keys.create("limited", scopes))[0]

    async def happens(self, facts: Sequence[Fact]) -> None:
        """Put facts on record, as the ledger does."""
        async with self.desk.database.write() as connection:
            await record.write(connection, facts)


def _operator(entry: Mapping[str, Any]) -> Operator:
    operator = read_operator(entry, 1)
    if operator.destination.startswith("+882"):
        raise ValueError("a satellite's number is not rung")
    return operator


@pytest.fixture
async def api(database: Database, tmp_path: Path) -> Api:
    clock, bus = Clock(), LocalBus()
    keys = ApiKeys(database, clock.now)
    persons = Persons(database, tmp_path / "recordings")

    async def _forget(number: str, by: str) -> Erased:
        return await persons.erase(number, by=by, now=clock.now())

    desk = ApiDesk(
        database=database,
        history=History(database),
        directory=Directory(database),
        tickets=TicketBook(database, now=clock.now),
        book=AppointmentBook(database, now=clock.now),
        keys=keys,
        hooks=WebhookBook(database, clock.now),
        deliveries=Deliveries(database, clock.now),
        audit=Audit(database, clock.now),
        rosters=OneRoster(),
        bus=bus,
        clock=clock,
        rules=ApiRules(recordings_dir=tmp_path / "recordings"),
        read_operator=_operator,
        persons=persons,
        forget=_forget,
        ready=_ready,
        warnings=lambda: ["Nobody is at work."],
    )
    app = Quart("callcenter")
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    endpoints = install(app, desk)
    text, _ = await keys.create("everything", Scope)
    return Api(app, endpoints, desk, clock, bus, text)


@pytest.fixture
async def stocked(api: Api) -> Api:
    """A whole call, a live one, a ticket, an appointment, a voicemail, an operator."""
    folder = api.desk.rules.recordings_dir
    folder.mkdir()
    (folder / RECORDED).write_bytes(SOUND)
    *before, last = WHOLE_CALL
    more: tuple[e.Event, ...] = (
        RecordingStarted(f"recordings/{RECORDED}"),
        VoicemailLeft(RecordingSid("RE1"), 12),
    )
    await api.happens(call("A", (*before, *more, last)))
    await api.happens(call("B", WHOLE_CALL[:5], began=NOON + timedelta(hours=1)))
    await house.seed(api.desk.database, house.FJORD_CYCLES)
    await api.desk.tickets.open("Brake", "It squeaks.", "+4799999999", CallId("A"))
    day = (NOW + timedelta(days=1)).date()
    slot = (
        await api.desk.book.free_slots(house.FJORD_CYCLES.services[0].name, day, 5, NOW)
    )[0]
    await api.desk.book.book(slot, "Ada Lie", "+4799999999", CallId("A"), most=5)
    await api.desk.directory.add(Operator("Ada", "+15005550101"))
    return api


async def _ready() -> list[str]:
    return []
