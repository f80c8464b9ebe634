"""One node: everything that a process of ours consists of, started and ended together.

Production passes nothing but settings; tests and the demo pass what they fake.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import httpx
from quart import Quart

from callcenter.assembly import order, voice
from callcenter.assembly.after_the_call import AfterTheCall, after_the_call
from callcenter.assembly.appointments import (
    Appointments,
    appointments,
    running_errands,
)
from callcenter.assembly.briefing import Briefing
from callcenter.assembly.bus import connected
from callcenter.assembly.callbacks import Calling
from callcenter.assembly.clock import SystemClock
from callcenter.assembly.console import console
from callcenter.assembly.doors import check_doors
from callcenter.assembly.fact_log import log_fact
from callcenter.assembly.identity import CallIdentity
from callcenter.assembly.line import Line, people
from callcenter.assembly.model_health import ModelHealth
from callcenter.assembly.on_duty import OnDuty
from callcenter.assembly.programs import programs
from callcenter.assembly.readiness import Readiness
from callcenter.assembly.reaping import reaping
from callcenter.assembly.redaction import hiding, redactor
from callcenter.assembly.remembering import journal, recall
from callcenter.assembly.retention import records
from callcenter.assembly.rules import rules_of
from callcenter.assembly.tools import Toolbox, toolbox
from callcenter.domain.events import Fact
from callcenter.errors import StorageError
from callcenter.floor.floor import Floor
from callcenter.floor.house import House
from callcenter.floor.ports import Carrier, Clock
from callcenter.settings import Settings
from callcenter.storage.callers import Callers
from callcenter.storage.customers import Customers
from callcenter.storage.engine import Database
from callcenter.storage.history import History
from callcenter.storage.ledger import Ledger
from callcenter.storage.library import Library
from callcenter.storage.schema import upgrade
from callcenter.storage.tickets import TicketBook
from callcenter.telephony.carrier import TwilioCarrier
from callcenter.telephony.signatures import Signatures
from callcenter.tools.desk import Desk
from callcenter.tools.extensions import load_catalogue
from callcenter.tools.open_meteo import OpenMeteo
from callcenter.tools.registry import Catalogue
from callcenter.tools.resources import opened
from callcenter.tools.rosters import Rosters
from callcenter.web.app import create_app
from callcenter.web.proof import Proof
from callcenter.wire.bus import Bus

FLUSH_SECONDS: Final = 5.0
"""For the last facts, at the end of the process."""

RETRY_SECONDS: Final = 5.0
"""Between tries to reach a database that was down at the start."""


@dataclass(slots=True)
class Node:
    """A running node."""

    app: Quart
    floor: Floor
    ledger: Ledger
    rosters: Rosters
    settings: Settings
    knowledge: Library
    bus: Bus
    after: AfterTheCall
    problems: dict[str, str] = field(default_factory=dict)
    """What is not in order, by its name; a sentence each."""
    model: ModelHealth = field(default_factory=ModelHealth)

    def __post_init__(self) -> None:
        self.floor.house.watchers.extend([self.model.watch, self.after.watch])

    def not_ready(self) -> list[str]:
        """Why no calls should be sent here."""
        reasons = list(self.problems.values())
        if self.ledger.problem:
            reasons.append(self.ledger.problem)
        if self.floor.draining:
            reasons.append("The node is draining: it finishes its calls.")
        if self.floor.live >= self.floor.house.rules.max_calls:
            reasons.append("The node has as many calls as it can serve.")
        return reasons

    def warnings(self) -> list[str]:
        """What people should look at, though calls are served."""
        cards = [str(problem) for problem in self.rosters.problems]
        articles = [str(problem) for problem in self.knowledge.problems]
        model = [self.model.trouble] if self.model.trouble else []
        operators = self.floor.house.operators()
        bus, spent = self.bus.problem, self.floor.house.no_agents()
        return [
            *model,
            *[problem for problem in (bus, spent) if problem],
            *self.after.warnings(),
            *order.warnings(self.settings, operators),
            *cards,
            *articles,
        ]


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    carrier: Carrier | None = None,
    clock: Clock | None = None,
    watchers: Sequence[Callable[[Fact], None]] = (),
) -> AsyncIterator[Node]:
    """Start a node, and end it with all that it started.

    Raises ConfigurationError when the cards, the tools, the operators' file or the
    database's address make no sense; a database or a model that is down is no reason.
    """
    catalogue, rosters = _agents(settings)
    database = Database.open(settings.database_url)
    ledger = Ledger(database, journal(settings), redact=redactor(settings))
    clock = clock or SystemClock()
    kept = appointments(settings, database, clock)
    duty, line = people(settings, database, kept, clock)
    calling = Calling.of(settings, database, kept, (duty, line), clock)
    async with (
        opened(catalogue.modules) as resources,
        AsyncExitStack() as doors,
        asyncio.TaskGroup() as tasks,
    ):
        doors.push_async_callback(database.close)
        knowledge = doors.enter_context(closing(Library(settings.cards / "knowledge")))
        http = await doors.enter_async_context(httpx.AsyncClient())
        if carrier is None:
            carrier = await doors.enter_async_context(_twilio(settings))
        tools = await doors.enter_async_context(
            toolbox(settings, catalogue, rosters, resources)
        )
        recorded = await doors.enter_async_context(records(settings, database, clock))
        desk = partial(
            Desk,
            schedule=kept.book,
            tickets=TicketBook(database, hide=hiding(settings)),
            knowledge=knowledge,
            weather=OpenMeteo(
                http,
                forecast_url=settings.open_meteo_url,
                geocoding_url=settings.open_meteo_geocoding_url,
                api_key=settings.open_meteo_api_key.get_secret_value(),
            ),
            clock=clock,
            town=settings.house_town,
            calls_back=calling.calls_back,
        )
        house = House(
            rules=rules_of(settings),
            carrier=carrier,
            ledger=ledger,
            redacted=redactor(settings).publishable,
            clock=clock,
            lines=voice.lines(settings),
            conversations=voice.conversations(settings),
            rosters=rosters,
            recall=lambda call_sid: recall(History(database), call_sid),
            operators=duty.free,
            refuses=duty.guard,
            queue=line,
            no_agents=calling.purse.empty,
            toolbox=lambda call_id, number, control: tools.of(
                desk(
                    call_id=call_id,
                    caller_number=number,
                    call=control,
                    deeds=control.deeds,
                    identity=CallIdentity(number, control, Customers(database), clock),
                )
            ),
            briefing=Briefing(settings, kept.book, Callers(database), clock),
            recordings=recorded if settings.record_calls else None,
            watchers=[log_fact, duty.see, line.see, calling.purse.see, *watchers],
        )
        floor = Floor(house)
        node = Node(
            Quart("callcenter"),
            floor,
            ledger,
            rosters,
            settings,
            knowledge,
            await doors.enter_async_context(connected(settings)),
            await doors.enter_async_context(after_the_call(settings, database, clock)),
            order.problems(settings),
        )
        node.app = create_app(
            floor,
            _proof(settings),
            Readiness(node.not_ready, database.check, clock),
            node.warnings,
        )
        prepare = partial(_prepare, node, settings, kept, duty)
        await prepare()
        for lasting in (
            console(node, database, clock, kept),
            programs(node, database, clock, kept),
            running_errands(settings, kept, clock, node.app),
            calling.running(node.app, floor, _proof(settings)),
            reaping(settings, floor, database),
        ):
            await doors.enter_async_context(lasting)
        storing = tasks.create_task(ledger.run())
        repairing = tasks.create_task(_look_after(node, prepare))
        following = tasks.create_task(_follow(tools, duty, line))
        working = tasks.create_task(floor.run())
        await tools.tried()  # and the floor runs before anybody can call
        try:
            yield node
        finally:
            repairing.cancel()
            following.cancel()
            floor.stop()
            await asyncio.wait([working])
            await ledger.flush(FLUSH_SECONDS)
            storing.cancel()


def _agents(settings: Settings) -> tuple[Catalogue, Rosters]:
    """The tools and the cards. Raises ConfigurationError, also for other settings."""
    check_doors(settings)
    catalogue = load_catalogue(settings.tools_modules)
    return catalogue, Rosters(
        settings.cards, settings.entry_agent, catalogue.descriptions
    )


async def _prepare(
    node: Node, settings: Settings, kept: Appointments, duty: OnDuty
) -> None:
    """Bring the database to this version, and give an empty one its first contents."""
    try:
        await asyncio.to_thread(upgrade, settings.database_url)
        await kept.prepare()
        await duty.prepare()
    except StorageError as error:
        node.problems["database"] = str(error)
    else:
        node.problems.pop("database", None)


async def _look_after(node: Node, prepare: Callable[[], Awaitable[None]]) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_repair(node, prepare))
        tasks.create_task(node.knowledge.follow())


async def _follow(tools: Toolbox, duty: OnDuty, line: Line) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(tools.follow())
        tasks.create_task(duty.run())
        tasks.create_task(line.run())


async def _repair(node: Node, prepare: Callable[[], Awaitable[None]]) -> None:
    while "database" in node.problems:
        await asyncio.sleep(RETRY_SECONDS)
        await prepare()


def _twilio(settings: Settings) -> TwilioCarrier:
    return TwilioCarrier(
        settings.twilio_account_sid,
        settings.twilio_auth_token.get_secret_value(),
        settings.twilio_api_url,
    )


def _proof(settings: Settings) -> Proof:
    token = settings.twilio_auth_token.get_secret_value()
    return Proof(settings.public_base, Signatures(token))
