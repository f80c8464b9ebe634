"""Media Streams: what the server sees, and what the caller hears."""

import asyncio
from base64 import b64decode

from aiohttp import web
from twilio.request_validator import RequestValidator

from callcenter.simulator.carrier import (
    CarrierSimulator,
    Ending,
    Happening,
    Leg,
    Network,
    Options,
    Phone,
    Signature,
    StreamFaults,
)
from callcenter.simulator.carrier.sound import tone
from tests.simulator.carrier.tiny_server import (
    TOKEN,
    TinyServer,
    audio_of,
    frames,
    nothing,
    speak,
    swallow,
    voiced,
)

CALLER = "+4740000001"
SENTENCE = tone((300.0,), 400)
LONG = tone((300.0,), 2000)


def connect(server: TinyServer, **stream: str) -> str:
    extra = "".join(f' {name}="{value}"' for name, value in stream.items())
    return (
        '<Response><Connect action="/after">'
        f'<Stream url="{server.ws_url}"{extra}>'
        '<Parameter name="token" value="t0ken"/></Stream></Connect></Response>'
    )


async def test_a_stream_begins_with_connected_and_start(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = connect(server)

    async def script(phone: Phone) -> None:
        await phone.happens(Happening.STREAM_STARTED)
        await phone.waits(200)
        phone.press("5")
        await phone.waits(100)

    call = await carrier.place_call(CALLER, script, hang_up_after_script=True)
    await call.ended()
    connected, start, first, second = server.frames[:4]
    assert connected["event"] == "connected"
    assert start["start"] == {
        "streamSid": start["streamSid"],
        "accountSid": carrier.account_sid,
        "callSid": call.sid,
        "tracks": ["inbound"],
        "mediaFormat": {
            "encoding": "audio/x-mulaw",
            "sampleRate": 8000,
            "channels": 1,
        },
        "customParameters": {"token": "t0ken"},
    }
    assert start["sequenceNumber"] == "1"
    assert first["sequenceNumber"] == "2"
    assert first["media"] == {
        "track": "inbound",
        "chunk": "1",
        "timestamp": "20",
        "payload": "/" * 213 + "w==",
    }
    assert second["media"]["timestamp"] == "40"  # type: ignore[index]
    (dtmf,) = server.frames_of("dtmf")
    assert dtmf["dtmf"] == {"track": "inbound_track", "digit": "5"}
    assert server.frames[-1]["event"] == "stop"
    sequence = [int(str(frame["sequenceNumber"])) for frame in server.frames[1:]]
    assert sequence == list(range(1, len(sequence) + 1))


async def test_the_caller_hears_the_echo_of_what_was_said(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = connect(server)

    async def script(phone: Phone) -> None:
        await phone.happens(Happening.STREAM_STARTED)
        await phone.say(SENTENCE)
        await phone.hears_pause(quiet_ms=300)

    call = await carrier.place_call(CALLER, script, hang_up_after_script=True)
    await call.ended()
    assert voiced(call.phone.heard_from("stream")) == SENTENCE
    sent = b"".join(audio_of(frame) for frame in server.frames_of("media"))
    assert SENTENCE in sent


async def test_frames_keep_to_real_time(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = connect(server)
    arrived_s: list[float] = []

    async def timing(server: TinyServer, ws: web.WebSocketResponse) -> None:
        now = asyncio.get_running_loop().time
        arrived_s.extend(
            [now() async for f in frames(server, ws) if f["event"] == "media"]
        )

    server.socket = timing
    call = await carrier.place_call(CALLER, nothing)
    await asyncio.sleep(1.2)
    call.phone.hang_up()
    await call.ended()
    rate = (len(arrived_s) - 1) / (arrived_s[-1] - arrived_s[0])
    assert 45 < rate < 55


async def test_marks_come_back_when_their_audio_has_played(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = connect(server)
    took_s: list[float] = []

    async def speaking(server: TinyServer, ws: web.WebSocketResponse) -> None:
        now = asyncio.get_running_loop().time
        began_s = now()
        async for frame in frames(server, ws):
            sid = frame.get("streamSid")
            if frame["event"] == "start":
                await ws.send_json(speak(SENTENCE, sid))
                began_s = now()
                mark = {"name": "end"}
                await ws.send_json({"event": "mark", "streamSid": sid, "mark": mark})
            if frame["event"] == "mark":
                took_s.append(now() - began_s)
                break

    server.socket = speaking
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert 0.38 < took_s[0] < 0.7
    assert server.forms_to("/after")


async def test_a_mark_with_nothing_before_it_comes_back_at_once(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = connect(server)

    async def marking(server: TinyServer, ws: web.WebSocketResponse) -> None:
        async for frame in frames(server, ws):
            if frame["event"] == "start":
                mark = {"name": "now"}
                sid = frame["streamSid"]
                await ws.send_json({"event": "mark", "streamSid": sid, "mark": mark})
            if frame["event"] == "mark":
                break

    server.socket = marking
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert len(server.frames_of("media")) <= 3


async def test_clear_silences_the_caller_and_returns_all_marks_in_order(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = connect(server)

    async def speaking(server: TinyServer, ws: web.WebSocketResponse) -> None:
        async for frame in frames(server, ws):
            sid = frame.get("streamSid")
            if frame["event"] == "start":
                for name in ("a", "b"):
                    await ws.send_json(speak(LONG, sid))
                    mark = {"event": "mark", "streamSid": sid, "mark": {"name": name}}
                    await ws.send_json(mark)
            if len(server.frames_of("media")) == 25:
                await ws.send_json({"event": "clear", "streamSid": sid})
            if len(server.frames_of("mark")) == 2:
                break

    server.socket = speaking
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    names = [frame["mark"]["name"] for frame in server.frames_of("mark")]  # type: ignore[index]
    assert names == ["a", "b"]
    heard_ms = len(call.phone.heard_from("stream")) // 8
    assert 300 < heard_ms < 900
    cleared = [e for e in call.phone.events if e.what is Happening.CLEARED]
    assert "unheard" in cleared[0].detail


async def test_what_the_server_may_not_send_is_ignored_with_a_warning(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = connect(server)

    async def rambling(server: TinyServer, ws: web.WebSocketResponse) -> None:
        async for frame in frames(server, ws):
            sid = frame.get("streamSid")
            if frame["event"] != "start":
                continue
            await ws.send_json({"event": "dance", "streamSid": sid})
            await ws.send_json(speak(SENTENCE, "MZ" + "0" * 32))
            await ws.send_json(speak(SENTENCE, sid) | {"extra": 1})
            await ws.send_str("{")
            await ws.send_bytes(b"\x00")
            mark = {"name": "still here"}
            await ws.send_json({"event": "mark", "streamSid": sid, "mark": mark})
            break
        async for _ in frames(server, ws):
            if server.frames_of("mark"):
                break

    server.socket = rambling
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert sorted(entry.code for entry in carrier.warnings) == [31950, 31951]
    assert call.phone.heard_from("stream") == b""
    assert server.frames_of("mark")


async def test_after_the_server_closes_the_action_says_how_to_go_on(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = connect(
        server, statusCallback="/stream-status", name="s1"
    )
    server.answers["/after"] = "<Response><Say>Goodbye</Say></Response>"

    async def leaving(server: TinyServer, ws: web.WebSocketResponse) -> None:
        async for frame in frames(server, ws):
            if frame["event"] == "start":
                break

    server.socket = leaving
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert call.phone.said_texts == ["Goodbye"]
    assert server.forms_to("/after")[0]["CallStatus"] == "in-progress"
    events = [form["StreamEvent"] for form in server.forms_to("/stream-status")]
    assert sorted(events) == ["stream-started", "stream-stopped"]
    assert server.forms_to("/stream-status")[0]["StreamName"] == "s1"


async def test_a_hang_up_stops_the_stream_and_tells_the_action(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = connect(server)
    server.answers["/after"] = "<Response><Say>Nobody hears this</Say></Response>"

    async def script(phone: Phone) -> None:
        await phone.happens(Happening.STREAM_STARTED)
        await phone.waits(100)

    call = await carrier.place_call(CALLER, script, hang_up_after_script=True)
    await call.ended()
    assert server.frames[-1]["event"] == "stop"
    assert server.frames[-1]["stop"] == {
        "accountSid": carrier.account_sid,
        "callSid": call.sid,
    }
    assert [f["CallStatus"] for f in server.forms_to("/after")] == ["completed"]
    assert call.phone.said_texts == []


async def test_a_refused_handshake_goes_on_with_the_action(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = connect(server, statusCallback="/stream-status").replace(
        "/media", "/nowhere"
    )
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert [entry.code for entry in carrier.warnings] == [31920]
    assert server.forms_to("/after")
    (told,) = server.forms_to("/stream-status")
    assert told["StreamEvent"] == "stream-error"
    assert told["StreamError"]
    server.badly_signed.clear()  # "/nowhere" was asked over HTTP


async def test_a_stream_must_be_secure_unless_it_stays_on_this_machine(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = (
        '<Response><Connect><Stream url="ws://calls.example/media"/></Connect>'
        "<Say>Next verb</Say></Response>"
    )
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert [entry.code for entry in carrier.warnings] == [31922]
    assert call.phone.said_texts == ["Next verb"]


async def _call_with(
    carrier: CarrierSimulator, server: TinyServer, faults: StreamFaults
) -> Leg:
    server.answers["/voice"] = connect(server)
    server.socket = swallow

    async def script(phone: Phone) -> None:
        await phone.happens(Happening.STREAM_STARTED)
        await phone.waits(400)

    call = await carrier.place_call(
        CALLER, script, hang_up_after_script=True, faults=faults
    )
    await call.ended()
    return call


async def test_a_reset_ends_the_stream_without_stop(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    await _call_with(carrier, server, StreamFaults(ending=Ending.RESET))
    assert server.frames_of("media")
    assert server.frames_of("stop") == []


async def test_a_reset_in_mid_stream_goes_on_with_the_action(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    await _call_with(carrier, server, StreamFaults(reset_after_ms=100))
    assert server.frames_of("stop") == []
    assert [entry.code for entry in carrier.warnings] == [31903]
    assert server.forms_to("/after")[0]["CallStatus"] == "in-progress"


async def test_a_stopped_stream_may_keep_its_socket(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = connect(server)
    after_stop = asyncio.Event()

    async def patient(server: TinyServer, ws: web.WebSocketResponse) -> None:
        async for frame in frames(server, ws):
            if frame["event"] == "stop":
                await asyncio.sleep(0.2)
                if not ws.closed:
                    after_stop.set()
                break

    server.socket = patient
    call = await carrier.place_call(
        CALLER, nothing, faults=StreamFaults(ending=Ending.LINGER)
    )
    await call.phone.happens(Happening.STREAM_STARTED)
    call.phone.hang_up()
    await call.ended()
    async with asyncio.timeout(2):
        await after_stop.wait()


async def test_injected_faults_arrive_at_their_time(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    faults = StreamFaults(
        inject={100: '{"event":"surprise"}'},
        before_start=('{"event":"too early"}',),
        duplicate_start=True,
        parameters={"token": "stolen"},
        call_sid="CA" + "f" * 32,
    )
    await _call_with(carrier, server, faults)
    events = [frame["event"] for frame in server.frames]
    assert events[:4] == ["too early", "connected", "start", "start"]
    assert events.index("surprise") == 8
    start = server.frames[2]["start"]
    assert start["customParameters"] == {"token": "stolen"}  # type: ignore[index]
    assert start["callSid"] == "CA" + "f" * 32  # type: ignore[index]


async def test_a_wrong_signature_is_wrong(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    await _call_with(carrier, server, StreamFaults(signature=Signature.WRONG))
    await _call_with(carrier, server, StreamFaults(signature=Signature.MISSING))
    assert len(server.badly_signed) == 2
    server.badly_signed.clear()


async def test_a_second_socket_claims_the_same_call(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    call = await _call_with(carrier, server, StreamFaults(second_socket=True))
    starts = server.frames_of("start")
    assert len(starts) == 2
    sids = {start["start"]["callSid"] for start in starts}  # type: ignore[index]
    assert sids == {call.sid}
    assert starts[0]["streamSid"] != starts[1]["streamSid"]


async def test_a_stall_is_followed_by_a_burst(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    await _call_with(carrier, server, StreamFaults(stall_at_ms=100, stall_ms=200))
    stamps = [f["media"]["timestamp"] for f in server.frames_of("media")]  # type: ignore[index]
    assert stamps == [str(20 * n) for n in range(1, len(stamps) + 1)]
    assert len(stamps) > 16


async def test_a_bare_stream_needs_no_call(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    stream = await carrier.open_stream(
        server.ws_url, call_sid="CA" + "1" * 32, parameters={"token": "x"}
    )
    await stream.start()
    await stream.send_audio(SENTENCE)
    answer = await stream.receive()
    assert getattr(answer, "audio", b"") == SENTENCE
    await stream.send_raw("not JSON")
    assert await stream.receive() is None
    await stream.close()
    media = server.frames_of("media")[0]["media"]
    assert b64decode(media["payload"]) == SENTENCE  # type: ignore[index]


async def test_the_network_takes_its_time(server: TinyServer) -> None:
    server.answers["/voice"] = connect(server)
    async with CarrierSimulator(
        account_sid="AC1",
        auth_token="12345",
        number="+15005550006",
        voice_url=f"{server.url}/voice",
        network=Network(delay_ms_up=200, delay_ms_down=200),
    ) as carrier:

        async def script(phone: Phone) -> None:
            await phone.happens(Happening.STREAM_STARTED)
            began_ms = phone.now_ms
            await phone.say(SENTENCE)
            await phone.hears_pause(quiet_ms=300)
            assert 380 < phone.heard[-1].at_ms - began_ms < 700

        call = await carrier.place_call(CALLER, script, hang_up_after_script=True)
        await call.ended()
    assert voiced(call.phone.heard_from("stream")) == SENTENCE


async def test_who_stops_reading_hears_and_returns_nothing(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = connect(server)

    async def marking(server: TinyServer, ws: web.WebSocketResponse) -> None:
        async for frame in frames(server, ws):
            if frame["event"] == "media":
                sid, chunk = frame["streamSid"], frame["media"]["chunk"]  # type: ignore[index]
                mark = {"name": chunk}
                await ws.send_json({"event": "mark", "streamSid": sid, "mark": mark})

    server.socket = marking
    faults = StreamFaults(stop_reading_after_ms=200)
    call = await carrier.place_call(CALLER, nothing, faults=faults)
    await call.phone.happens(Happening.STREAM_STARTED)
    await call.phone.waits(600)
    call.phone.hang_up()
    await call.ended()
    assert len(server.frames_of("media")) > 25
    assert 5 < len(server.frames_of("mark")) < 15


async def test_unplayed_audio_may_have_a_limit(server: TinyServer) -> None:
    server.answers["/voice"] = connect(server)

    async def flooding(server: TinyServer, ws: web.WebSocketResponse) -> None:
        async for frame in frames(server, ws):
            if frame["event"] == "start":
                await ws.send_json(speak(SENTENCE, frame["streamSid"]))
                await ws.send_json(speak(SENTENCE, frame["streamSid"]))

    server.socket = flooding
    async with CarrierSimulator(
        account_sid="AC1",
        auth_token="12345",
        number="+15005550006",
        voice_url=f"{server.url}/voice",
        options=Options(playback_limit_ms=500),
    ) as carrier:
        call = await carrier.place_call(CALLER, Phone.hears_pause)
        await call.phone.hears_sound()
        await call.phone.waits(1200)
        assert voiced(call.phone.heard_from("stream")) == SENTENCE
        assert [entry.code for entry in carrier.warnings] == [31930]


async def test_who_closes_in_anger_is_noted(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = connect(server)

    async def angry(server: TinyServer, ws: web.WebSocketResponse) -> None:
        async for frame in frames(server, ws):
            if frame["event"] == "start":
                await ws.close(code=1011)

    server.socket = angry
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert [entry.code for entry in carrier.warnings] == [31921]
    assert server.forms_to("/after")


async def test_a_loopback_stream_may_be_signed_as_the_secure_one(
    server: TinyServer,
) -> None:
    server.answers["/voice"] = connect(server)
    async with CarrierSimulator(
        account_sid="AC1",
        auth_token="12345",
        number="+15005550006",
        voice_url=f"{server.url}/voice",
        options=Options(sign_stream_as_wss=True),
    ) as carrier:
        call = await carrier.place_call(CALLER, nothing)
        await call.phone.happens(Happening.STREAM_STARTED)
        call.phone.hang_up()
        await call.ended()
    assert server.badly_signed == [server.ws_url]  # not as it was written
    secure = server.ws_url.replace("ws:", "wss:", 1)
    assert RequestValidator(TOKEN).validate(secure, {}, server.stream_signatures[0])
    server.badly_signed.clear()


async def test_a_hang_up_before_the_socket_opens_leaves_no_stream(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = connect(server)

    async def script(phone: Phone) -> None:
        await phone.happens(Happening.CONNECTED)
        await phone.waits(100)

    call = await carrier.place_call(
        CALLER, script, hang_up_after_script=True, faults=StreamFaults(open_after_s=10)
    )
    await call.ended()
    assert server.frames == []
    assert [form["CallStatus"] for form in server.forms_to("/after")] == ["completed"]


async def test_what_a_stream_may_not_have_is_noted(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = (
        '<Response><Connect><Stream url="" /></Connect>'
        f'<Connect><Stream url="{server.ws_url}" track="both_tracks"/></Connect>'
        "<Connect><Room>r</Room></Connect>"
        f'<Connect><Stream url="{server.ws_url}?token=lost">'
        f'<Parameter name="p" value="{"x" * 499}"/></Stream></Connect></Response>'
    )

    async def leaving(server: TinyServer, ws: web.WebSocketResponse) -> None:
        async for frame in frames(server, ws):
            if frame["event"] == "start":
                break

    server.socket = leaving
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    codes = [entry.code for entry in carrier.warnings]
    assert 31941 in codes
    assert codes.count(31923) == 2  # none, and one with a query
    (start,) = server.frames_of("start")
    assert start["start"]["customParameters"] == {}  # type: ignore[index]
