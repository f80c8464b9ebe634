"""The model fails, at every moment: the caller is never left in silence."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from callcenter.domain import events as e
from callcenter.domain.outcomes import Disposition
from callcenter.realtime import conversation, terms
from callcenter.simulator.carrier import (
    Answers,
    Ending,
    Happening,
    Leg,
    Signature,
    StreamFaults,
)
from callcenter.simulator.carrier.sound import tone
from callcenter.simulator.model.faults import Faults
from tests.fakes.center import ADA, Caller, Center, center
from tests.fakes.rooms import with_broken_briefing
from tests.fakes.speech import VOICE_MS, milliseconds

TAKES = Answers(after_s=0.1, talks=tone((180.0,), 200), hangs_up_after_s=0.1)


async def waits_for_the_end(caller: Caller) -> None:
    await caller.phone.happens(Happening.ENDED)


async def telephone(here: Center, script: object = waits_for_the_end) -> Leg:
    call = await here.call(script, wait=False)  # type: ignore[arg-type]
    await call.ended()
    return call


@pytest.mark.parametrize("code", [1000, 1001, 1011, 1006])
async def test_a_lost_session_is_taken_up_by_the_same_agent_with_all_that_was_said(
    tmp_path: Path, code: int
) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("what services do you offer")
            await here.session.close(code)
            await here.happened(e.CallResumed)
            await caller.hears_agent()
            await caller.asks("thank you")

        call = await here.call(script)
        resumed = here.of(e.CallResumed)[0]
        assert (resumed.agent, resumed.reason) == ("scheduling", "the connection broke")
        assert len(here.of(e.SessionLost)) == 1
        texts = [item.text for item in here.session.items]
        assert "what services do you offer" in texts
        assert any(text.startswith("We offer bicycle service") for text in texts)
        greetings = [text for text in here.voice.said if "Fjord Cycles" in text]
        assert len(greetings) == 1, "nobody is greeted twice"
        assert any("cut off" in text for text in here.voice.said)
        tools = {tool["name"] for tool in here.session.config["tools"]}
        assert "find_free_slots" in tools, "it is the calendar's agent who goes on"
        assert (await here.story(call))["disposition"] == "resolved"


async def test_what_a_lost_session_had_said_is_heard_out_and_known_to_the_next(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, voice_ms=long_greeting) as here:

        async def script(caller: Caller) -> None:
            await caller.phone.hears_sound()
            session = here.session
            await here.until(lambda: "response.done" in session.kinds_sent())
            await session.close(1011)
            await here.happened(e.SessionOpened, times=2)
            await caller.hears_agent()

        call = await here.call(script)
        greeting = here.of(e.AgentSpoke)[0]
        assert greeting.heard_ms == greeting.spoken_ms == 1_000
        replayed = [
            item.text for item in here.session.items if item.role == "assistant"
        ]
        assert replayed[0] == greeting.heard == greeting.generated
        assert len(here.of(e.StreamStarted)) == 1
        heard_ms = milliseconds(call.phone.heard_from("stream"))
        assert heard_ms >= 1_000 + VOICE_MS


def long_greeting(text: str) -> int:
    return 1_000 if "Fjord Cycles" in text else VOICE_MS


async def test_a_second_loss_leads_to_a_human(tmp_path: Path) -> None:
    async with center(tmp_path, operators={ADA: TAKES}) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            for times in (1, 2):
                await here.session.close(1011)
                await here.happened(e.SessionLost, times=times)
                if times == 1:
                    await here.happened(e.SessionOpened, times=2)
                    caller.forgets()
                    await caller.hears_agent()
            await caller.phone.happens(Happening.ENDED)

        call = await telephone(here, script)
        assert len(here.of(e.OperatorLeft)) == 1
        assert "connecting you to a colleague" in call.phone.said_texts[0]
        assert len(here.model.sessions) == 2
        assert (await here.story(call))["disposition"] == "escalated"


@pytest.mark.parametrize(
    ("faults", "tries"),
    [
        (Faults(handshake_status=401), 1),
        (Faults(handshake_status=503), 2),
        (Faults(close_before_created=True), 2),
        (Faults(handshake_hangs=True), 2),
        (Faults(ignore_updates=True), 2),
        (Faults(reject_update=1), 2),
        (Faults(malformed_frame=True), 2),
    ],
    ids=["401", "503", "closes", "hangs", "no answer", "refusal", "not JSON"],
)
async def test_without_a_model_the_caller_gets_a_human(
    tmp_path: Path, faults: Faults, tries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "CONNECT_SECONDS", 0.6)
    monkeypatch.setattr(terms, "ACCEPT_SECONDS", 0.4)
    async with center(tmp_path, faults=faults, operators={ADA: TAKES}) as here:
        call = await telephone(here)
        assert len(here.of(e.SessionLost)) == tries
        assert any("colleague" in text for text in call.phone.said_texts)
        assert len(here.of(e.OperatorLeft)) == 1
        assert here.of(e.CallEnded)[0].disposition is Disposition.ESCALATED


async def test_without_model_and_people_the_caller_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callcenter.wire.twiml.VOICEMAIL_QUIET_SECONDS", 0)
    faults = Faults(handshake_status=503)
    async with center(tmp_path, faults=faults, operators_toml="") as here:
        call = await telephone(here)
        texts = call.phone.said_texts
        assert any("nobody can take your call" in text for text in texts)
        assert any("after the tone" in text for text in texts)
        assert [one.agent for one in here.of(e.CallEscalated)] == ["triage"]


@pytest.mark.parametrize("code", ["insufficient_quota", "invalid_api_key"])
async def test_what_no_second_try_can_heal_is_not_tried_again(
    tmp_path: Path, code: str
) -> None:
    async with center(
        tmp_path, faults=Faults(ignore_updates=True), operators={ADA: TAKES}
    ) as here:

        async def complain(caller: Caller) -> None:
            await here.until(lambda: here.model.sessions)
            session = here.session
            await here.until(lambda: session.events("session.update"))
            await session.dialogue.complain(code, "You must pay.")
            await caller.phone.happens(Happening.ENDED)

        await telephone(here, complain)
        assert here.model.connections == 1
        (lost,) = here.of(e.SessionLost)
        assert "You must pay." in lost.reason
        assert len(here.of(e.OperatorLeft)) == 1


async def test_a_caller_who_leaves_a_dead_model_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, faults=Faults(handshake_hangs=True)) as here:

        async def script(caller: Caller) -> None:
            await caller.phone.waits(300)

        await here.call(script)
        await here.happened(e.CallEnded)


@pytest.mark.parametrize(
    "faults",
    [
        StreamFaults(ending=Ending.RESET),
        StreamFaults(ending=Ending.LINGER),
        StreamFaults(duplicate_start=True),
        StreamFaults(lose_marks=True),
        StreamFaults(duplicate_marks=True),
        StreamFaults(swap_marks=True),
        StreamFaults(mark_delay_ms=150),
        StreamFaults(second_socket=True),
        StreamFaults(stall_at_ms=100, stall_ms=300),
    ],
    ids=lambda faults: next(
        name
        for name in StreamFaults.__dataclass_fields__
        if getattr(faults, name) != getattr(StreamFaults(), name)
    ),
)
async def test_a_faulty_stream_is_no_reason_to_lose_a_call(
    tmp_path: Path, faults: StreamFaults
) -> None:
    async with center(tmp_path, rules={"watch_s": 0.5}) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("thank you")

        call = await here.call(script, faults=faults)
        await here.happened(e.CallEnded)
        spoken = [one["generated"] for one in (await here.story(call))["turns"]]
        assert "thank you" in spoken
        assert any("You are welcome" in text for text in spoken)


async def test_a_stream_that_is_torn_is_taken_up_again(tmp_path: Path) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.phone.happens(Happening.STREAM_STOPPED)
            leg.stream_faults = replace(leg.stream_faults, reset_after_ms=None)
            await here.happened(e.StreamStarted, times=2)
            caller.forgets()
            await caller.hears_agent()
            await caller.asks("thank you")

        leg = await here.call(
            script, wait=False, faults=StreamFaults(reset_after_ms=400)
        )
        await here.until(
            lambda: any("You are welcome" in text for text in here.voice.said), 15
        )
        assert [one.reason for one in here.of(e.CallResumed)] == [
            "the connection broke"
        ]
        assert here.of(e.SessionLost) == []


@pytest.mark.parametrize(
    "never",
    [
        StreamFaults(parameters={"token": "stolen"}),
        StreamFaults(signature=Signature.MISSING),
    ],
    ids=["refused", "no handshake"],
)
async def test_a_stream_that_never_comes_leads_to_a_human_and_leaves_nothing_open(
    tmp_path: Path, never: StreamFaults
) -> None:
    async with center(tmp_path, operators={ADA: TAKES}) as here:
        call = await here.call(waits_for_the_end, wait=False, faults=never)
        await call.ended()
        assert here.model.connections <= 2
        assert len(here.of(e.OperatorLeft)) == 1


async def test_a_call_has_a_longest_time_and_ends_with_a_goodbye(
    tmp_path: Path,
) -> None:
    rules = {"max_call_s": 1.0, "warn_s": 0.5, "watch_s": 0.05}
    async with center(tmp_path, rules=rules) as here:
        call = await telephone(here)
        (ended,) = here.of(e.CallEnded)
        assert ended.reason == "the call reached its limit"
        assert call.status == "completed"
        heard = [one.heard for one in here.of(e.AgentSpoke)]
        assert any("about a minute left" in text for text in heard)
        assert "end the call now" in heard[-1]


async def test_a_caller_of_whom_nobody_said_that_they_left_is_found_out(
    tmp_path: Path,
) -> None:
    """All callbacks are lost, and the stream's end as well."""
    async with center(tmp_path, rules={"watch_s": 0.2}) as here:
        here.carrier.number.status_callback = None

        async def script(caller: Caller) -> None:
            await caller.hears_agent()

        call = await here.call(script)
        await here.happened(e.CallEnded)
        assert call.over


async def test_a_fault_of_ours_in_one_call_spares_the_others(tmp_path: Path) -> None:
    async with center(tmp_path, operators={ADA: TAKES}) as here:

        async def talks(caller: Caller) -> None:
            await caller.hears_agent()
            await unlucky()
            await caller.asks("thank you")

        async def unlucky() -> None:
            with_broken_briefing(here)
            call = await here.call(waits_for_the_end, wait=False)
            await call.ended()

        await here.call(talks)
        assert sorted(one.disposition for one in here.of(e.CallEnded)) == [
            Disposition.ESCALATED,
            Disposition.RESOLVED,
        ]
        assert len(here.of(e.OperatorLeft)) == 1
        assert any("You are welcome" in text for text in here.voice.said)


async def test_an_errand_that_fails_ends_only_its_own_stream(tmp_path: Path) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            broken = next(iter(here.node.floor._calls.values())).call
            broken.start(fails())
            await here.happened(e.CallResumed)
            caller.forgets()
            await caller.hears_agent()
            await caller.asks("thank you")

        async def fails() -> None:
            await asyncio.sleep(0)
            raise ZeroDivisionError

        await here.call(script)
        assert any("You are welcome" in text for text in here.voice.said)
        assert here.of(e.SessionLost) == []
