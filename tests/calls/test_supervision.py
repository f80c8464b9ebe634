"""People of the house on a live call: they listen, whisper, take over, end it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from callcenter.domain import events as e, supervision as s
from callcenter.domain.outcomes import Disposition
from callcenter.domain.people import Role
from callcenter.domain.phases import Phase
from callcenter.domain.supervision import Act
from callcenter.floor import orders as given, takeover
from callcenter.floor.orders import NOT_LIVE, Orders
from callcenter.simulator.carrier import Leg
from callcenter.wire import sound
from callcenter.wire.orders import Outcome
from tests.fakes.center import ADA, Caller, Center, center
from tests.fakes.speech import SENTENCE

FRAME = 160
EVA, FRED = "eva", "fred"


def orders(here: Center) -> Orders:
    found = here.node.app.extensions["orders"]
    assert isinstance(found, Orders)
    return found


async def give(
    here: Center, leg: Leg, act: Act, person: str = EVA, **how: object
) -> Outcome:
    role = how.pop("role", Role.SUPERVISOR)
    return await orders(here).give(
        act,
        here.call_id(leg),
        person,
        role,  # type: ignore[arg-type]
        listener=f"{person}-window",
        **how,  # type: ignore[arg-type]
    )


async def answers(caller: Caller) -> None:
    """Somebody who is greeted, asks one thing, and then stays on the line."""
    await caller.hears_agent()
    await caller.asks("what services do you offer")
    await asyncio.Event().wait()


def said(here: Center) -> list[tuple[str, str]]:
    """The model's own memory: who said what."""
    return [(one.role, one.text) for one in here.session.items]


@asynccontextmanager
async def on_the_line(here: Center) -> AsyncIterator[Leg]:
    """A caller with an agent that has just answered them."""
    leg = await here.call(answers, wait=False)
    await here.happened(e.AgentSpoke, times=2)
    yield leg


@asynccontextmanager
async def speaking(here: Center, leg: Leg, person: str = EVA) -> AsyncIterator[None]:
    """Their browser sends a frame every 20 ms, of silence or of what they say."""
    channel = sound.microphone(here.call_id(leg), f"{person}-window")

    async def send() -> None:
        while True:
            here.node.bus.publish(channel, b"\xff" * FRAME)
            await asyncio.sleep(0.02)

    async with asyncio.TaskGroup() as tasks:
        sending = tasks.create_task(send())
        yield
        sending.cancel()


async def says(here: Center, leg: Leg, text: str, person: str = EVA) -> None:
    """A supervisor speaks a sentence, and is understood so."""
    here.told.texts.append(text)
    channel = sound.microphone(here.call_id(leg), f"{person}-window")
    for at in range(0, len(SENTENCE), FRAME):
        here.node.bus.publish(channel, SENTENCE[at : at + FRAME])
        await asyncio.sleep(0.02)


async def test_a_listener_hears_both_sides_and_is_on_record(tmp_path: Path) -> None:
    async with center(tmp_path) as here, on_the_line(here) as leg:
        channel = sound.sound(here.call_id(leg))
        heard: list[bytes] = []

        async def listen() -> None:
            async with here.node.bus.subscribe(channel) as messages:
                async for message in messages:
                    heard.append(message)  # noqa: PERF401  # as it comes

        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(listen())
            assert (await give(here, leg, Act.LISTEN)).done
            here.told.texts.append("thank you")
            await leg.phone.say(SENTENCE)
            await here.until(lambda: any(m[:1] == sound.AGENT for m in heard))
            assert (await give(here, leg, Act.LEAVE)).done
            listening.cancel()
        of_caller = b"".join(m[1:] for m in heard if m[:1] == sound.CALLER)
        assert SENTENCE in of_caller
        talk = here.node.floor.register.with_id(here.call_id(leg)).call.talk  # type: ignore[arg-type,union-attr]
        assert talk is not None
        assert talk.line.tap is None
        assert [one.person for one in here.of(s.ListeningBegan)] == [EVA]
        assert [one.person for one in here.of(s.ListeningEnded)] == [EVA]


async def test_what_is_whispered_moves_the_agent_and_not_the_caller(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here, on_the_line(here) as leg:
        spoken = len(here.of(e.AgentSpoke))
        assert (await give(here, leg, Act.WHISPER, text="Offer a discount.")).done
        assert here.of(s.SupervisorWhispered) == [
            s.SupervisorWhispered(EVA, "Offer a discount.")
        ]
        note = ("system", s.whispered("Offer a discount."))
        await here.until(lambda: note in said(here))
        await here.happened(e.AgentSpoke, times=spoken + 1)


async def test_a_person_speaks_in_the_agents_place_and_gives_back(
    tmp_path: Path,
) -> None:
    async with (
        center(tmp_path) as here,
        on_the_line(here) as leg,
        speaking(here, leg),
    ):
        assert (await give(here, leg, Act.TAKE_OVER, at_once=True)).done
        await here.happened(s.SupervisorTookOver)
        assert here.state(leg).supervisor == EVA
        busy = await give(here, leg, Act.TAKE_OVER, FRED)
        assert busy == Outcome(
            done=False, text=f"{EVA} speaks with this caller already."
        )
        agent = len(here.of(e.AgentSpoke))
        await says(here, leg, "this is Eva")
        spoken = await here.happened(s.SupervisorSpoke)
        assert (spoken.person, spoken.text) == (EVA, "this is Eva")
        here.told.texts.append("I want a refund")
        await leg.phone.say(SENTENCE)
        await here.until(lambda: here.of(e.CallerSpoke)[-1].text == "I want a refund")
        assert len(here.of(e.AgentSpoke)) == agent, "the agent is silent"
        assert (await give(here, leg, Act.GIVE_BACK)).done
        back = await here.happened(s.SupervisorGaveBack)
        assert back == s.SupervisorGaveBack(EVA, "they gave it back")
        await here.happened(e.AgentSpoke, times=agent + 1)
        texts = said(here)
        assert ("system", s.colleague_said("this is Eva")) in texts
        assert ("user", "I want a refund") in texts
        assert ("user", "this is Eva") not in texts
        assert ("system", s.HANDED_BACK) in texts


async def test_a_supervisor_who_falls_silent_loses_the_call_to_the_agent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takeover, "SILENT_SECONDS", 0.2)
    async with center(tmp_path) as here, on_the_line(here) as leg:
        spoken = len(here.of(e.AgentSpoke))
        assert (await give(here, leg, Act.TAKE_OVER)).done
        back = await here.happened(s.SupervisorGaveBack)
        assert back.reason == takeover.GONE_SILENT
        await here.happened(e.AgentSpoke, times=spoken + 1)
        assert here.state(leg).supervisor == ""


async def test_a_session_that_dies_under_a_supervisor_is_replaced_in_silence(
    tmp_path: Path,
) -> None:
    async with (
        center(tmp_path) as here,
        on_the_line(here) as leg,
        speaking(here, leg),
    ):
        assert (await give(here, leg, Act.TAKE_OVER, at_once=True)).done
        await here.happened(s.SupervisorTookOver)
        spoken = len(here.of(e.AgentSpoke))
        await here.session.close()
        await here.happened(e.SessionOpened, times=2)
        await says(here, leg, "I am still here")
        assert (await here.happened(s.SupervisorSpoke)).text == "I am still here"
        assert len(here.of(e.AgentSpoke)) == spoken
        assert (await give(here, leg, Act.GIVE_BACK)).done
        await here.happened(e.AgentSpoke, times=spoken + 1)


async def test_a_supervisor_sends_the_caller_to_an_operator(tmp_path: Path) -> None:
    async with center(tmp_path) as here, on_the_line(here) as leg:
        assert (await give(here, leg, Act.ESCALATE, text="angry caller")).done
        assert here.of(s.SupervisorEscalated) == [
            s.SupervisorEscalated(EVA, "angry caller")
        ]
        assert (await here.happened(e.CallEscalated)).reason == "angry caller"
        called = await here.happened(e.OperatorCalled, timeout_s=20)
        assert called.destination == ADA


async def test_a_supervisor_ends_the_call_with_a_goodbye(tmp_path: Path) -> None:
    async with center(tmp_path) as here, on_the_line(here) as leg:
        spoken = len(here.of(e.AgentSpoke))
        assert (await give(here, leg, Act.END)).done
        ended = await here.happened(e.CallEnded, timeout_s=20)
        assert (ended.disposition, ended.reason) == (
            Disposition.RESOLVED,
            "a supervisor ended the call",
        )
        assert len(here.of(e.AgentSpoke)) > spoken
        gone = await give(here, leg, Act.WHISPER, text="hello")
        assert not gone.done


async def test_what_is_not_possible_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with center(tmp_path) as here, on_the_line(here) as leg:
        who = await give(here, leg, Act.END, role=Role.OPERATOR)
        assert who == Outcome(done=False, text="This takes a supervisor's rights.")
        assert here.state(leg).phase is Phase.TALKING
        assert not (await give(here, leg, Act.WHISPER, text=" ")).done
        assert not (await give(here, leg, Act.GIVE_BACK)).done
        monkeypatch.setattr(given, "ANSWER_SECONDS", 0.05)
        nobody = await orders(here).give(Act.END, "call_x", EVA, Role.SUPERVISOR)
        assert nobody == NOT_LIVE
