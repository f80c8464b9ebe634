"""The REST API, as Twilio's own helper library sees it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from callcenter.simulator.carrier import (
    Answers,
    Busy,
    CarrierSimulator,
    Happening,
    Leg,
    NoAnswer,
    Options,
    Phone,
    RestFault,
    Voicemail,
)
from callcenter.simulator.carrier.sound import tone
from tests.simulator.carrier.tiny_server import ACCOUNT, TOKEN, TinyServer, nothing

# The helper library's business, not ours.
pytestmark = [
    pytest.mark.filterwarnings("ignore:BasicAuth is deprecated"),
    pytest.mark.filterwarnings("ignore:The 'auth' parameter is deprecated"),
]

CALLER = "+4740000001"
ADA = "+15005550101"
VOICE = tone((300.0,), 300)


class Local(AsyncTwilioHttpClient):  # type: ignore[misc]
    """Twilio's client, with another address."""

    def __init__(self, base_url: str) -> None:
        super().__init__(timeout=2)
        self.base_url = base_url

    async def request(self, method: str, url: str, *args: Any, **kw: Any) -> Response:
        url = url.replace("https://api.twilio.com", self.base_url)
        return await super().request(method, url, *args, **kw)


@pytest.fixture
async def client(carrier: CarrierSimulator) -> AsyncIterator[Client]:
    async with Local(carrier.api_url) as http:
        yield Client(ACCOUNT, TOKEN, http_client=http)


@pytest.fixture
async def call(carrier: CarrierSimulator, server: TinyServer) -> Leg:
    """A call whose stream is up."""
    server.answers["/voice"] = (
        f'<Response><Connect action="/after"><Stream url="{server.ws_url}"/>'
        "</Connect></Response>"
    )
    call = await carrier.place_call(CALLER, nothing)
    await call.phone.happens(Happening.STREAM_STARTED)
    return call


async def refused(awaitable: Any) -> TwilioRestException:
    with pytest.raises(TwilioRestException) as caught:
        await awaitable
    return caught.value


async def test_a_call_can_be_read(client: Client, call: Leg) -> None:
    seen = await client.calls(call.sid).fetch_async()
    assert seen.status == "in-progress"
    assert seen.direction == "inbound"
    assert seen._from == CALLER
    assert seen.start_time is not None
    assert seen.duration is None


async def test_new_twiml_replaces_the_document_and_stops_the_stream(
    carrier: CarrierSimulator, client: Client, call: Leg, server: TinyServer
) -> None:
    await client.calls(call.sid).update_async(
        twiml="<Response><Say>Please hold</Say></Response>"
    )
    await call.ended()
    assert call.phone.said_texts == ["Please hold"]
    assert server.frames[-1]["event"] == "stop"
    assert server.forms_to("/after") == []


async def test_a_url_replaces_the_document_too(
    client: Client, call: Leg, server: TinyServer
) -> None:
    server.answers["/next"] = "<Response><Say>Hello again</Say></Response>"
    await client.calls(call.sid).update_async(url=f"{server.url}/next")
    await call.ended()
    assert call.phone.said_texts == ["Hello again"]


async def test_a_call_can_be_ended(client: Client, call: Leg) -> None:
    answer = await client.calls(call.sid).update_async(status="completed")
    assert answer.status == "completed"
    await call.ended()
    seen = await client.calls(call.sid).fetch_async()
    assert (seen.status, seen.duration) == ("completed", "0")
    assert seen.end_time is not None


async def test_a_finished_call_cannot_be_redirected(client: Client, call: Leg) -> None:
    call.phone.hang_up()
    await call.ended()
    error = await refused(
        client.calls(call.sid).update_async(twiml="<Response><Hangup/></Response>")
    )
    assert (error.status, error.code) == (400, 21220)
    assert error.msg.endswith("Call is not in-progress. Cannot redirect.")


async def test_an_unknown_call_is_not_found(client: Client) -> None:
    error = await refused(client.calls("CA" + "0" * 32).fetch_async())
    assert (error.status, error.code) == (404, 20404)


async def test_too_much_twiml_is_refused(client: Client, call: Leg) -> None:
    twiml = f"<Response><Say>{'x' * 4000}</Say></Response>"
    error = await refused(client.calls(call.sid).update_async(twiml=twiml))
    assert (error.status, error.code) == (400, 32018)


async def test_a_wrong_token_is_refused(carrier: CarrierSimulator) -> None:
    async with Local(carrier.api_url) as http:
        client = Client(ACCOUNT, "wrong", http_client=http)
        error = await refused(client.api.accounts(ACCOUNT).fetch_async())
    assert (error.status, error.code) == (401, 20003)


async def test_the_account_and_its_number_can_be_read_and_configured(
    carrier: CarrierSimulator, client: Client
) -> None:
    account = await client.api.accounts(ACCOUNT).fetch_async()
    assert account.status == "active"
    (number,) = await client.incoming_phone_numbers.list_async(
        phone_number=carrier.number.phone_number
    )
    changed = await client.incoming_phone_numbers(number.sid).update_async(
        voice_url="https://calls.example/incoming-call",
        status_callback="https://calls.example/voice/status",
    )
    assert changed.voice_url == "https://calls.example/incoming-call"
    assert carrier.number.voice_url == "https://calls.example/incoming-call"
    assert carrier.number.status_callback == "https://calls.example/voice/status"


async def test_a_created_call_rings_answers_and_runs_its_twiml(
    carrier: CarrierSimulator, client: Client, server: TinyServer
) -> None:
    carrier.operators[ADA] = Answers()
    server.answers["/answer"] = "<Response><Say>Hello Ada</Say></Response>"
    created = await client.calls.create_async(
        to=ADA,
        from_=carrier.number.phone_number,
        url=f"{server.url}/answer",
        status_callback=f"{server.url}/progress",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )
    assert created.status == "queued"
    assert created.date_created is None
    leg = carrier.calls[str(created.sid)]
    await leg.ended()
    assert leg.phone.said_texts == ["Hello Ada"]
    assert server.forms_to("/answer")[0]["Direction"] == "outbound-api"
    statuses = [form["CallStatus"] for form in server.forms_to("/progress")]
    assert statuses == ["initiated", "ringing", "in-progress", "completed"]


async def test_calls_are_listed_by_status_and_number(
    carrier: CarrierSimulator, client: Client, call: Leg
) -> None:
    carrier.operators[ADA] = Busy()
    created = await client.calls.create_async(
        to=ADA, from_=carrier.number.phone_number, twiml="<Response/>"
    )
    await carrier.calls[str(created.sid)].ended()
    busy = await client.calls.list_async(status="busy")
    assert [found.sid for found in busy] == [created.sid]
    assert [f.sid for f in await client.calls.list_async(from_=CALLER)] == [call.sid]
    assert len(await client.calls.list_async(page_size=1)) == 2


@pytest.mark.parametrize(
    ("to", "sender", "code"),
    [("nonsense", ADA, 21211), ("", ADA, 21201), (ADA, "nonsense", 21212)],
)
async def test_a_call_to_nowhere_is_refused(
    client: Client, to: str, sender: str, code: int
) -> None:
    error = await refused(
        client.calls.create_async(to=to, from_=sender, twiml="<Response/>")
    )
    assert (error.status, error.code) == (400, code)


async def test_a_ringing_call_can_be_cancelled(
    carrier: CarrierSimulator, client: Client
) -> None:
    carrier.operators[ADA] = Answers(after_s=50)
    created = await client.calls.create_async(
        to=ADA, from_=carrier.number.phone_number, twiml="<Response/>"
    )
    await client.calls(str(created.sid)).update_async(status="canceled")
    leg = carrier.calls[str(created.sid)]
    await leg.ended()
    assert leg.status == "canceled"


async def test_a_text_message_is_kept(
    carrier: CarrierSimulator, client: Client
) -> None:
    sent = await client.messages.create_async(
        to=ADA, from_=carrier.number.phone_number, body="We will call you back"
    )
    assert (sent.status, sent.num_segments) == ("queued", "1")
    assert carrier.messages[0]["body"] == "We will call you back"


async def test_the_next_request_may_be_one_too_many(
    carrier: CarrierSimulator, client: Client, call: Leg
) -> None:
    carrier.fail_next(RestFault.TOO_MANY, RestFault.SERVER_ERROR)
    first = await refused(client.calls(call.sid).fetch_async())
    second = await refused(client.calls(call.sid).fetch_async())
    assert (first.status, first.code, second.status) == (429, 20429, 500)
    assert (await client.calls(call.sid).fetch_async()).sid == call.sid


async def test_a_request_may_be_executed_and_yet_never_answered(
    carrier: CarrierSimulator, client: Client, call: Leg
) -> None:
    carrier.fail_next(RestFault.EXECUTED_THEN_HANG)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await client.calls(call.sid).update_async(status="completed")
    await call.ended()
    assert call.status == "completed"


async def test_a_request_may_hang_and_do_nothing(
    carrier: CarrierSimulator, client: Client, call: Leg
) -> None:
    carrier.fail_next(RestFault.HANG)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await client.calls(call.sid).update_async(status="completed")
    assert not call.over


async def test_requests_are_logged_with_their_answers(
    carrier: CarrierSimulator, client: Client, call: Leg
) -> None:
    await client.calls(call.sid).update_async(status="completed")
    asked = next(r for r in carrier.requests if r.kind == "rest")
    assert asked.method == "POST"
    assert asked.params == {"Status": "completed"}
    assert asked.status == 200
    assert call.sid in asked.body


async def test_the_old_action_may_be_requested_on_a_redirect(
    server: TinyServer,
) -> None:
    server.answers["/voice"] = (
        f'<Response><Connect action="/after"><Stream url="{server.ws_url}"/>'
        "</Connect></Response>"
    )
    async with (
        CarrierSimulator(
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            number="+15005550006",
            voice_url=f"{server.url}/voice",
            options=Options(connect_action_on_redirect=True, longest_say_ms=20),
        ) as carrier,
        Local(carrier.api_url) as http,
    ):
        call = await carrier.place_call(CALLER, nothing)
        await call.phone.happens(Happening.STREAM_STARTED)
        twiml = "<Response><Say>Bye</Say></Response>"
        client = Client(ACCOUNT, TOKEN, http_client=http)
        await client.calls(call.sid).update_async(twiml=twiml)
        await call.ended()
    assert len(server.forms_to("/after")) == 1
    assert call.phone.said_texts == ["Bye"]


async def test_machine_detection_tells_who_answered(
    carrier: CarrierSimulator, client: Client, server: TinyServer
) -> None:
    carrier.operators[ADA] = Voicemail()
    await client.calls.create_async(
        to=ADA,
        from_=carrier.number.phone_number,
        url=f"{server.url}/answer",
        machine_detection="Enable",
    )
    await carrier.settle()
    assert server.forms_to("/answer")[0]["AnsweredBy"] == "machine_start"


async def test_a_recording_can_be_fetched_as_a_wave_file(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = '<Response><Record action="/kept"/></Response>'

    async def script(phone: Phone) -> None:
        await phone.happens(Happening.RECORDING)
        await phone.say(VOICE)

    call = await carrier.place_call(CALLER, script, hang_up_after_script=True)
    await call.ended()
    url = server.forms_to("/kept")[0]["RecordingUrl"]
    async with httpx.AsyncClient(auth=(ACCOUNT, TOKEN)) as http:
        answer = await http.get(f"{url}.wav")
        missing = await http.get(f"{url}0")
    assert answer.headers["Content-Type"] == "audio/x-wav"
    assert answer.content.startswith(b"RIFF")
    assert VOICE in answer.content
    assert missing.status_code == 404


@pytest.mark.parametrize(
    ("to", "text", "code"),
    [("", "Hi", 21604), ("nonsense", "Hi", 21211), (ADA, "", 21602),
     (ADA, "x" * 1601, 21617)],
)  # fmt: skip
async def test_a_message_to_nowhere_is_refused(
    carrier: CarrierSimulator, client: Client, to: str, text: str, code: int
) -> None:
    error = await refused(
        client.messages.create_async(
            to=to, from_=carrier.number.phone_number, body=text
        )
    )
    assert (error.status, error.code) == (400, code)


async def test_an_operators_ringing_leg_can_be_ended(
    carrier: CarrierSimulator, client: Client, server: TinyServer
) -> None:
    server.answers["/voice"] = (
        f'<Response><Dial action="/dial-ended">{ADA}</Dial></Response>'
    )
    carrier.operators[ADA] = NoAnswer()
    call = await carrier.place_call(CALLER, nothing)
    await call.phone.happens(Happening.CONNECTED)
    await call.phone.waits(60)
    (child,) = carrier.legs_of(call)
    await child.reaches("ringing")
    await client.calls(child.sid).update_async(status="completed")
    await call.ended()
    (told,) = server.forms_to("/dial-ended")
    assert (told["DialCallStatus"], told["DialBridged"]) == ("canceled", "false")


async def test_a_bridged_operator_can_be_sent_elsewhere(
    carrier: CarrierSimulator, client: Client, server: TinyServer
) -> None:
    server.answers["/voice"] = (
        f'<Response><Dial action="/dial-ended">{ADA}</Dial></Response>'
    )
    server.answers["/dial-ended"] = "<Response><Say>You are alone</Say></Response>"
    carrier.operators[ADA] = Answers(presses="")
    call = await carrier.place_call(CALLER, nothing)
    await call.phone.happens(Happening.BRIDGED)
    (child,) = carrier.legs_of(call)
    await client.calls(child.sid).update_async(
        twiml="<Response><Say>Well done, Ada</Say></Response>"
    )
    await carrier.settle()
    assert child.phone.said_texts == ["Well done, Ada"]
    assert call.phone.said_texts == ["You are alone"]
