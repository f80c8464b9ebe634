"""The way out when all else fails, callbacks, and whether the node is ready."""

from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pydantic import SecretStr

from callcenter.assembly.node import running
from callcenter.assembly.order import NO_KEY, NO_SIGNATURES
from tests.fakes.asking import CALL_SID, asking, form, served
from tests.fakes.center import ADA, BEA, CAI, center
from tests.web.test_incoming_call import parsed
from tests.web.test_without_a_token import settings


async def test_the_fallback_needs_neither_model_nor_database(tmp_path: Path) -> None:
    broken = {
        "database_url": f"sqlite+aiosqlite:///{tmp_path / 'nowhere' / 'x.db'}",
        "openai_realtime_url": "ws://127.0.0.1:9/v1/realtime",
    }
    async with center(tmp_path, settings=broken) as here:
        async with asking(here.address) as twilio:
            for answer in (
                await twilio.post("/voice/fallback", form(ErrorCode="11200")),
                await twilio.get("/voice/fallback", form(ErrorCode="11200")),
                await twilio.post("/voice/fallback", {"no": "CallSid"}),
            ):
                document = parsed(answer)
                assert [n.text for n in document.iter("Number")] == [ADA, BEA, CAI]
                assert [child.tag for child in document][-1] == "Hangup"
        assert here.model.connections == 0


async def test_without_operators_the_fallback_says_so_and_takes_a_message(
    tmp_path: Path,
) -> None:
    async with (
        center(tmp_path, operators_toml="") as here,
        asking(here.address) as twilio,
    ):
        document = parsed(await twilio.post("/voice/fallback"))
    assert [child.tag for child in document] == ["Say", "Record", "Redirect"]
    words = document[0].text or ""
    assert "connecting you" not in words, "nobody is there to be connected with"


@pytest.mark.parametrize(
    ("more", "tags"),
    [
        ({"DialCallStatus": "completed", "DialBridged": "true"}, ["Say", "Hangup"]),
        ({"DialCallStatus": "completed"}, ["Say", "Hangup"]),
        ({"DialCallStatus": "no-answer"}, ["Say", "Record", "Redirect"]),
        (
            {"DialCallStatus": "completed", "DialBridged": "false"},
            ["Say", "Record", "Redirect"],
        ),
        ({"DialCallStatus": "no-answer", "CallStatus": "completed"}, ["Hangup"]),
    ],
)
async def test_whom_nobody_answered_at_the_last_resort_may_leave_a_message(
    tmp_path: Path, more: dict[str, str], tags: list[str]
) -> None:
    async with center(tmp_path) as here, asking(here.address) as twilio:
        told = form(**{"CallStatus": "in-progress", **more})
        document = parsed(await twilio.post("/voice/fallback-ended", told))
    assert [child.tag for child in document] == tags


@pytest.mark.parametrize("path", ["/voice/status", "/voice/stream-status"])
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"CallSid": "nonsense", "SequenceNumber": "minus one"},
        form(CallStatus="exploded", SequenceNumber="x" * 1000),
        form(StreamEvent="stream-error", StreamError="a\r\nb", StreamSid="MZ\x00"),
        form(CallStatus="completed"),
    ],
)
async def test_a_status_callback_never_fails(
    tmp_path: Path, path: str, fields: Mapping[str, str]
) -> None:
    async with center(tmp_path) as here, asking(here.address) as twilio:
        answer = await twilio.post(path, fields)
        assert (answer.status_code, answer.text) == (204, "")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/operator/brief?attempt=att_1", "already hung up"),
        ("/operator/accept?attempt=att_1", "already hung up"),
        ("/voice/dial-ended?attempt=att_1", None),
        ("/voice/after-stream", "connecting you"),
    ],
)
async def test_a_call_that_nobody_knows_gets_an_answer_that_makes_sense(
    tmp_path: Path, path: str, words: str | None
) -> None:
    async with center(tmp_path) as here, asking(here.address) as twilio:
        document = parsed(await twilio.post(path, form(CallStatus="in-progress")))
        said = "".join(one.text or "" for one in document.iter("Say"))
        assert (words or "") in said
        assert document[-1].tag == "Hangup"


async def test_a_live_node_says_so_and_a_sound_one_is_ready(tmp_path: Path) -> None:
    async with center(tmp_path) as here, asking(here.address) as probe:
        live = await probe.client.get(f"{here.address}/healthz")
        assert (live.status_code, live.json()) == (200, {"status": "live"})
        ready = await probe.client.get(f"{here.address}/readyz")
        assert (ready.status_code, ready.json()) == (200, {"status": "ready"})


async def test_a_node_without_keys_says_which(tmp_path: Path) -> None:
    async with (
        running(settings(tmp_path)) as node,
        served(node.app) as address,
        asking(address) as probe,
    ):
        ready = await probe.client.get(f"{address}/readyz")
        assert ready.status_code == 503
        assert sorted(ready.json()["reasons"]) == sorted([NO_KEY, NO_SIGNATURES])
        assert (await probe.client.get(f"{address}/healthz")).status_code == 200


async def test_a_node_without_a_model_key_puts_callers_through_to_people(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, settings={"openai_api_key": SecretStr("")}) as here:
        async with asking(here.address) as twilio:
            document = parsed(await twilio.post("/incoming-call"))
            numbers = [number.text for number in document.iter("Number")]
            assert numbers == [ADA]
            assert "/operator/brief?attempt=" in ElementTree.tostring(
                document, encoding="unicode"
            )
            await twilio.post("/voice/status", form(CallStatus="completed"))
        assert here.model.connections == 0


async def test_a_draining_or_full_node_wants_no_calls(tmp_path: Path) -> None:
    async with center(tmp_path, settings={"max_calls": 1}) as here:
        async with asking(here.address) as twilio:
            await twilio.post("/incoming-call")
            full = await twilio.client.get(f"{here.address}/readyz")
            assert full.status_code == 503
            assert full.json()["reasons"] == [
                "The node has as many calls as it can serve."
            ]
            await twilio.post("/voice/status", form(CALL_SID, CallStatus="completed"))
            here.node.floor.draining = True
            draining = await twilio.client.get(f"{here.address}/readyz")
        assert draining.json()["reasons"] == [
            "The node is draining: it finishes its calls."
        ]


async def test_a_node_whose_database_is_down_says_so_without_its_password(
    tmp_path: Path,
) -> None:
    nowhere = tmp_path / "nowhere" / "callcenter.db"
    url = f"sqlite+aiosqlite:///{nowhere}"
    async with (
        center(tmp_path, settings={"database_url": url}) as here,
        asking(here.address) as probe,
    ):
        ready = await probe.client.get(f"{here.address}/readyz")
    assert ready.status_code == 503
    at_start, now = ready.json()["reasons"]
    assert "nowhere/callcenter.db cannot be used" in at_start
    assert now.endswith("nowhere/callcenter.db is gone.")
