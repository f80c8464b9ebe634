"""/metrics of a node: what its facts say, what it looks at, and who may see it."""

import asyncio
import hashlib
import inspect
import re
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from pydantic import SecretStr
from quart.testing.connections import WebsocketResponseError

from callcenter import floor as floor_package
from callcenter.assembly import measuring, node
from callcenter.assembly.metrics import RESCUED, Metrics
from callcenter.assembly.node import Node, running
from callcenter.domain import events as e
from callcenter.domain.ids import RecordingSid
from callcenter.domain.voicemail import VoicemailTranscribed
from callcenter.settings import Settings
from tests.fakes.center import _prepared
from tests.storage.story import WHOLE_CALL, call


def lines_of(text: str) -> dict[str, float]:
    pairs = [line.rpartition(" ") for line in text.splitlines() if line[0] != "#"]
    return {name: float(value) for name, _, value in pairs}


def test_a_call_is_counted_by_what_happened_in_it() -> None:
    metrics = Metrics()
    for fact in call("A"):
        metrics.see(fact)
    for fact in call("B", WHOLE_CALL[:3]):
        metrics.see(fact)
    found = lines_of(generate_latest(metrics.registry).decode())
    assert found['callcenter_calls_total{disposition="escalated"}'] == 1
    assert found["callcenter_calls_answered_total"] == 2
    assert found["callcenter_barge_ins_total"] == 1
    assert found["callcenter_barge_in_truncated_seconds_sum"] == 1.1
    assert found["callcenter_voice_to_voice_seconds_sum"] == 0.7
    assert found['callcenter_operator_attempts_total{outcome="no_answer"}'] == 1
    assert found['callcenter_frames_total{what="received"}'] == 500
    assert list(metrics.phases.values()) == ["talking"]


def test_what_is_late_of_a_call_does_not_begin_it_anew() -> None:
    metrics = Metrics()
    facts = call("A")
    late = replace(facts[-1], event=VoicemailTranscribed(RecordingSid("RE1"), "Hi."))
    for fact in (*facts, late):
        metrics.see(fact)
    assert not metrics.phases


def test_two_nodes_in_one_process_count_for_themselves() -> None:
    here, there = Metrics(), Metrics()
    here.see(call("A")[0])
    found = lines_of(generate_latest(there.registry).decode())
    assert found["callcenter_calls_answered_total"] == 0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    path = tmp_path / "callcenter.db"
    path.write_bytes(_prepared().read_bytes())
    (tmp_path / "operators.toml").write_text(
        '[[operators]]\nname = "Ada"\nnumber = "+15005550101"\n'
    )
    return Settings(
        _env_file=None,
        database_url=f"sqlite+aiosqlite:///{path}",
        operators_file=tmp_path / "operators.toml",
        metrics_token=SecretStr("let-me-in"),
        log_level="ERROR",
    )


async def test_a_node_tells_what_it_is_like_to_whoever_may_know(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node, "FLUSH_SECONDS", 0.2)
    monkeypatch.setattr(measuring, "TICK_SECONDS", 0.02)
    async with running(settings) as here:
        await refused_to_strangers(here)
        monkeypatch.setattr(measuring, "SLOW_SECONDS", 0.01)
        await asyncio.sleep(0.03)
        hold_the_loop()
        await asyncio.sleep(0.1)
        key = {"Authorization": "Bearer let-me-in"}
        answer = await here.app.test_client().get("/metrics", headers=key)
        found = lines_of(await answer.get_data(as_text=True))
    assert found["callcenter_calls_live"] == 0
    assert found['callcenter_calls_active{phase="talking"}'] == 0
    assert found['callcenter_operators{presence="available"}'] == 1
    assert found["callcenter_model_healthy"] == 1
    assert found["callcenter_queue_length"] == 0
    assert found["callcenter_spend_limit_usd"] == 1_000
    assert found["callcenter_signature_failures_total"] == 2
    assert found["callcenter_webhook_duplicates_total"] == 1
    assert found["callcenter_event_loop_lagged_total"] >= 1


async def refused_to_strangers(here: Node) -> None:
    client = here.app.test_client()
    proxied = {"X-Forwarded-For": "203.0.113.9"}
    assert (await client.get("/metrics", headers=proxied)).status_code == 401
    wrong = {"Authorization": "Bearer let-me-out"}
    assert (await client.get("/metrics", headers=wrong)).status_code == 401
    assert (await client.get("/metrics")).status_code == 200
    assert (await client.get("/api/v1/alarms")).status_code == 401
    assert (await client.post("/voice/status", headers=proxied)).status_code == 403
    with pytest.raises(WebsocketResponseError):
        async with client.websocket("/media-stream", headers=proxied) as socket:
            await socket.receive()
    again = {"I-Twilio-Idempotency-Token": "t1"}
    for _ in range(2):
        await client.post("/voice/stream-status", headers=again)


def hold_the_loop() -> None:
    """As a computation does that somebody put into the event loop."""
    hashlib.pbkdf2_hmac("sha256", b"a", b"b", 300_000)


def test_dead_air_is_what_is_longer_than_three_seconds() -> None:
    metrics = Metrics()
    spoke = WHOLE_CALL[9]
    assert isinstance(spoke, e.AgentSpoke)
    for fact in call("A", [replace(spoke, latency_ms=ms) for ms in (700, 4_500)]):
        metrics.see(fact)
    found = lines_of(generate_latest(metrics.registry).decode())
    assert found["callcenter_dead_air_seconds_total"] == 1.5


def test_every_rescue_of_the_floors_is_a_watchdog_that_is_counted() -> None:
    floor = Path(floor_package.__file__ or "").parent
    written = "".join(path.read_text() for path in floor.glob("*.py"))
    reasons = set(re.findall(r'rescue\("([^"]+)"\)', written))
    assert reasons == RESCUED
    metrics = Metrics()
    escalated = WHOLE_CALL[13]
    assert isinstance(escalated, e.CallEscalated)
    for fact in call("A", [replace(escalated, reason=one) for one in reasons]):
        metrics.see(fact)
    found = lines_of(generate_latest(metrics.registry).decode())
    silent = 'callcenter_watchdog_trips_total{reason="the assistant fell silent"}'
    assert found[silent] == 1


def test_every_metric_is_explained() -> None:
    told = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text()
    explained = set(re.findall(r"`(callcenter_\w+?)(?:\{[\w,]+\})?`", told))
    counted = {family.name for family in Metrics().registry.collect()}
    source = inspect.getsource(measuring)
    looked_at = [*re.findall(r'_(?:one|several)\(\s*"(\w+)"', source), "carrier_errors"]
    measured = counted | {f"callcenter_{name}" for name in looked_at}
    assert explained == measured
