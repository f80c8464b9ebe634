"""The center between its two far ends: real sockets, a real database, real clients.

Whatever a test does, every call must have ended exactly once when it is over, and
nothing of any call may be left.
"""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar

from hypercorn.asyncio import serve
from pydantic import SecretStr

from callcenter.assembly.node import Node, running
from callcenter.assembly.server import hypercorn_config
from callcenter.domain import events as e
from callcenter.domain.call import CallState
from callcenter.domain.ids import CallSid
from callcenter.errors import StorageError
from callcenter.settings import Settings
from callcenter.simulator.carrier import (
    CarrierSimulator,
    Leg,
    OperatorBehaviour,
    Options,
    Phone,
    StreamFaults,
)
from callcenter.simulator.model.faults import Faults
from callcenter.simulator.model.reply import Pace
from callcenter.simulator.model.server import ModelSimulator
from callcenter.simulator.model.session import Session
from callcenter.storage.engine import Database
from callcenter.storage.history import History
from callcenter.storage.schema import upgrade
from tests.fakes.speech import SENTENCE, VOICE_MS, Hum, Told, hushed

ACCOUNT = "AC" + "0" * 32
TOKEN = "0123456789abcdef0123456789abcdef"
OURS = "+15005550006"
CALLER = "+4755512345"
ADA, BEA, CAI = "+15005550101", "+15005550102", "+15005550103"
OPERATORS = f"""
[[operators]]
name = "Ada"
number = "{ADA}"
[[operators]]
name = "Bea"
number = "{BEA}"
[[operators]]
name = "Cai"
number = "{CAI}"
"""
QUIET_MS = 120
"""After that much silence, it is the caller's turn."""

PATIENCE_S = 10.0

Event = TypeVar("Event")


@dataclass(slots=True)
class Caller:
    """Somebody who telephones us, in the words of a test."""

    phone: Phone
    told: Told

    async def hears_agent(self, quiet_ms: int = QUIET_MS) -> None:
        await self.phone.hears_pause(quiet_ms, timeout_s=PATIENCE_S)

    def forgets(self) -> None:
        """Whatever was heard so far does not count as an answer."""
        self.phone._sounded = False

    async def says(self, text: str) -> None:
        """Speak, and be understood so."""
        self.told.texts.append(text)
        await self.phone.say(SENTENCE)

    async def asks(self, text: str) -> None:
        """Speak, and hear the answer out."""
        await self.says(text)
        await self.hears_agent()


Script = Callable[[Caller], Awaitable[None]]


@dataclass(slots=True)
class Center:
    """What a test holds in its hands."""

    node: Node
    carrier: CarrierSimulator
    model: ModelSimulator
    told: Told
    voice: Hum
    address: str
    settings: Settings
    facts: list[e.Fact] = field(default_factory=list)
    lets_go: bool = False
    """Whether calls may go on without this node."""

    @property
    def session(self) -> Session:
        """The latest of the model's."""
        return self.model.sessions[-1]

    def of(self, kind: type[Event], call: Leg | None = None) -> list[Event]:
        """The facts of a kind, in order."""
        return [
            fact.event
            for fact in self.facts
            if isinstance(fact.event, kind)
            and (call is None or fact.call_id == self.call_id(call))
        ]

    def call_id(self, call: Leg) -> str:
        return next(
            fact.call_id
            for fact in self.facts
            if isinstance(fact.event, e.CallAnswered)
            and fact.event.call_sid == call.sid
        )

    def state(self, call: Leg) -> CallState:
        """Of a call that is not forgotten yet."""
        return self.node.floor._calls[CallSid(call.sid)].call.state

    async def call(
        self, script: Script, *, wait: bool = True, faults: StreamFaults | None = None
    ) -> Leg:
        """Have somebody call; if to be waited for, they hang up after the script."""

        async def act(phone: Phone) -> None:
            await script(Caller(phone, self.told))

        leg = await self.carrier.place_call(
            CALLER, act, hang_up_after_script=wait, faults=faults
        )
        if wait:
            await leg.ended(PATIENCE_S * 2)
        return leg

    async def until(self, true: Callable[[], object], timeout_s: float = 5.0) -> None:
        """Wait for what comes soon, or fail."""
        async with asyncio.timeout(timeout_s):
            while not true():  # noqa: ASYNC110  # anything may be waited for
                await asyncio.sleep(0.01)

    async def happened(
        self, kind: type[Event], timeout_s: float = 5.0, times: int = 1
    ) -> Event:
        await self.until(lambda: len(self.of(kind)) >= times, timeout_s)
        return self.of(kind)[times - 1]

    async def story(self, call: Leg) -> dict[str, Any]:
        """The call as the database has it."""
        assert await self.node.ledger.flush(5)
        database = Database.open(self.settings.database_url)
        try:
            shown = await History(database).show_call(call.sid)
        finally:
            await database.close()
        assert shown is not None
        return shown

    async def stored_calls(self) -> list[dict[str, Any]]:
        assert await self.node.ledger.flush(5)
        database = Database.open(self.settings.database_url)
        try:
            return await History(database).list_calls(1_000)
        finally:
            await database.close()

    async def hang_up_all(self) -> None:
        for leg in list(self.carrier.calls.values()):
            leg.phone.hang_up()
        await self.carrier.settle()

    async def nothing_is_left(self) -> None:
        """Every call has ended once; no session, call or task of one remains."""
        await self.until(lambda: not self.node.floor._calls)
        await self.until(lambda: not self.model.open_sessions)
        ended = [f.call_id for f in self.facts if isinstance(f.event, e.CallEnded)]
        answered = [
            f.call_id for f in self.facts if isinstance(f.event, e.CallAnswered)
        ]
        assert len(ended) == len(set(ended))
        assert self.lets_go or sorted(ended) == sorted(answered)
        assert not [
            task for task in asyncio.all_tasks() if task.get_name().startswith("call_")
        ]


@asynccontextmanager
async def center(
    folder: Path,
    *,
    operators: Mapping[str, OperatorBehaviour] | None = None,
    operators_toml: str = OPERATORS,
    settings: Mapping[str, object] | None = None,
    faults: Faults | None = None,
    voice_ms: int | Callable[[str], int] = VOICE_MS,
    pace: Pace | None = None,
    options: Options | None = None,
    hurry: float = 20.0,
    rules: Mapping[str, Any] | None = None,
    public: str = "",
    prepared: bool = True,
) -> AsyncIterator[Center]:
    """Run the center with far ends that lose no time."""
    door = socket.create_server(("127.0.0.1", 0))
    local = f"http://127.0.0.1:{door.getsockname()[1]}"
    address = public or local
    told, voice = Told(), Hum(voice_ms)
    (folder / "operators.toml").write_text(operators_toml)
    if prepared:
        shutil.copy(_prepared(), folder / "callcenter.db")
    async with (
        ModelSimulator(
            ears=told,
            voice=voice,
            faults=faults or Faults(),
            pace=pace or Pace(think_ms=0, times_real=50, transcribe_ms=0),
        ) as model,
        CarrierSimulator(
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            number=OURS,
            voice_url=f"{address}/incoming-call",
            voice_fallback_url=f"{address}/voice/fallback",
            status_callback=f"{address}/voice/status",
            operators=operators,
            speak=hushed,
            hurry=hurry,
            options=options,
            reroute={
                address: local,
                address.replace("http", "ws", 1): local.replace("http", "ws", 1),
            },
        ) as carrier,
    ):
        chosen: dict[str, object] = {
            "public_url": address,
            "openai_api_key": SecretStr("sk-test"),
            "openai_realtime_url": model.url,
            "twilio_account_sid": ACCOUNT,
            "twilio_auth_token": SecretStr(TOKEN),
            "twilio_phone_number": OURS,
            "twilio_api_url": carrier.api_url,
            "open_meteo_url": "http://127.0.0.1:9",
            "open_meteo_geocoding_url": "http://127.0.0.1:9",
            "database_url": f"sqlite+aiosqlite:///{folder / 'callcenter.db'}",
            "operators_file": folder / "operators.toml",
            "greeting": "",
            "transfer": "cold",
            "queue_most_waiting": 0,  # nobody waits in line unless a test is about it
            "wrap_up_after_seconds": 3_600,  # tests/jobs is about that
        }
        configured = Settings(_env_file=None, **(chosen | dict(settings or {})))  # type: ignore[arg-type]
        facts: list[e.Fact] = []
        async with (
            running(configured, watchers=[facts.append]) as node,
            asyncio.TaskGroup() as tasks,
        ):
            house = node.floor.house
            node.floor.house = replace(
                house, rules=replace(house.rules, **(rules or {}))
            )
            ended = asyncio.Event()
            config = hypercorn_config(door)
            door.detach()  # the server closes it
            config.graceful_timeout = 0.1
            tasks.create_task(serve(node.app, config, shutdown_trigger=ended.wait))
            here = Center(node, carrier, model, told, voice, local, configured, facts)
            try:
                yield here
                await here.hang_up_all()
                await here.nothing_is_left()
            finally:
                ended.set()


@cache
def _prepared() -> Path:
    """A database of this version, made once: migrating takes longer than a call."""
    path = Path(mkdtemp()) / "prepared.db"
    try:
        upgrade(f"sqlite+aiosqlite:///{path}")
    except StorageError as error:
        raise AssertionError("the schema cannot be made") from error
    return path
