"""The socket of a media stream: who is let in, and what it may say."""

import re
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from callcenter.domain import events as e
from callcenter.simulator.carrier import (
    MALFORMED_FRAMES,
    HandshakeFailed,
    RawStream,
    Signature,
    oversized_frame,
)
from callcenter.web import media
from callcenter.wire.media import Clear, Mark, Media, Stopped
from tests.fakes.asking import CALL_SID, asking, form
from tests.fakes.center import Center, center

POLICY_VIOLATION = 1008


async def answered(here: Center, call_sid: str = CALL_SID) -> str:
    """Have a call answered; returns the token of its stream."""
    async with asking(here.address) as twilio:
        document = (await twilio.post("/incoming-call", form(call_sid))).text
    found = re.search(r'name="token" value="([^"]+)"', document)
    assert found
    return found[1]


@asynccontextmanager
async def stream(
    here: Center,
    token: str | None,
    call_sid: str = CALL_SID,
    path: str = "/media-stream",
) -> AsyncIterator[RawStream]:
    """A stream that has said who it is."""
    raw = await here.carrier.open_stream(
        here.address.replace("http", "ws", 1) + path,
        call_sid=call_sid,
        parameters={} if token is None else {"token": token},
    )
    try:
        await raw.start()
        yield raw
    finally:
        await raw.close()


async def closed_with(raw: RawStream) -> int | None:
    while await raw.receive() is not None:
        pass
    return raw.close_code


async def hears_the_agent(raw: RawStream) -> None:
    while not isinstance(await raw.receive(), Media):
        pass


async def end(here: Center, call_sid: str = CALL_SID) -> None:
    async with asking(here.address) as twilio:
        await twilio.post("/voice/status", form(call_sid, CallStatus="completed"))


@pytest.mark.parametrize("signature", [Signature.MISSING, Signature.WRONG])
async def test_a_handshake_that_is_not_signed_is_refused(
    tmp_path: Path, signature: Signature
) -> None:
    async with center(tmp_path) as here:
        token = await answered(here)
        with pytest.raises(HandshakeFailed, match="403"):
            await here.carrier.open_stream(
                here.address.replace("http", "ws", 1) + "/media-stream",
                call_sid=CALL_SID,
                parameters={"token": token},
                signature=signature,
            )
        assert not here.of(e.StreamStarted)
        async with stream(here, token) as true:
            await hears_the_agent(true)
        await end(here)


@pytest.mark.parametrize("token", [None, "", "wrong", "x" * 400, "ÆØÅ"])
async def test_a_stream_without_the_token_is_closed_and_the_true_caller_is_served(
    tmp_path: Path, token: str | None
) -> None:
    async with center(tmp_path) as here:
        right = await answered(here)
        async with stream(here, token) as false:
            assert await closed_with(false) == POLICY_VIOLATION
        assert not here.of(e.StreamStarted)
        async with stream(here, right) as true:
            await hears_the_agent(true)
        assert here.model.connections == 1
        await end(here)


async def test_a_token_opens_one_stream_and_the_first_goes_on(tmp_path: Path) -> None:
    async with center(tmp_path) as here:
        token = await answered(here)
        async with stream(here, token) as true, stream(here, token) as second:
            assert await closed_with(second) == POLICY_VIOLATION
            await hears_the_agent(true)
        assert len(here.of(e.StreamStarted)) == here.model.connections == 1
        await end(here)


async def test_a_token_expires(tmp_path: Path) -> None:
    async with center(tmp_path, rules={"stream_s": -1.0}) as here:
        token = await answered(here)
        async with stream(here, token) as late:
            assert await closed_with(late) == POLICY_VIOLATION
        await end(here)


async def test_a_token_is_good_for_its_own_call_only(tmp_path: Path) -> None:
    other = "CA" + "b" * 32
    async with center(tmp_path) as here:
        token, others = await answered(here), await answered(here, other)
        async with stream(here, others, CALL_SID) as false:
            assert await closed_with(false) == POLICY_VIOLATION
        async with stream(here, token, "CA" + "c" * 32) as unknown:
            assert await closed_with(unknown) == POLICY_VIOLATION
        async with stream(here, token) as one, stream(here, others, other) as two:
            await hears_the_agent(one)
            await hears_the_agent(two)
        await end(here)
        await end(here, other)


async def test_the_path_may_name_a_node(tmp_path: Path) -> None:
    async with center(tmp_path) as here:
        token = await answered(here)
        async with stream(here, token, path="/media-stream/node-7") as true:
            await hears_the_agent(true)
        await end(here)


async def test_a_socket_that_never_starts_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "START_SECONDS", 0.2)
    async with center(tmp_path) as here:
        raw = await here.carrier.open_stream(
            here.address.replace("http", "ws", 1) + "/media-stream", call_sid=CALL_SID
        )
        await raw.send_raw('{"event":"connected"}')
        await raw.send_audio()
        assert await closed_with(raw) == POLICY_VIOLATION
        await raw.close()


async def test_only_so_many_sockets_may_wait_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "MAX_UNSTARTED", 1)
    async with center(tmp_path) as here:
        url = here.address.replace("http", "ws", 1) + "/media-stream"
        first = await here.carrier.open_stream(url, call_sid=CALL_SID)
        second = await here.carrier.open_stream(url, call_sid=CALL_SID)
        assert await closed_with(second) == media.TRY_LATER
        await first.close()
        await second.close()


ODD_FRAMES = [
    *MALFORMED_FRAMES,
    '{"event":"media","media":{"payload":"*","timestamp":"20","chunk":"1"}}',
    '{"event":"start","streamSid":"MZ1","start":{"callSid":"CA1"}}',
    '{"event":"connected"}',
    "",
    "null",
    "[" * 5_000,
]


async def test_nonsense_on_the_stream_is_counted_and_the_call_goes_on(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:
        token = await answered(here)
        async with stream(here, token) as raw:
            for frame in ODD_FRAMES:
                await raw.send_raw(frame)
            await raw.send_raw(oversized_frame())
            for audio in (b"", b"\xff", b"\xff" * 8_000):
                await raw.send_audio(audio)
            await raw.send_raw(
                '{"event":"media","media":{"payload":"","timestamp":"-5","chunk":"x1"}}'
            )
            await hears_the_agent(raw)
            await raw.send(Stopped())
            await here.happened(e.StreamEnded)
        ended = here.of(e.StreamEnded)[0]
        assert ended.malformed == len(ODD_FRAMES) + 2
        assert ended.frames == 3
        await end(here)


async def test_audio_before_the_start_is_not_the_callers(tmp_path: Path) -> None:
    async with center(tmp_path) as here:
        token = await answered(here)
        raw = await here.carrier.open_stream(
            here.address.replace("http", "ws", 1) + "/media-stream",
            call_sid=CALL_SID,
            parameters={"token": token},
        )
        for frame in ("{", b"\x00", '{"event":"mark","mark":{"name":"0:1"}}'):
            await raw.send_raw(frame)
        await raw.send_audio()
        await raw.start()
        await hears_the_agent(raw)
        await raw.close()
        assert (await here.happened(e.StreamEnded)).frames == 0
        await end(here)


async def test_late_and_strange_marks_do_not_move_what_was_heard(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:
        token = await answered(here)
        async with stream(here, token) as raw:
            for name in ("", "0:999", "7:1", "x" * 5_000):
                await raw.send_raw(
                    f'{{"event":"mark","streamSid":"MZ","mark":{{"name":"{name}"}}}}'
                )
            await hears_the_agent(raw)
        await here.happened(e.AgentSpoke)
        assert here.of(e.AgentSpoke)[0].heard == ""
        await end(here)


async def test_only_what_twilio_understands_is_sent_to_it(tmp_path: Path) -> None:
    async with center(tmp_path) as here:
        token = await answered(here)
        async with stream(here, token) as raw:
            kinds: set[type] = set()
            while kinds != {Media, Mark}:
                message = await raw.receive()  # raises what Twilio would complain of
                assert not isinstance(message, Clear)
                kinds.add(type(message))
        await end(here)


async def test_a_session_is_open_before_the_stream_and_closed_when_none_comes(
    tmp_path: Path,
) -> None:
    rules = {"stream_s": 0.5}
    async with center(tmp_path, rules=rules) as here:
        await answered(here)
        await here.until(lambda: here.model.open_sessions == 1)
        await here.until(lambda: here.model.open_sessions == 0)
        assert not here.of(e.StreamStarted)
        await end(here)


def frame_of(audio: bytes) -> str:
    payload = b64encode(audio).decode()
    return f'{{"event":"media","media":{{"payload":"{payload}","timestamp":"20"}}}}'


async def test_a_large_but_honest_frame_is_heard(tmp_path: Path) -> None:
    async with center(tmp_path) as here:
        token = await answered(here)
        async with stream(here, token) as raw:
            await raw.send_raw(frame_of(b"\xff" * 16_000))
            await hears_the_agent(raw)
            await raw.send(Stopped())
            assert (await here.happened(e.StreamEnded)).malformed == 0
        await end(here)
