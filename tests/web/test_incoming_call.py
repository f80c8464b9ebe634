"""The first webhook of a call: who is believed, and what is answered."""

from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest

from tests.fakes.asking import CALL_SID, Fields, asking, form
from tests.fakes.center import ADA, BEA, CAI, Center, center

PUBLIC = "https://calls.example.test"


def parsed(response: httpx.Response) -> ElementTree.Element:
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/xml")
    document = ElementTree.fromstring(response.text)
    assert document.tag == "Response"
    return document


async def end(here: Center, call_sid: str = CALL_SID) -> None:
    async with asking(here.address, here.settings.public_base) as twilio:
        done = await twilio.post(
            "/voice/status", form(call_sid, CallStatus="completed")
        )
    assert done.status_code == 204


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_call_is_answered_with_a_stream_that_carries_a_token(
    tmp_path: Path, method: str
) -> None:
    async with (
        center(tmp_path, public=PUBLIC) as here,
        asking(here.address, PUBLIC) as twilio,
    ):
        if method == "GET":
            document = parsed(await twilio.get("/incoming-call", form()))
        else:
            document = parsed(await twilio.post("/incoming-call"))
        assert [child.tag for child in document] == ["Connect"]
        connect = document[0]
        assert connect.attrib["action"] == f"{PUBLIC}/voice/after-stream"
        stream = connect.find("Stream")
        assert stream is not None
        assert stream.attrib["url"] == "wss://calls.example.test/media-stream"
        assert stream.attrib["statusCallback"] == f"{PUBLIC}/voice/stream-status"
        parameter = stream.find("Parameter")
        assert parameter is not None
        assert parameter.attrib["name"] == "token"
        assert len(parameter.attrib["value"]) >= 32
        await end(here)


async def test_the_recorded_greeting_is_spoken_before_the_stream(
    tmp_path: Path,
) -> None:
    greeting = {"greeting": "Welcome to <Fjord & Cycles>."}
    async with (
        center(tmp_path, settings=greeting) as here,
        asking(here.address) as twilio,
    ):
        document = parsed(await twilio.post("/incoming-call"))
        assert [child.tag for child in document] == ["Say", "Connect"]
        assert document[0].text == "Welcome to <Fjord & Cycles>."
        await end(here)


async def test_a_repeated_webhook_gets_the_same_document_and_no_second_session(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here, asking(here.address) as twilio:
        first = await twilio.post("/incoming-call")
        again = await twilio.post("/incoming-call")
        assert first.text == again.text
        await here.until(lambda: here.model.open_sessions)
        assert here.node.floor.live == here.model.connections == 1
        await end(here)
        assert len(await here.stored_calls()) == 1


async def test_another_call_gets_another_token(tmp_path: Path) -> None:
    other = "CA" + "b" * 32
    async with center(tmp_path) as here, asking(here.address) as twilio:
        first = await twilio.post("/incoming-call")
        second = await twilio.post("/incoming-call", form(other))
        assert first.text != second.text
        await end(here)
        await end(here, other)


FALSE = [None, b"", b"d3JvbmcgYnV0IHdlbGwgZm9ybWVkISE=", "ÆØÅ".encode()]
"""Signatures that are none."""


@pytest.mark.parametrize(
    "path",
    [
        "/incoming-call",
        "/voice/after-stream",
        "/voice/dial-ended?attempt=att_1",
        "/voice/fallback",
        "/voice/status",
        "/voice/stream-status",
        "/operator/brief?attempt=att_1",
        "/operator/accept?attempt=att_1",
    ],
)
async def test_what_is_not_signed_is_refused_and_touches_nothing(
    tmp_path: Path, path: str
) -> None:
    async with center(tmp_path) as here, asking(here.address) as stranger:
        for false in FALSE:
            headers = {} if false is None else {"X-Twilio-Signature": false}
            answer = await stranger.unsigned(path, headers=headers)
            assert answer.status_code == 403
            assert "signature" in answer.text
            assert ADA not in answer.text
        assert (here.node.floor._calls, here.model.connections) == ({}, 0)
        assert (here.facts, await here.stored_calls()) == ([], [])


async def test_a_signature_of_another_account_is_refused(tmp_path: Path) -> None:
    async with center(tmp_path) as here, asking(here.address) as twilio:
        twilio.public = "https://elsewhere.example"
        assert (await twilio.post("/incoming-call")).status_code == 403


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/incoming-call?node=7&x=%2B1%20a", form()),
        ("/incoming-call", form(FromCity="", ToZip="", CallerName="")),
        ("/incoming-call", form(Name="Kåre + Søn & Co", Padded="  two  ")),
        ("/incoming-call", {**form(), "Twice": ["b", "a"], "SipHeader": ["", "x"]}),
        ("/incoming-call", form(SomethingNewOfTwilios="2027")),
    ],
    ids=["query", "blank", "odd characters", "repeated", "unknown"],
)
async def test_a_right_signature_passes_whatever_the_form_holds(
    tmp_path: Path, path: str, fields: Fields
) -> None:
    async with center(tmp_path) as here, asking(here.address) as twilio:
        parsed(await twilio.post(path, fields))
        await end(here)


@pytest.mark.parametrize(
    ("public", "signed"),
    [
        ("https://calls.example.test", "https://calls.example.test:443"),
        ("https://calls.example.test:443", "https://calls.example.test"),
        ("https://calls.example.test:8443", "https://calls.example.test:8443"),
        ("http://calls.example.test", "http://calls.example.test:80"),
        (
            "https://calls.example.test/callcenter",
            "https://calls.example.test/callcenter",
        ),
    ],
)
async def test_ports_may_be_written_out_or_not(
    tmp_path: Path, public: str, signed: str
) -> None:
    async with center(tmp_path, public=public) as here:
        async with asking(here.address, public) as twilio:
            path = "/incoming-call"
            answer = await twilio.post(path, signed_as=signed + path)
        parsed(answer)
        await end(here)


async def test_a_signature_for_one_port_is_none_for_another(tmp_path: Path) -> None:
    async with center(tmp_path, public=PUBLIC) as here, asking(here.address) as twilio:
        answer = await twilio.post(
            "/incoming-call", signed_as=f"{PUBLIC}:8443/incoming-call"
        )
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"CallSid": ""},
        {"CallSid": "CA123"},
        {"CallSid": "CA" + "z" * 32},
        {"CallSid": "../../etc/passwd"},
        {"CallStatus": "ringing"},
    ],
)
async def test_a_form_that_makes_no_sense_still_gets_people(
    tmp_path: Path, fields: dict[str, str]
) -> None:
    async with center(tmp_path) as here, asking(here.address) as twilio:
        for path in ("/incoming-call", "/voice/after-stream", "/voice/dial-ended"):
            document = parsed(await twilio.post(path, fields))
            numbers = [number.text for number in document.iter("Number")]
            assert numbers == [ADA, BEA, CAI]
        assert here.node.floor._calls == {}


@pytest.mark.parametrize("junk", [b"\xff\xfe%%%=&&&=", b"", b'{"CallSid": "CA"}'])
async def test_what_is_no_form_at_all_is_no_reason_to_fail(
    tmp_path: Path, junk: bytes
) -> None:
    async with center(tmp_path) as here, asking(here.address) as twilio:
        answer = await twilio.client.post(
            f"{here.address}/incoming-call",
            content=junk,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert answer.status_code == 403


async def test_a_body_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    async with center(tmp_path) as here, asking(here.address) as twilio:
        answer = await twilio.post("/incoming-call", form(Padding="x" * 100_000))
        assert answer.status_code == 413
        assert here.node.floor._calls == {}


async def test_a_full_house_dials_people(tmp_path: Path) -> None:
    other = "CA" + "b" * 32
    async with center(tmp_path, settings={"max_calls": 1}) as here:
        async with asking(here.address) as twilio:
            await twilio.post("/incoming-call")
            document = parsed(await twilio.post("/incoming-call", form(other)))
        assert [number.text for number in document.iter("Number")] == [ADA, BEA, CAI]
        assert "busy" in (document[0].text or "")
        await here.until(lambda: here.model.connections)
        assert here.model.connections == 1
        await end(here)


async def test_a_node_that_is_draining_has_the_caller_ask_again(tmp_path: Path) -> None:
    """A load balancer asks another node by then, or this one has been restarted."""
    async with center(tmp_path) as here, asking(here.address) as twilio:
        here.node.floor.draining = True
        document = parsed(await twilio.post("/incoming-call"))
        assert [verb.tag for verb in document] == ["Say", "Pause", "Redirect"]
        again = document.findtext("Redirect") or ""
        assert again == f"{here.address}/incoming-call?waited=1"
        document = parsed(await twilio.post(again.removeprefix(here.address)))
        assert [verb.tag for verb in document] == ["Pause", "Redirect"]
        assert here.model.connections == 0


async def test_a_fault_inside_dials_people(tmp_path: Path) -> None:
    async with center(tmp_path) as here, asking(here.address) as twilio:
        register = here.node.floor.register
        find = register.find
        register.find = None  # type: ignore[assignment, method-assign]  # a fault
        for path in ("/incoming-call", "/voice/after-stream"):
            document = parsed(await twilio.post(path))
            assert [number.text for number in document.iter("Number")] == [
                ADA,
                BEA,
                CAI,
            ]
        register.find = find  # type: ignore[method-assign]
