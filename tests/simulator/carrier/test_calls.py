"""A call from the first webhook to the last, verb by verb."""

import asyncio

import pytest
from aiohttp import web

from callcenter.simulator.carrier import (
    CarrierSimulator,
    Happening,
    Options,
    Phone,
)
from callcenter.simulator.carrier.interpreter import APPLICATION_ERROR
from callcenter.simulator.carrier.sound import tone
from tests.simulator.carrier.tiny_server import TinyServer, nothing

CALLER = "+4740000001"
SENTENCE = tone((300.0,), 300)


async def test_a_caller_is_greeted_and_hung_up_on(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = "<Response><Say>Good day</Say><Hangup/></Response>"
    call = await carrier.place_call(CALLER, nothing, StirVerstat="No-TN-Validation")
    await call.ended()
    assert call.status == "completed"
    assert call.phone.said_texts == ["Good day"]
    (asked,) = server.forms_to("/voice")
    assert asked["CallStatus"] == "ringing"
    assert asked["Direction"] == "inbound"
    assert asked["From"] == asked["Caller"] == CALLER
    assert asked["To"] == asked["Called"] == carrier.number.phone_number
    assert asked["FromCountry"] == asked["CallerCountry"] == "NO"
    assert asked["FromCity"] == ""
    assert asked["StirVerstat"] == "No-TN-Validation"
    (told,) = server.forms_to("/status")
    assert told["CallStatus"] == "completed"
    assert told["CallSid"] == call.sid
    assert {"CallDuration", "Duration", "SequenceNumber", "Timestamp"} <= set(told)
    assert carrier.warnings == []


async def test_webhooks_look_like_twilios(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    headers = server.headers[0]
    assert headers["User-Agent"] == "TwilioProxy/1.1"
    assert headers["I-Twilio-Idempotency-Token"]
    assert headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    first = carrier.webhooks_to("/voice")[0]
    assert (first.method, first.status, first.body) == ("POST", 200, "<Response/>")


async def test_an_empty_document_does_not_answer(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert call.status == "no-answer"
    assert not call.answered


async def test_a_rejected_caller_hears_the_line_is_busy(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = '<Response><Reject reason="busy"/></Response>'
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert call.status == "busy"
    assert not call.answered


async def test_keys_reach_the_gathers_action(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = (
        '<Response><Gather numDigits="2" action="menu/choice"><Say>Two keys</Say>'
        "</Gather><Say>Unreachable</Say></Response>"
    )
    server.answers["/menu/choice"] = "<Response><Say>Thanks</Say></Response>"

    async def script(phone: Phone) -> None:
        await phone.happens(Happening.ASKED)
        phone.press("421")  # the third key comes too late

    call = await carrier.place_call(CALLER, script)
    await call.ended()
    (chosen,) = server.forms_to("/menu/choice")
    assert chosen["Digits"] == "42"
    assert chosen["CallStatus"] == "in-progress"
    assert call.phone.said_texts == ["Two keys", "Thanks"]


async def test_finish_on_key_ends_the_digits_and_is_not_one(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = '<Response><Gather action="/choice"/></Response>'

    async def script(phone: Phone) -> None:
        await phone.happens(Happening.ASKED)
        phone.press("123#")

    call = await carrier.place_call(CALLER, script)
    await call.ended()
    assert server.forms_to("/choice")[0]["Digits"] == "123"


async def test_silence_falls_through_a_gather(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = (
        '<Response><Gather timeout="2" action="/choice"/><Say>Bye</Say></Response>'
    )
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert server.forms_to("/choice") == []
    assert call.phone.said_texts == ["Bye"]


async def test_a_document_that_is_not_xml_sends_the_call_to_the_fallback(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = "<Response><Say>Oops</Response>"
    server.answers["/fallback"] = "<Response><Say>One moment</Say></Response>"
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    (asked,) = server.forms_to("/fallback")
    assert asked["ErrorCode"] == "12100"
    assert asked["ErrorUrl"] == f"{server.url}/voice"
    assert call.phone.said_texts == ["One moment"]
    assert [entry.code for entry in carrier.warnings] == [12100]


async def test_without_a_fallback_the_caller_hears_that_something_broke(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = web.Response(status=500)
    server.answers["/fallback"] = web.Response(status=500)
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert call.phone.said_texts == [APPLICATION_ERROR]
    assert [entry.code for entry in carrier.warnings] == [11200, 11200]
    assert call.phone.events[-1].detail == "application error"


async def test_names_are_case_sensitive_and_strange_ones_are_skipped(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = (
        '<Response><say>No</say><Enqueue>q</Enqueue><Say Voice="x">Yes</Say></Response>'
    )
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert call.phone.said_texts == ["Yes"]
    assert all(entry.code == 12200 for entry in carrier.warnings)
    assert len(carrier.warnings) == 4  # <say> twice, Voice=, <Enqueue>


async def test_a_redirect_replaces_the_document(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = (
        "<Response><Redirect>sub/next</Redirect><Say>No</Say></Response>"
    )
    server.answers["/sub/next"] = "<Response><Redirect>last</Redirect></Response>"
    server.answers["/sub/last"] = "<Response><Say>Here</Say></Response>"
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert call.phone.said_texts == ["Here"]


async def test_a_voicemail_is_recorded_and_its_action_told(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = (
        '<Response><Record action="/kept" timeout="1" '
        'recordingStatusCallback="/recorded"/></Response>'
    )

    async def script(phone: Phone) -> None:
        await phone.happens(Happening.RECORDING)
        await phone.say(SENTENCE)

    call = await carrier.place_call(CALLER, script)
    await call.ended()
    (kept,) = server.forms_to("/kept")
    recording = carrier.recordings[kept["RecordingSid"]]
    assert SENTENCE in recording.audio
    assert kept["RecordingUrl"].endswith(recording.sid)
    assert "beep" in {part.source for part in call.phone.heard}


async def test_a_caller_who_hangs_up_while_recording_leaves_a_message(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = '<Response><Record action="/kept"/></Response>'

    async def script(phone: Phone) -> None:
        await phone.happens(Happening.RECORDING)
        await phone.say(SENTENCE)

    call = await carrier.place_call(CALLER, script, hang_up_after_script=True)
    await call.ended()
    (kept,) = server.forms_to("/kept")
    assert (kept["Digits"], kept["CallStatus"]) == ("hangup", "completed")


async def test_a_public_url_may_be_reached_elsewhere(server: TinyServer) -> None:
    public = "https://calls.example"
    server.answers["/voice"] = "<Response><Say>Hi</Say></Response>"
    async with CarrierSimulator(
        account_sid="AC1",
        auth_token="12345",
        number="+15005550006",
        voice_url=f"{public}/voice",
        reroute={public: server.url},
    ) as carrier:
        call = await carrier.place_call(CALLER, nothing)
        await call.ended()
        assert carrier.webhooks_to(public)[0].status == 200
    assert server.badly_signed == [f"{server.url}/voice"]  # signed as the public URL
    server.badly_signed.clear()


async def test_an_error_in_a_script_reaches_whoever_awaits_the_call(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = '<Response><Pause length="60"/></Response>'

    async def script(phone: Phone) -> None:
        raise LookupError("the script is wrong")

    call = await carrier.place_call(CALLER, script)
    with pytest.raises(LookupError):
        await call.ended()


async def test_an_unreachable_server_is_tried_twice_then_falls_back(
    carrier: CarrierSimulator, server: TinyServer, unused_tcp_port: int
) -> None:
    carrier.number.voice_url = f"http://127.0.0.1:{unused_tcp_port}/voice"
    server.answers["/fallback"] = "<Response><Say>One moment</Say></Response>"
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert server.forms_to("/fallback")[0]["ErrorCode"] == "11205"


async def test_leaving_the_carrier_cuts_its_calls(server: TinyServer) -> None:
    server.answers["/voice"] = '<Response><Pause length="600"/></Response>'
    async with asyncio.timeout(5):
        async with CarrierSimulator(
            account_sid="AC1",
            auth_token="12345",
            number="+15005550006",
            voice_url=f"{server.url}/voice",
        ) as carrier:
            call = await carrier.place_call(CALLER, nothing)
            await call.reaches("ringing")
    assert call.over


async def test_plain_text_is_read_aloud_and_images_are_an_error(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = web.Response(text="Good day", content_type="text/plain")
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert call.phone.said_texts == ["Good day"]
    server.answers["/voice"] = web.Response(body=b"?", content_type="image/png")
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert server.forms_to("/fallback")[0]["ErrorCode"] == "12300"


async def test_http_redirects_are_followed_and_signed_anew(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = web.Response(status=302, headers={"Location": "/there"})
    server.answers["/there"] = "<Response><Say>Here</Say></Response>"
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert call.phone.said_texts == ["Here"]
    assert [request.method for request in carrier.webhooks_to("/there")] == ["GET"]


async def test_a_slow_server_is_given_up(server: TinyServer) -> None:
    released = asyncio.Event()

    async def slow(request: web.Request) -> web.Response:
        await released.wait()
        return web.Response()

    server.delayed["/voice"] = slow
    async with CarrierSimulator(
        account_sid="AC1",
        auth_token="12345",
        number="+15005550006",
        voice_url=f"{server.url}/voice",
        voice_fallback_url=f"{server.url}/fallback",
        options=Options(webhook_timeout_s=0.2),
    ) as carrier:
        call = await carrier.place_call(CALLER, nothing)
        await call.ended()
        assert carrier.webhooks_to("/voice")[0].status == 0
    released.set()
    assert server.forms_to("/fallback")[0]["ErrorCode"] == "11200"


async def test_events_of_all_phones_can_be_watched(server: TinyServer) -> None:
    seen: list[tuple[str, Happening]] = []
    server.answers["/voice"] = "<Response><Say>Hi</Say></Response>"
    async with CarrierSimulator(
        account_sid="AC1",
        auth_token="12345",
        number="+15005550006",
        voice_url=f"{server.url}/voice",
        options=Options(longest_say_ms=20),
        on_event=lambda phone, event: seen.append((phone.number, event.what)),
    ) as carrier:
        await carrier.place_call(CALLER, nothing)
        await carrier.settle()
    assert seen[0] == (CALLER, Happening.RINGING)
    assert (CALLER, Happening.SAID) in seen
    assert seen[-1] == (CALLER, Happening.ENDED)


async def test_a_silent_recording_is_none_and_the_next_verb_follows(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = (
        '<Response><Record action="/kept" timeout="1" playBeep="false"/>'
        "<Say>We heard nothing</Say></Response>"
    )
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert server.forms_to("/kept") == []
    assert call.phone.said_texts == ["We heard nothing"]


async def test_a_webhook_may_arrive_twice_with_one_token(server: TinyServer) -> None:
    server.answers["/voice"] = "<Response><Say>Hi</Say></Response>"
    async with CarrierSimulator(
        account_sid="AC1",
        auth_token="12345",
        number="+15005550006",
        voice_url=f"{server.url}/voice",
        options=Options(deliver_twice=True, longest_say_ms=20),
    ) as carrier:
        call = await carrier.place_call(CALLER, nothing)
        await call.ended()
    first, second = server.forms_to("/voice")
    assert first == second
    tokens = {headers["I-Twilio-Idempotency-Token"] for headers in server.headers}
    assert len(tokens) == 1
