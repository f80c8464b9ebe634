"""Transfers: who is rung, who is joined, what the server is told."""

import asyncio

import pytest

from callcenter.simulator.carrier import (
    Answers,
    Busy,
    CarrierSimulator,
    Declines,
    Happening,
    Leg,
    NoAnswer,
    OperatorBehaviour,
    Options,
    Phone,
    Scripted,
    Unreachable,
    Voicemail,
)
from callcenter.simulator.carrier.leg import HangUp
from callcenter.simulator.carrier.sound import tone
from tests.simulator.carrier.tiny_server import TinyServer, nothing, voiced

CALLER = "+4740000001"
ADA = "+15005550101"
BOB = "+15005550102"
CALLER_VOICE = tone((300.0,), 400)
ADA_VOICE = tone((500.0,), 400)

SCREENING = (
    '<Response><Gather numDigits="1" action="/accept" timeout="8">'
    "<Say>A caller from Oslo. Press 1 to accept.</Say></Gather><Hangup/></Response>"
)


def dial(*numbers: str, **attributes: str) -> str:
    extra = "".join(f' {name}="{value}"' for name, value in attributes.items())
    nouns = "".join(
        '<Number url="/brief" statusCallback="/child" statusCallbackEvent='
        f'"initiated ringing answered completed">{number}</Number>'
        for number in numbers
    )
    return (
        f'<Response><Dial action="/dial-ended" answerOnBridge="true"{extra}>'
        f"{nouns}</Dial></Response>"
    )


def accept(form: dict[str, str]) -> str:
    return "<Response/>" if form["Digits"] == "1" else "<Response><Hangup/></Response>"


@pytest.fixture
def screened(server: TinyServer) -> TinyServer:
    server.answers |= {
        "/voice": dial(ADA),
        "/brief": SCREENING,
        "/accept": accept,
        "/dial-ended": "<Response><Say>The end</Say><Hangup/></Response>",
    }
    return server


async def outcome(
    carrier: CarrierSimulator, server: TinyServer, behaviour: OperatorBehaviour
) -> dict[str, str]:
    carrier.operators[ADA] = behaviour
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    (told,) = server.forms_to("/dial-ended")
    return told


async def test_an_operator_who_presses_one_talks_with_the_caller(
    carrier: CarrierSimulator, screened: TinyServer
) -> None:
    carrier.operators[ADA] = Answers(talks=ADA_VOICE, hangs_up_after_s=0.5)

    async def script(phone: Phone) -> None:
        await phone.happens(Happening.BRIDGED)
        await phone.say(CALLER_VOICE)

    call = await carrier.place_call(CALLER, script)
    await call.ended()
    (operator,) = carrier.legs_of(call)
    assert operator.phone.said_texts == ["A caller from Oslo. Press 1 to accept."]
    assert voiced(call.phone.heard_from("bridge")) == ADA_VOICE
    assert voiced(operator.phone.heard_from("bridge")) == CALLER_VOICE
    (told,) = screened.forms_to("/dial-ended")
    assert told["DialCallStatus"] == "completed"
    assert told["DialBridged"] == "true"
    assert told["DialCallSid"] == operator.sid
    assert told["CallSid"] == call.sid
    assert call.phone.said_texts == ["The end"]


async def test_the_caller_hears_ringing_until_the_bridge(
    carrier: CarrierSimulator, screened: TinyServer
) -> None:
    carrier.operators[ADA] = Answers(hangs_up_after_s=0.1)
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert call.phone.heard[0].source == "ringback"
    order = [event.what for event in call.phone.events]
    assert order.index(Happening.CONNECTED) < order.index(Happening.BRIDGED)
    asked = screened.forms_to("/brief")[0]
    assert asked["ParentCallSid"] == call.sid
    assert asked["Direction"] == "outbound-dial"


async def test_the_child_legs_progress_is_told(
    carrier: CarrierSimulator, screened: TinyServer
) -> None:
    await outcome(carrier, screened, Answers(hangs_up_after_s=0.1))
    await asyncio.sleep(0)
    told = sorted(screened.forms_to("/child"), key=lambda f: f["SequenceNumber"])
    statuses = [form["CallStatus"] for form in told]
    assert statuses == ["initiated", "ringing", "in-progress", "completed"]
    assert [form["SequenceNumber"] for form in told] == ["0", "1", "2", "3"]
    assert told[-1]["CallDuration"] == "0" or int(told[-1]["CallDuration"]) > 0


async def test_an_operator_who_presses_two_is_not_bridged(
    carrier: CarrierSimulator, screened: TinyServer
) -> None:
    told = await outcome(carrier, screened, Declines())
    assert told["DialBridged"] == "false"
    assert screened.forms_to("/accept")[0]["Digits"] == "2"


async def test_a_voicemail_cannot_press_one(
    carrier: CarrierSimulator, screened: TinyServer
) -> None:
    told = await outcome(carrier, screened, Voicemail(greeting=ADA_VOICE))
    assert told["DialBridged"] == "false"
    assert screened.forms_to("/accept") == []


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [(Busy(), "busy"), (NoAnswer(), "no-answer"), (Unreachable(), "failed")],
)
async def test_nobody_there_has_its_own_status(
    carrier: CarrierSimulator,
    screened: TinyServer,
    behaviour: OperatorBehaviour,
    status: str,
) -> None:
    told = await outcome(carrier, screened, behaviour)
    assert told["DialCallStatus"] == status
    assert told["DialBridged"] == "false"
    assert screened.forms_to("/child")[-1]["CallStatus"] == status


async def test_it_rings_as_long_as_the_dial_says(
    carrier: CarrierSimulator, screened: TinyServer
) -> None:
    screened.answers["/voice"] = dial(ADA, timeout="20")
    carrier.operators[ADA] = NoAnswer()
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    (child,) = carrier.legs_of(call)
    ended_ms = child.phone.events[-1].at_ms
    assert 900 <= ended_ms <= 1500  # 20 s, hurried 20 times


async def test_of_two_phones_the_first_to_answer_wins(
    carrier: CarrierSimulator, screened: TinyServer
) -> None:
    screened.answers["/voice"] = dial(ADA, BOB)
    carrier.operators |= {
        ADA: Answers(after_s=10),
        BOB: Answers(after_s=1, hangs_up_after_s=0.2),
    }
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    ada, bob = carrier.legs_of(call)
    assert (ada.status, bob.status) == ("canceled", "completed")
    assert screened.forms_to("/dial-ended")[0]["DialCallSid"] == bob.sid


async def test_a_caller_who_gives_up_stops_the_ringing(
    carrier: CarrierSimulator, screened: TinyServer
) -> None:
    carrier.operators[ADA] = NoAnswer()

    async def script(phone: Phone) -> None:
        await phone.waits(300)

    call = await carrier.place_call(CALLER, script, hang_up_after_script=True)
    await call.ended()
    (child,) = carrier.legs_of(call)
    await child.ended()
    assert child.status == "canceled"
    (told,) = screened.forms_to("/dial-ended")
    assert told["CallStatus"] == call.status
    assert told["DialCallStatus"] == "no-answer"
    assert call.phone.said_texts == []


async def test_a_caller_who_hangs_up_on_the_operator_ends_both_legs(
    carrier: CarrierSimulator, screened: TinyServer
) -> None:
    carrier.operators[ADA] = Answers()

    async def script(phone: Phone) -> None:
        await phone.happens(Happening.BRIDGED)
        await phone.waits(100)

    call = await carrier.place_call(CALLER, script, hang_up_after_script=True)
    await call.ended()
    (child,) = carrier.legs_of(call)
    await child.ended()
    assert (call.status, child.status) == ("completed", "completed")
    (told,) = screened.forms_to("/dial-ended")
    assert (told["CallStatus"], told["DialBridged"]) == ("completed", "true")


async def test_without_an_action_the_next_verb_follows(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    server.answers["/voice"] = (
        f"<Response><Dial>{ADA}</Dial><Say>Nobody was there</Say></Response>"
    )
    carrier.operators[ADA] = Busy()
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert call.phone.said_texts == ["Nobody was there"]


async def test_a_caller_id_that_is_not_ours_is_refused(
    carrier: CarrierSimulator, screened: TinyServer
) -> None:
    screened.answers["/voice"] = dial(ADA, callerId="+15557654321")
    told = await outcome(carrier, screened, Answers())
    assert told["DialCallStatus"] == "failed"
    assert [entry.code for entry in carrier.warnings] == [13214]


async def test_a_scripted_operator_may_do_anything(
    carrier: CarrierSimulator, screened: TinyServer
) -> None:
    seen: list[Leg | str] = []

    async def script(phone: Phone) -> None:
        await phone.happens(Happening.ASKED)
        phone.press("1")
        await phone.happens(Happening.BRIDGED)
        seen.append(phone.number)
        phone.hang_up()

    told = await outcome(carrier, screened, Scripted(script))
    assert told["DialBridged"] == "true"
    assert seen == [ADA]


async def test_a_sip_operator_is_rung_by_address(
    carrier: CarrierSimulator, screened: TinyServer
) -> None:
    screened.answers["/voice"] = (
        '<Response><Dial action="/dial-ended"><Sip url="/brief">sip:ada@example.com'
        "</Sip></Dial></Response>"
    )
    carrier.operators["sip:ada@example.com"] = Answers(hangs_up_after_s=0.1)
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    assert screened.forms_to("/dial-ended")[0]["DialBridged"] == "true"


async def test_screening_by_acceptance_lets_the_other_phone_ring_on(
    screened: TinyServer,
) -> None:
    screened.answers["/voice"] = dial(ADA, BOB)
    async with CarrierSimulator(
        account_sid="AC1",
        auth_token="12345",
        number="+15005550006",
        voice_url=f"{screened.url}/voice",
        hurry=20,
        operators={
            ADA: Voicemail(),
            BOB: Answers(after_s=6, hangs_up_after_s=0.1),
        },
        options=Options(first_to_answer_wins=False, longest_say_ms=20),
    ) as carrier:
        await carrier.place_call(CALLER, nothing)
        await carrier.settle()
    assert screened.forms_to("/dial-ended")[0]["DialBridged"] == "true"


async def test_sequential_phones_ring_one_after_the_other(
    carrier: CarrierSimulator, screened: TinyServer
) -> None:
    screened.answers["/voice"] = dial(ADA, BOB, sequential="true", timeout="5")
    carrier.operators |= {ADA: NoAnswer(), BOB: Answers(hangs_up_after_s=0.1)}
    call = await carrier.place_call(CALLER, nothing)
    await call.ended()
    ada, bob = carrier.legs_of(call)
    assert ada.status == "no-answer"
    assert ada.ended_at is not None
    assert bob.answered_at is not None
    assert bob.answered_at > ada.ended_at


async def test_the_time_limit_ends_the_bridge(
    carrier: CarrierSimulator, screened: TinyServer
) -> None:
    screened.answers["/voice"] = dial(ADA, timeLimit="1")
    told = await outcome(carrier, screened, Answers())
    assert (told["DialBridged"], told["DialCallDuration"]) == ("true", "1")


async def test_a_bridged_operator_can_be_hung_up_by_rest_order(
    carrier: CarrierSimulator, screened: TinyServer
) -> None:
    carrier.operators[ADA] = Answers()

    async def script(phone: Phone) -> None:
        await phone.happens(Happening.BRIDGED)
        (child,) = (leg for leg in carrier.calls.values() if leg.parent_sid)
        child.order(HangUp("ended by REST"))

    call = await carrier.place_call(CALLER, script)
    await call.ended()
    assert screened.forms_to("/dial-ended")[0]["DialCallStatus"] == "completed"
    assert call.phone.said_texts == ["The end"]
