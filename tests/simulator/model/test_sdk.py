"""The real client of the Agents SDK, unmodified, with real speech."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from agents import function_tool
from agents.realtime import (
    RealtimeAgent,
    RealtimeRunner,
    RealtimeSession,
    RealtimeSessionEvent,
    RealtimeSessionModelSettings,
)

from callcenter.simulator.model import ModelSimulator
from callcenter.simulator.model.reply import Pace
from callcenter.simulator.model.session import Session
from callcenter.simulator.speech import clips
from callcenter.wire import mulaw
from tests.simulator.model.client import conforms

SETTINGS: RealtimeSessionModelSettings = {
    "model_name": "x",
    "audio": {
        "input": {
            "format": "g711_ulaw",
            "transcription": {"model": "gpt-transcribe"},
            "turn_detection": {
                "type": "server_vad",
                "create_response": True,
                "interrupt_response": True,
            },
        },
        "output": {"format": "g711_ulaw", "voice": "marin"},
    },
}


@function_tool
def get_weather(place: str, day: str = "today") -> str:
    """The forecast."""
    return f'{{"say": "Rain in {place} {day}."}}'


def triage() -> RealtimeAgent[None]:
    weather = RealtimeAgent[None](
        name="weather",
        handoff_description="Questions about the weather.",
        tools=[get_weather],
    )
    return RealtimeAgent[None](name="triage", handoffs=[weather])


@pytest.fixture
async def model() -> AsyncIterator[ModelSimulator]:
    pytest.importorskip("pocketsphinx")
    pytest.importorskip("espeakng_loader")
    pace = Pace(think_ms=50)
    async with ModelSimulator(api_key="sk-test", pace=pace) as model:
        yield model
        for session in model.sessions:
            for recorded in session.sent:
                conforms(recorded.event)


@asynccontextmanager
async def session_with(
    model: ModelSimulator, agent: RealtimeAgent[None]
) -> AsyncIterator[RealtimeSession]:
    runner = RealtimeRunner(agent, config={"model_settings": SETTINGS})
    url = f"{model.url}?model=x"
    session = await runner.run(model_config={"url": url, "api_key": "sk-test"})
    async with session:
        yield session


async def speak(session: RealtimeSession, slug: str) -> None:
    """The clip in telephone frames, at twenty times the speed of speech."""
    audio = mulaw.silence(300) + clips.clip(slug).audio + mulaw.silence(600)
    for at in range(0, len(audio), mulaw.FRAME_BYTES):
        await session.send_audio(audio[at : at + mulaw.FRAME_BYTES])
        await asyncio.sleep(mulaw.FRAME_MS / 20 / 1_000)


async def until_quiet(
    session: RealtimeSession, served: Session, said: str
) -> list[RealtimeSessionEvent]:
    """The session's events until that has been said."""
    events: list[RealtimeSessionEvent] = []
    async with asyncio.timeout(20):
        async for event in session:
            events.append(event)
            done = served.events("response.output_audio_transcript.done")
            if event.type == "agent_end" and said in str(done):
                break
    return events


async def test_triage_hands_over_and_the_specialist_calls_its_tool_and_tells(
    model: ModelSimulator,
) -> None:
    async with session_with(model, triage()) as session:
        await speak(session, "weather-bergen")
        [served] = model.sessions
        events = await until_quiet(session, served, "Rain in Bergen tomorrow.")
    types = [event.type for event in events]
    assert "error" not in types
    assert types.count("handoff") == 1
    [tool_end] = [event for event in events if event.type == "tool_end"]
    assert "Rain in Bergen" in str(tool_end.output)
    heard = b"".join(e.audio.data for e in events if e.type == "audio")
    assert mulaw.milliseconds(heard) > 1_000
    updates = served.events("session.update")
    assert [t["name"] for t in updates[-1]["session"]["tools"]] == ["get_weather"]


async def test_barge_in_makes_the_client_truncate_and_the_model_forget(
    model: ModelSimulator,
) -> None:
    async with session_with(model, triage()) as session:
        await speak(session, "hello")
        [served] = model.sessions
        async with asyncio.timeout(10):
            async for event in session:
                if event.type == "audio_end":
                    break
        await speak(session, "wait")
        async with asyncio.timeout(10):
            async for event in session:
                if "conversation.item.truncated" in str(event):
                    break
    assert served.events("error") == []
    greeting = next(item for item in served.items if item.role == "assistant")
    assert greeting.heard_ms is not None
    assert len(greeting.heard_text) < len("Hello. How can I help you?")
    assert served.events("response.cancel") == []


async def test_two_callers_do_not_hear_each_other(model: ModelSimulator) -> None:
    async with (
        session_with(model, triage()) as one,
        session_with(model, triage()) as two,
        asyncio.TaskGroup() as both,
    ):
        both.create_task(speak(one, "weather-paris"))
        both.create_task(speak(two, "hello"))
        first, second = model.sessions
        both.create_task(_drain(one, first, "Rain in Paris today."))
        both.create_task(_drain(two, second, "How can I help you?"))
    assert [item.text for item in first.items if item.role == "user"] == [
        "what is the weather in paris today"
    ]
    assert [item.text for item in second.items if item.role == "user"] == ["hello"]


async def _drain(session: RealtimeSession, served: Session, said: str) -> None:
    await until_quiet(session, served, said)
