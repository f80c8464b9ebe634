"""The shorter ladders: nobody at work, no agent left, and neither model nor record."""

from pathlib import Path

import pytest

from callcenter.domain import events as e, voicemail as v
from callcenter.domain.outcomes import Disposition
from callcenter.domain.queueing import LineOutcome, QueueEntered, QueueLeft
from callcenter.simulator.carrier import Busy, Happening, OperatorBehaviour
from tests.calls.ladder.line import busy, hears, hears_music, house
from tests.fakes.asking import asking, form
from tests.fakes.center import ADA, Caller
from tests.fakes.speech import SENTENCE

NEVER = "Mon-Sun 00:00-00:01 Pacific/Kiritimati"
NOT_NOW = f'[[operators]]\nname = "Ada"\nnumber = "{ADA}"\nhours = "{NEVER}"\n'


async def gets_the_tone(caller: Caller) -> None:
    await caller.phone.happens(Happening.RECORDING)


async def test_outside_the_hours_of_all_operators_callers_hear_when_we_open_again(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, operators_toml=NOT_NOW) as here:
        call = await here.call(gets_the_tone)
        said = said_with(call.phone.said_texts, "We open again at twelve")
        assert "after the tone" in said
        assert here.of(e.OperatorCalled) == []
        assert here.of(QueueEntered) == []


def said_with(texts: list[str], words: str) -> str:
    return next(text for text in texts if words in text)


async def test_a_node_that_has_no_agent_left_lets_callers_wait_for_a_person(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, rules={"max_calls": 0}, settings={}) as here:

        async def is_served(caller: Caller) -> None:
            await hears(caller.phone, "all our lines are busy")
            await caller.phone.happens(Happening.BRIDGED)

        call = await here.call(is_served)
        assert here.model.connections == 0
        assert [one.outcome for one in here.of(QueueLeft)] == [LineOutcome.SERVED]
        assert here.of(e.CallEnded, call)[0].disposition is Disposition.ESCALATED


async def test_a_node_that_has_no_agent_left_takes_messages_when_the_line_is_full(
    tmp_path: Path,
) -> None:
    rules = {"max_calls": 0, "crowded": 0}
    async with house(
        tmp_path, rules=rules, settings={}, operators_toml=NOT_NOW
    ) as here:
        call = await here.call(gets_the_tone)
        assert "all our lines are busy" in " ".join(call.phone.said_texts)
        assert len(here.of(v.VoicemailBegan)) == 1


@pytest.mark.parametrize("operators", [{}, {ADA: Busy()}], ids=["nobody", "busy"])
async def test_the_last_resort_takes_a_message_that_is_stored_without_a_call(
    tmp_path: Path, operators: dict[str, OperatorBehaviour]
) -> None:
    """The fallback knows neither model nor record; what is left there is kept."""
    toml = NOT_NOW if not operators else None
    more = {"operators_toml": toml} if toml else {}
    async with house(tmp_path, operators=operators, **more) as here:  # type: ignore[arg-type]
        here.carrier._exchange.number.voice_url += "-that-fails"

        async def speaks(caller: Caller) -> None:
            await caller.phone.happens(Happening.RECORDING)
            await caller.phone.say(SENTENCE)
            caller.phone.press("#")
            await hears(caller.phone, "Your message was recorded")

        call = await here.call(speaks)
        story = await here.story(call)
        assert len(story["voicemails"]) == 1
        assert story["disposition"] == "voicemail"
        sid = story["voicemails"][0]["recording_sid"]
        async with asking(here.address) as twilio:
            told = form(call.sid, RecordingSid=sid, RecordingDuration="2")
            await twilio.post("/voice/voicemail-done", told)
        assert len((await here.story(call))["voicemails"]) == 1


async def test_a_caller_in_line_may_go_back_to_the_agent(tmp_path: Path) -> None:
    async with house(tmp_path, settings={"transfer": "cold"}) as here:

        async def wants_a_person(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says("I want to talk to a person")
            await caller.phone.happens(Happening.BRIDGED)

        talking = await here.call(wants_a_person, wait=False)
        await here.happened(e.OperatorAnswered)

        async def goes_back(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says("I want to talk to a person")
            await hears(caller.phone, "press 3")
            caller.phone.press("3")
            caller.forgets()
            await caller.hears_agent()

        await here.call(goes_back)
        assert [one.outcome for one in here.of(QueueLeft)] == [LineOutcome.AGENT]
        assert "waited in line" in here.of(e.CallResumed)[0].reason
        talking.phone.hang_up()


async def test_the_music_is_ours_and_may_be_kept(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        await busy(here)
        call = await here.call(_listens)
        url = next(t for t in call.phone.said_texts if t.startswith("[plays "))
        async with asking(here.address) as anybody:
            path = url.removeprefix("[plays ").rstrip("]").removeprefix(here.address)
            answer = await anybody.client.get(here.address + path)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "audio/wav"
        assert "max-age" in answer.headers["cache-control"]
        assert answer.content.startswith(b"RIFF")


async def _listens(caller: Caller) -> None:
    await hears_music(caller.phone)
