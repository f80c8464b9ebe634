"""A message in the caller's own voice: offered, recorded, delivered."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from callcenter.domain import events as e, voicemail as v
from callcenter.domain.outcomes import Disposition
from callcenter.simulator.carrier import Happening, Options, Phone
from callcenter.simulator.carrier.sound import tone
from tests.calls.test_escalation import NOBODY, TAKES
from tests.fakes.asking import asking
from tests.fakes.center import ADA, Caller, Center, center
from tests.fakes.nodes import PUBLIC, dies, lead, second_node
from tests.fakes.speech import SENTENCE

LONG = tone((220.0,), 2_200)
"""Twilio writes down what is longer than two seconds."""

NO_MODEL: Mapping[str, object] = {"openai_api_key": ""}


async def reaches_the_tone(caller: Caller) -> None:
    await caller.hears_agent()
    await caller.says("I want to leave a voicemail")
    await caller.phone.happens(Happening.RECORDING)


async def speaks(caller: Caller, message: bytes = SENTENCE) -> None:
    await caller.phone.waits(100)
    await caller.phone.say(message)
    await caller.phone.waits(100)


async def is_asked_again(phone: Phone, words: str) -> None:
    async with asyncio.timeout(10):
        while not any(words in text for text in phone.said_texts):
            await phone.waits(20)


async def test_a_caller_leaves_a_message_and_goes_on_with_the_agent(
    tmp_path: Path,
) -> None:
    options = Options(transcription="Please mend my  chain.")
    async with center(tmp_path, options=options) as here:

        async def script(caller: Caller) -> None:
            await reaches_the_tone(caller)
            await speaks(caller, LONG)
            caller.phone.press("#")
            await is_asked_again(caller.phone, "press 1")
            caller.phone.press("1")
            caller.forgets()
            await caller.hears_agent()
            await caller.asks("what services do you offer")

        call = await here.call(script)
        assert "beep" in {part.source for part in call.phone.heard}
        [left] = here.of(v.VoicemailLeft)
        assert LONG in here.carrier.recordings[left.recording_sid].audio
        assert "voicemail" in here.of(e.CallResumed)[0].reason
        await here.happened(v.VoicemailTranscribed)
        story = await here.story(call)
        [shown] = story["voicemails"]
        assert shown["recording_sid"] == left.recording_sid
        assert (shown["seconds"], shown["text"]) == (
            left.seconds,
            "Please mend my chain.",
        )
        assert story["disposition"] == "voicemail"
        assert here.carrier.warnings == []


async def test_a_caller_may_end_the_message_by_hanging_up(tmp_path: Path) -> None:
    """Twilio may tell of the end before it tells of the message."""
    options = Options(action_on_hang_up=False)
    async with center(tmp_path, options=options) as here:

        async def script(caller: Caller) -> None:
            await reaches_the_tone(caller)
            caller.phone.hang_up()

        async def tells_late(sid: str) -> None:
            fields = {"RecordingSid": "RE" + "a" * 32, "RecordingDuration": "3"}
            async with asking(here.address) as twilio:
                await asyncio.sleep(0.3)
                await twilio.post(
                    "/voice/voicemail-done",
                    {"CallSid": sid, "CallStatus": "completed", **fields},
                )

        call = await here.call(script, wait=False)
        await call.reaches("completed")
        await tells_late(call.sid)
        await call.ended()
        await here.happened(e.CallEnded)
        assert here.of(e.CallEnded)[0].disposition is Disposition.VOICEMAIL
        assert len(here.of(v.VoicemailLeft)) == 1
        assert len((await here.story(call))["voicemails"]) == 1


async def test_who_says_nothing_is_asked_once_more_and_leaves_no_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callcenter.wire.twiml.VOICEMAIL_QUIET_SECONDS", 1)
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await reaches_the_tone(caller)
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(script, wait=False)
        await call.ended()
        assert any("Please try once more" in text for text in call.phone.said_texts)
        assert "press 1" in call.phone.said_texts[-1]
        assert len(here.of(v.VoicemailEmpty)) == 2
        assert (await here.story(call))["voicemails"] == []
        assert here.of(e.CallEnded)[0].disposition is not Disposition.VOICEMAIL


async def test_without_agents_and_operators_there_is_still_the_voicemail(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, operators=NOBODY, settings=NO_MODEL) as here:

        async def script(caller: Caller) -> None:
            await caller.phone.happens(Happening.RECORDING)
            await speaks(caller)
            caller.phone.press("#")
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(script, wait=False)
        await call.ended()
        texts = call.phone.said_texts
        assert any("nobody can take your call" in text for text in texts)
        assert "Your message was recorded" in texts[-1]
        assert "press 1" not in texts[-1], "there is no agent to go back to"
        assert len((await here.story(call))["voicemails"]) == 1
        assert here.of(e.CallEnded)[0].disposition is Disposition.VOICEMAIL


async def test_a_message_is_kept_once_however_often_it_is_told_of(
    tmp_path: Path,
) -> None:
    """And when its call is long forgotten, its words still find it."""
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await reaches_the_tone(caller)
            await speaks(caller)

        call = await here.call(script)
        await here.happened(e.CallEnded)
        sid = here.of(v.VoicemailLeft)[0].recording_sid
        here.node.floor._calls.clear()  # type: ignore[attr-defined]
        assert await here.node.ledger.flush(5)
        form = {
            "CallSid": call.sid,
            "RecordingSid": sid,
            "RecordingDuration": "1",
            "TranscriptionText": "My chain\x00 is broken.",
        }
        async with asking(here.address) as twilio:
            for path in ("done", "recorded", "transcribed", "recorded", "transcribed"):
                answer = await twilio.post(f"/voice/voicemail-{path}", form)
                assert answer.status_code in {200, 204}
        [shown] = (await here.story(call))["voicemails"]
        assert shown["text"] == "My chain is broken."
        kinds = [one["kind"] for one in (await here.story(call))["events"]]
        assert kinds.count("VoicemailTranscribed") == 1
        assert here.of(v.VoicemailTranscribed), "and whoever watches was told"


async def test_a_message_that_was_not_understood_is_delivered_all_the_same(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await reaches_the_tone(caller)
            await speaks(caller)

        call = await here.call(script)
        await here.until(
            lambda: here.carrier.webhooks_to("/voice/voicemail-transcribed")
        )
        [shown] = (await here.story(call))["voicemails"]
        assert shown["text"] == ""
        assert here.of(v.VoicemailTranscribed) == []


async def test_a_message_survives_its_node(tmp_path: Path) -> None:
    async with center(tmp_path, public=PUBLIC) as here, second_node(here) as other:

        async def script(caller: Caller) -> None:
            await reaches_the_tone(caller)
            await caller.phone.say(SENTENCE)
            leg = next(iter(here.carrier.calls.values()))
            await dies(here, other, leg)
            caller.phone.press("#")
            await is_asked_again(caller.phone, "press 1")
            caller.phone.press("1")
            caller.forgets()
            await caller.hears_agent()

        call = await here.call(script)
        await other.happened(e.CallEnded)
        assert len(other.of(v.VoicemailLeft)) == 1
        assert len(other.of(e.CallResumed)) == 1
        assert (await other.story(call))["disposition"] == "voicemail"
        lead(here.carrier, here.address)


async def test_a_caller_may_go_on_with_the_agent_after_the_operator(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, operators={ADA: TAKES}) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says("I want to talk to a person")
            await is_asked_again(caller.phone, "press 1")
            caller.phone.press("1")
            caller.forgets()
            await caller.hears_agent()
            await caller.asks("what services do you offer")

        call = await here.call(script)
        await here.happened(e.CallEnded)
        assert "talked with Ada" in here.of(e.CallResumed)[0].reason
        assert any("talked with Ada" in item.text for item in here.session.items)
        assert here.of(e.CallEnded)[0].disposition is Disposition.ESCALATED
        assert talked(here) == 1
        assert (await here.story(call))["escalations"][0]["outcome"] == "accepted"


def talked(here: Center) -> int:
    return len(here.of(e.OperatorLeft))
