"""Two nodes on one bus: whoever is asked, the node that has the call answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from callcenter.assembly import console, supervision
from callcenter.bus.local import LocalBus
from callcenter.domain import events as e, supervision as s
from callcenter.domain.people import Role
from callcenter.domain.supervision import Act
from callcenter.floor import neighbours
from callcenter.floor.orders import Orders
from callcenter.simulator.carrier import Leg
from callcenter.telephony.signatures import Signatures
from callcenter.wire import sound
from callcenter.wire.bus import Bus
from tests.calls.test_supervision import FRAME, on_the_line, speaking
from tests.fakes.center import CALLER, OURS, TOKEN, Center, center
from tests.fakes.nodes import PUBLIC, second_node


class SharedBus(LocalBus):
    """What Valkey is to nodes in different processes."""

    shared = True


@dataclass(slots=True)
class Pair:
    """The node that has the call, and another one."""

    owner: Center
    other: Center

    async def told(self, path: str, leg: Leg, status: str) -> httpx.Response:
        """Twilio asks the other node."""
        form = {
            "CallSid": leg.sid,
            "CallStatus": status,
            "From": CALLER,
            "To": OURS,
        }
        signature = Signatures(TOKEN)._validator.compute_signature(PUBLIC + path, form)
        async with httpx.AsyncClient() as http:
            return await http.post(
                self.other.address + path,
                content=urlencode(form),
                headers={
                    "Content-Type": "application/x-www-form-urlencoded",
                    "X-Twilio-Signature": signature,
                },
            )


@asynccontextmanager
async def pair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Pair, Leg]]:
    bus: Bus = SharedBus()
    supervising = supervision.supervising
    monkeypatch.setattr(
        console,
        "supervising",
        lambda app, floor, _, settings: supervising(app, floor, bus, settings),
    )
    async with (
        center(tmp_path, public=PUBLIC) as here,
        second_node(here) as other,
        on_the_line(here) as leg,
    ):
        here.node.bus = bus
        assert await here.node.ledger.flush(5)
        yield Pair(here, other), leg


async def test_a_status_callback_at_another_node_ends_the_call_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pair(tmp_path, monkeypatch) as (nodes, leg):
        answer = await nodes.told("/voice/status", leg, "completed")
        assert answer.status_code == 204
        await nodes.owner.happened(e.CallEnded)
        assert nodes.other.facts == []
        assert nodes.other.node.floor.live == 0


async def test_a_repeated_webhook_at_another_node_gets_the_first_ones_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pair(tmp_path, monkeypatch) as (nodes, leg):
        answer = await nodes.told("/incoming-call", leg, "in-progress")
        reception = nodes.owner.node.floor.register.calls[leg.sid]  # type: ignore[index]
        assert answer.text == reception.first_document
        assert nodes.other.node.floor.live == 0


async def test_a_node_that_does_not_answer_is_taken_for_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It said that the call is its own, and then nothing more."""
    monkeypatch.setattr(neighbours, "DOCUMENT_SECONDS", 0.1)

    async def never(*_: object) -> str:
        await asyncio.Event().wait()
        return ""

    async with pair(tmp_path, monkeypatch) as (nodes, leg):
        monkeypatch.setattr(nodes.owner.node.floor, "after_stream", never)
        answer = await nodes.told("/voice/after-stream", leg, "in-progress")
        assert "<Stream" in answer.text
        assert nodes.other.node.floor.live == 1
        nodes.owner.lets_go = True
        nodes.owner.node.floor.stop()


async def test_a_supervisor_at_another_node_listens_and_speaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pair(tmp_path, monkeypatch) as (nodes, leg):
        orders = nodes.other.node.app.extensions["orders"]
        assert isinstance(orders, Orders)
        call_id = nodes.owner.call_id(leg)

        async def give(act: Act) -> None:
            outcome = await orders.give(
                act,
                call_id,
                "eva",
                Role.SUPERVISOR,
                listener="eva-window",
                at_once=True,
            )
            assert outcome.done, outcome.text

        async with orders.bus.subscribe(sound.sound(call_id)) as heard:
            await give(Act.LISTEN)
            async with speaking(nodes.owner, leg):
                await give(Act.TAKE_OVER)
                await nodes.owner.happened(s.SupervisorTookOver)
                async with asyncio.timeout(5):
                    while (await anext(heard))[
                        : FRAME + 1
                    ] != sound.AGENT + b"\xff" * FRAME:
                        pass
                await give(Act.GIVE_BACK)
                await nodes.owner.happened(s.SupervisorGaveBack)
            await give(Act.LEAVE)
