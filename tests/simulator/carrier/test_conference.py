"""Conferences: who hears whom, when they begin and end, what the server is told."""

import asyncio

import pytest

from callcenter.simulator.carrier import (
    CarrierSimulator,
    Happening,
    Leg,
    Phone,
    Voicemail,
)
from callcenter.simulator.carrier.seat import mixed
from callcenter.simulator.carrier.sound import QUIET_FRAME, frames, tone
from callcenter.telephony.rest import Rest
from tests.simulator.carrier.conftest import OURS
from tests.simulator.carrier.tiny_server import ACCOUNT, TOKEN, TinyServer, voiced

ANNA, BO, CLEO = "+4740000001", "+4740000002", "+4740000003"
ANNA_SAYS, BO_SAYS = tone((300.0,), 200), tone((500.0,), 200)
EVENTS = "start end join leave mute hold modify"


def enters(**attributes: str) -> str:
    attributes = {"beep": "false", "waitUrl": ""} | attributes
    extra = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return (
        '<Response><Dial action="/after"><Conference statusCallback="/told" '
        f'statusCallbackEvent="{EVENTS}"{extra}>x-1</Conference></Dial></Response>'
    )


async def stays(phone: Phone) -> None:
    await phone.happens(Happening.ENDED)


async def enter(
    carrier: CarrierSimulator, server: TinyServer, who: str, **attributes: str
) -> Leg:
    server.answers["/voice"] = enters(**attributes)
    members = len(carrier.conferences[-1].members) if carrier.conferences else 0
    leg = await carrier.place_call(who, stays)

    def inside() -> int:
        return len(carrier.conferences[-1].members) if carrier.conferences else 0

    async with asyncio.timeout(5):
        while inside() <= members:  # noqa: ASYNC110  # entering is no event of ours
            await asyncio.sleep(0.01)
    return leg


def told(server: TinyServer) -> list[str]:
    forms = server.forms_to("/told")
    ordered = sorted(forms, key=lambda form: int(form["SequenceNumber"]))
    return [form["StatusCallbackEvent"] for form in ordered]


@pytest.fixture(autouse=True)
def afterwards(server: TinyServer) -> None:
    server.answers["/after"] = "<Response><Hangup/></Response>"


async def test_members_hear_each_other_and_not_themselves(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    anna, bo = [await enter(carrier, server, one) for one in (ANNA, BO)]
    async with asyncio.TaskGroup() as both:
        both.create_task(anna.phone.say(ANNA_SAYS))
        both.create_task(bo.phone.say(BO_SAYS))
    await anna.phone.waits(200)
    assert voiced(anna.phone.heard_from("bridge")) == BO_SAYS
    assert voiced(bo.phone.heard_from("bridge")) == ANNA_SAYS


def test_two_voices_at_once_are_added_up() -> None:
    one, other = frames(ANNA_SAYS)[3], frames(BO_SAYS)[3]
    assert mixed([one, QUIET_FRAME]) == one
    assert mixed([one, other]) == mixed([other, one])
    assert mixed([one, other]) not in {one, other, QUIET_FRAME}
    assert mixed([]) == QUIET_FRAME


async def test_it_begins_with_two_of_whom_one_may_begin_it(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    anna = await enter(carrier, server, ANNA, startConferenceOnEnter="false")
    bo = await enter(carrier, server, BO, startConferenceOnEnter="false")
    (room,) = carrier.conferences
    assert room.status == "init"
    await enter(carrier, server, CLEO)
    await anna.phone.happens(Happening.BRIDGED)
    await bo.phone.happens(Happening.BRIDGED)
    assert room.status == "in-progress"


async def test_who_waits_hears_music_unless_silence_was_asked_for(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    anna = await enter(carrier, server, ANNA, waitUrl="/music")
    await anna.phone.waits(200)
    assert anna.phone.heard_from("hold")
    bo = await enter(carrier, server, BO)
    assert not bo.phone.heard_from("hold")
    kept = len(anna.phone.heard_from("hold"))
    await anna.phone.waits(2_000)
    assert len(anna.phone.heard_from("hold")) <= kept + 320


@pytest.mark.parametrize("leaver", [0, 1])
async def test_it_ends_with_a_member_who_takes_all_others_along(
    carrier: CarrierSimulator, server: TinyServer, leaver: int
) -> None:
    legs = [
        await enter(carrier, server, one, endConferenceOnExit="true")
        for one in (ANNA, BO)
    ]
    legs[leaver].phone.hang_up()
    for leg in legs:
        await leg.ended()
    await carrier.settle()
    (room,) = carrier.conferences
    assert room.why_ended == "participant-with-end-conference-on-exit-left"
    assert room.ended_by == legs[leaver].sid
    names = told(server)
    assert names[:3] == ["participant-join", "participant-join", "conference-start"]
    assert sorted(names[3:]) == [
        "conference-end",
        "participant-leave",
        "participant-leave",
    ]
    (after,) = [f for f in server.forms_to("/after") if f["CallStatus"] != "completed"]
    assert after["DialCallStatus"] == "answered"
    assert "DialCallSid" not in after


async def test_otherwise_the_last_one_stays_alone(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    anna, bo = [await enter(carrier, server, one) for one in (ANNA, BO)]
    bo.phone.hang_up()
    await bo.ended()
    (room,) = carrier.conferences
    assert [one.leg for one in room.members.values()] == [anna]
    assert room.status == "in-progress"


async def test_a_coach_is_heard_by_one_alone(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    anna, bo = [await enter(carrier, server, one) for one in (ANNA, BO)]
    cleo = await enter(carrier, server, CLEO, coach=bo.sid)
    await cleo.phone.say(ANNA_SAYS)
    await cleo.phone.waits(200)
    assert voiced(bo.phone.heard_from("bridge")) == ANNA_SAYS
    assert anna.phone.heard_from("bridge") == b""
    assert server.forms_to("/told")[-1]["CallSidToCoach"] == bo.sid


async def test_members_are_muted_held_and_removed_by_rest(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    anna = await enter(carrier, server, ANNA)
    bo = await enter(carrier, server, BO, participantLabel="bo")
    async with Rest(ACCOUNT, TOKEN, carrier.api_url) as rest:
        rooms = await rest._client.conferences.list_async(friendly_name="x-1", limit=5)
        (room,) = rooms
        assert (room.status, room.friendly_name) == ("in-progress", "x-1")
        members = rest._client.conferences(room.sid).participants
        everybody = await members.list_async(limit=5)
        assert [one.call_sid for one in everybody] == [anna.sid, bo.sid]
        assert (await members("bo").update_async(muted=True)).muted is True
        await bo.phone.say(BO_SAYS)
        assert anna.phone.heard_from("bridge") == b""
        await members(bo.sid).update_async(muted=False, hold=True)
        await bo.phone.waits(100)
        assert bo.phone.heard_from("hold")
        assert await members(bo.sid).delete_async()
        await bo.ended()
        await rest._client.conferences(room.sid).update_async(status="completed")
        await anna.ended()
        assert (await rest._client.conferences(room.sid).fetch_async()).status == (
            "completed"
        )
    await carrier.settle()
    names = told(server)
    assert {"participant-mute", "participant-unmute", "participant-hold"} < set(names)
    assert carrier.conferences[0].why_ended == "conference-ended-via-api"
    assert carrier.warnings == []


async def test_only_the_first_members_callback_counts(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    await enter(carrier, server, ANNA)
    await enter(carrier, server, BO, statusCallbackMethod="GET")
    await carrier.calls[next(iter(carrier.calls))].phone.waits(50)
    assert "participant-join" in told(server)
    for leg in carrier.calls.values():
        leg.phone.hang_up()


async def test_a_call_that_we_place_ends_at_its_time_limit_and_says_who_answered(
    carrier: CarrierSimulator, server: TinyServer
) -> None:
    carrier.operators[ANNA] = Voicemail(after_s=0.1)
    server.answers["/out"] = "<Response><Pause length='60'/></Response>"
    async with Rest(ACCOUNT, TOKEN, carrier.api_url) as rest:
        call = await rest._client.calls.create_async(
            to=ANNA,
            from_=OURS,
            url=f"{server.url}/out",
            time_limit=1,
            machine_detection="Enable",
            async_amd="true",
            async_amd_status_callback=f"{server.url}/amd",
        )
    leg = carrier.calls[call.sid]
    await leg.ended(5)
    (amd,) = server.forms_to("/amd")
    assert (amd["AnsweredBy"], amd["CallSid"]) == ("machine_start", leg.sid)
    assert "AnsweredBy" not in server.forms_to("/out")[0]
    assert leg.duration_s == 1
