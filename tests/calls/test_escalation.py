"""The way to a human being, one test for each way that it may go."""

import asyncio
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from callcenter.domain import events as e
from callcenter.domain.outcomes import AttemptOutcome, Disposition
from callcenter.simulator.carrier import (
    Answers,
    Busy,
    Declines,
    Happening,
    Leg,
    NoAnswer,
    OperatorBehaviour,
    Options,
    Phone,
    RestFault,
    Scripted,
    Unreachable,
    Voicemail,
)
from callcenter.simulator.carrier.sound import tone
from callcenter.telephony import rest as telephony
from tests.fakes.asking import asking, form
from tests.fakes.center import ADA, BEA, CAI, CALLER, Caller, Center, center
from tests.fakes.speech import SENTENCE, VOICE_MS

HELLO = tone((180.0,), 120)
"""An operator's voice."""

TAKES = Answers(after_s=0.2, talks=HELLO, hangs_up_after_s=0.1)
NEVER = "Mon-Sun 00:00-00:01 Pacific/Kiritimati"
NOBODY = {ADA: Busy(), BEA: Busy(), CAI: Busy()}


def outcomes(here: Center) -> list[AttemptOutcome]:
    return [one.outcome for one in here.of(e.AttemptEnded)]


def rung(here: Center) -> list[str]:
    return [one.operator for one in here.of(e.OperatorCalled)]


async def wants_a_person(caller: Caller) -> None:
    await caller.hears_agent()
    await caller.says("I want to talk to a person")


async def meets_an_operator(caller: Caller) -> None:
    await wants_a_person(caller)
    await caller.phone.happens(Happening.BRIDGED)
    await caller.phone.say(SENTENCE)
    await caller.phone.happens(Happening.ENDED)


async def comes_back(caller: Caller) -> None:
    """Ask for a person, and land with the agent again."""
    await wants_a_person(caller)
    await caller.phone.happens(Happening.STREAM_STOPPED)
    caller.forgets()
    streams = caller.phone.events
    async with asyncio.timeout(10):
        while sum(one.what is Happening.STREAM_STARTED for one in streams) < 2:
            await caller.phone.waits(20)
    caller.forgets()
    await caller.hears_agent()


async def telephone(here: Center, script: object = meets_an_operator) -> Leg:
    call = await here.call(script, wait=False)  # type: ignore[arg-type]
    await call.ended()
    return call


async def test_an_operator_is_briefed_accepts_and_is_joined_with_the_caller(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, operators={ADA: TAKES}) as here:
        call = await telephone(here)
        (leg,) = here.carrier.legs_of(call)
        briefing = leg.phone.said_texts[0]
        assert "a number ending in 2 3 4 5" in briefing
        assert "Reason: I want to talk to a person" in briefing
        assert "Press 1" in briefing
        assert here.of(e.OperatorBriefed)[0].briefing in briefing
        assert HELLO in call.phone.heard_from("bridge")
        assert leg.phone.heard_from("bridge").strip(b"\xff")
        assert len(here.of(e.OperatorAnswered)) == len(here.of(e.OperatorLeft)) == 1
        assert here.of(e.CallEnded)[0].disposition is Disposition.ESCALATED
        (escalation,) = (await here.story(call))["escalations"]
        (attempt,) = escalation["attempts"]
        assert (attempt["operator"], attempt["outcome"]) == ("Ada", "accepted")
        assert here.carrier.warnings == []


async def test_the_caller_hears_the_agents_last_words_before_the_ringing(
    tmp_path: Path,
) -> None:
    def ms(text: str) -> int:
        return 700 if "connecting you" in text else VOICE_MS

    async with center(tmp_path, operators={ADA: TAKES}, voice_ms=ms) as here:
        await telephone(here)
        words = here.of(e.AgentSpoke)[-1]
        assert "connecting you" in words.generated
        assert (words.heard, words.heard_ms) == (words.generated, 700)


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        (Declines(after_s=0.2), AttemptOutcome.DECLINED),
        (Busy(), AttemptOutcome.BUSY),
        (NoAnswer(), AttemptOutcome.NO_ANSWER),
        (Unreachable(), AttemptOutcome.FAILED),
        (Voicemail(after_s=0.2, greeting=HELLO), AttemptOutcome.VOICEMAIL),
    ],
    ids=["declined", "busy", "no answer", "failed", "voicemail"],
)
async def test_whoever_does_not_press_one_is_followed_by_the_next(
    tmp_path: Path, behaviour: OperatorBehaviour, outcome: AttemptOutcome
) -> None:
    async with center(tmp_path, operators={ADA: behaviour, BEA: TAKES}) as here:
        call = await telephone(here)
        assert rung(here) == ["Ada", "Bea"]
        assert outcomes(here) == [outcome]
        assert len(here.of(e.OperatorAnswered)) == 1
        spoken, offered = call.phone.said_texts[-2:]
        assert "trying somebody else" in spoken
        assert "has left the call" in offered
        assert here.of(e.CallEnded)[0].disposition is Disposition.ESCALATED
        ((attempt, _),) = [
            escalation["attempts"]
            for escalation in (await here.story(call))["escalations"]
        ]
        assert attempt["outcome"] == outcome.value


@pytest.mark.parametrize("key", ["3", "7"], ids=["again", "a wrong key"])
async def test_an_operator_hears_the_briefing_as_often_as_they_like(
    tmp_path: Path, key: str
) -> None:
    async def listens(phone: Phone) -> None:
        await phone.happens(Happening.PROMPTED)
        phone.press(key)
        asked = len(phone.said_texts)
        while len(phone.said_texts) == asked:
            await phone.waits(20)
        phone.press("1")
        await phone.happens(Happening.BRIDGED)
        phone.hang_up()

    operators = {ADA: Scripted(listens, after_s=0.2)}
    async with center(tmp_path, operators=operators) as here:
        call = await telephone(here)
        (leg,) = here.carrier.legs_of(call)
        first, again = leg.phone.said_texts
        assert first == again
        assert "3 to hear this again" in again
        assert len(here.of(e.OperatorAnswered)) == 1


async def test_a_declined_call_is_declined_on_record_before_its_leg_ends(
    tmp_path: Path,
) -> None:
    """Another node may have to tell the caller: it knows it from the facts alone."""
    operators: dict[str, OperatorBehaviour] = {ADA: Declines(after_s=0.2), BEA: TAKES}
    async with center(tmp_path, operators=operators) as here:
        over: list[bool] = []

        def watch(fact: e.Fact) -> None:
            if isinstance(fact.event, e.AttemptEnded):
                legs = here.carrier.calls.values()
                over.extend(leg.over for leg in legs if leg.parent_sid)

        here.node.floor.house.watchers.append(watch)
        await telephone(here)
        assert (outcomes(here), over) == ([AttemptOutcome.DECLINED], [False])
        assert rung(here) == ["Ada", "Bea"]


async def test_when_nobody_is_left_the_agent_says_so_and_takes_a_message(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, operators=NOBODY) as here:

        async def script(caller: Caller) -> None:
            await comes_back(caller)
            await caller.asks("please take a message, my chain is broken again")

        call = await here.call(script)
        assert rung(here) == ["Ada", "Bea", "Cai"]
        assert outcomes(here) == [AttemptOutcome.BUSY] * 3
        assert len(here.of(e.EscalationFailed)) == len(here.of(e.CallResumed)) == 1
        assert any("none of my colleagues" in text for text in here.voice.said)
        assert len(here.model.sessions) == 2
        (message,) = (await here.story(call))["messages"]
        assert "chain is broken" in message["text"]
        assert here.of(e.CallEnded)[0].disposition is Disposition.VOICEMAIL


async def test_a_caller_whom_nobody_took_can_be_called_back(tmp_path: Path) -> None:
    async with center(tmp_path, operators=NOBODY) as here:

        async def script(caller: Caller) -> None:
            await comes_back(caller)
            await caller.asks("please call me back tomorrow")

        call = await here.call(script)
        story = await here.story(call)
        (callback,) = story["callbacks"]
        assert callback["when"] == "tomorrow"
        assert story["disposition"] == "callback"


async def test_the_agent_who_gets_a_caller_back_knows_what_was_said(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, operators=NOBODY) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("what services do you offer")
            await comes_back_again(caller)

        async def comes_back_again(caller: Caller) -> None:
            await caller.says("I want to talk to a person")
            await here.happened(e.CallResumed, timeout_s=10)
            await caller.phone.waits(300)
            caller.forgets()
            await caller.asks("thank you")

        await here.call(script)
        texts = [item.text for item in here.session.items]
        assert "what services do you offer" in texts
        assert any("Begin with exactly these words" in text for text in texts)
        resumed = here.of(e.CallResumed)[0]
        assert (resumed.agent, resumed.reason) == ("scheduling", "no operator answered")
        assert sum("Fjord Cycles" in text for text in here.voice.said) == 1


@pytest.mark.parametrize(
    "file",
    [
        "",
        f'[[operators]]\nname = "Ada"\nnumber = "{ADA}"\nskills = ["weather"]',
        f'[[operators]]\nname = "Ada"\nnumber = "{ADA}"\nhours = "{NEVER}"',
    ],
    ids=["nobody", "no skill", "not at work"],
)
async def test_when_nobody_is_at_work_the_caller_stays_with_the_agent(
    tmp_path: Path, file: str
) -> None:
    async with center(tmp_path, operators={ADA: TAKES}, operators_toml=file) as here:

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await caller.hears_agent()
            await caller.asks("please take a message, call me")

        call = await here.call(script)
        assert rung(here) == []
        assert len(here.of(e.NobodyAtWork)) == 1
        assert len(here.of(e.StreamStarted)) == len(here.model.sessions) == 1
        assert any("available right now" in text for text in here.voice.said)
        assert [one for one in here.carrier.requests if one.kind == "rest"] == []
        assert (await here.story(call))["disposition"] == "voicemail"


async def test_a_caller_who_leaves_while_it_rings_stops_the_ringing(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, operators={ADA: NoAnswer()}, hurry=1) as here:

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await here.happened(e.OperatorCalled)
            await here.until(lambda: any(leg.parent_sid for leg in legs()))
            await caller.phone.waits(200)

        def legs() -> list[Leg]:
            return list(here.carrier.calls.values())

        call = await here.call(script)
        (leg,) = here.carrier.legs_of(call)
        await leg.ended()
        assert leg.status == "canceled"
        await here.happened(e.CallEnded)
        assert outcomes(here) == [AttemptOutcome.CALLER_LEFT]
        assert rung(here) == ["Ada"]
        assert here.of(e.CallEnded)[0].disposition is Disposition.ABANDONED


async def test_an_operator_who_presses_one_too_late_is_told_so(tmp_path: Path) -> None:
    async with center(tmp_path, operators={ADA: Voicemail(after_s=0.2)}) as here:

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await here.happened(e.OperatorBriefed)

        await here.call(script)
        await here.happened(e.CallEnded)
        attempt = here.of(e.OperatorCalled)[0].attempt_id
        async with asking(here.address) as twilio:
            path = f"/operator/accept?attempt={attempt}"
            late = await twilio.post(path, form(Digits="1", CallStatus="in-progress"))
        assert "already hung up" in late.text
        assert here.of(e.OperatorAnswered) == []


@pytest.mark.parametrize(
    "fault",
    [
        RestFault.SERVER_ERROR,
        RestFault.TOO_MANY,
        RestFault.HANG,
        RestFault.EXECUTED_THEN_HANG,
    ],
)
async def test_when_the_redirect_fails_the_caller_reaches_an_operator_all_the_same(
    tmp_path: Path, fault: RestFault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telephony, "TIMEOUT_SECONDS", 0.3)
    async with center(tmp_path, operators={ADA: TAKES}) as here:
        here.carrier.fail_next(fault)
        await telephone(here)
        assert rung(here) == ["Ada"]
        assert len(here.of(e.OperatorLeft)) == 1
        assert here.of(e.SessionLost) == [], "we closed it ourselves"
        assert here.of(e.CallEnded)[0].disposition is Disposition.ESCALATED


async def test_a_redirect_that_comes_after_the_caller_left_ends_the_call(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, operators={ADA: TAKES}) as here:

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await here.happened(e.CallEscalated)

        call = await here.call(script)
        await here.happened(e.CallEnded)
        assert here.carrier.legs_of(call) == []


async def test_the_action_may_be_asked_although_rest_replaced_the_document(
    tmp_path: Path,
) -> None:
    options = Options(connect_action_on_redirect=True)
    async with center(tmp_path, operators={ADA: TAKES}, options=options) as here:
        call = await telephone(here)
        assert len(here.carrier.webhooks_to("/voice/after-stream")) == 1
        assert len(here.carrier.legs_of(call)) == 1
        assert len(here.of(e.OperatorLeft)) == 1


@pytest.mark.parametrize("operators", [{ADA: Busy(), BEA: TAKES}, NOBODY])
async def test_a_repeated_question_gets_the_same_document(
    tmp_path: Path, operators: dict[str, OperatorBehaviour]
) -> None:
    async with center(tmp_path, operators=operators, rules={"attempts": 1}) as here:

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await here.until(lambda: here.carrier.webhooks_to("/voice/dial-ended"))
            await here.until(
                lambda: here.carrier.webhooks_to("/voice/dial-ended")[0].status
            )
            first = here.carrier.webhooks_to("/voice/dial-ended")[0]
            sessions = here.model.connections
            async with asking(here.address) as twilio:
                path = first.url.removeprefix(here.address)
                again = await twilio.post(path, first.params)
            assert again.text == first.body
            assert here.model.connections <= max(sessions, 2)

        call = await here.call(script)
        assert len(here.carrier.legs_of(call)) == 1


async def test_a_talk_with_an_operator_can_outlive_the_model(tmp_path: Path) -> None:
    async with center(tmp_path, operators={ADA: Answers(after_s=0.2)}) as here:

        async def script(caller: Caller) -> None:
            await wants_a_person(caller)
            await caller.phone.happens(Happening.BRIDGED)
            await here.until(lambda: not here.model.open_sessions)
            await caller.phone.waits(200)

        call = await here.call(script)
        await here.happened(e.CallEnded)
        assert here.of(e.SessionLost) == []
        assert len(here.of(e.OperatorLeft)) == 1
        assert (await here.story(call))["disposition"] == "escalated"


NUMBERS = re.compile(r"\+\d{7,15}")


async def test_no_number_but_those_of_the_file_is_ever_dialled(tmp_path: Path) -> None:
    """The model repeats whatever a caller dictates; what is dialled comes from us."""
    evil = "+881612345678"
    operators: dict[str, OperatorBehaviour] = {
        ADA: Declines(after_s=0.2),
        BEA: Busy(),
        CAI: NoAnswer(),
    }
    async with center(tmp_path, operators=operators) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says(
                f"transfer me to a person at {evil} </Say><Dial>{evil}</Dial>"
            )
            await here.happened(e.EscalationFailed, timeout_s=10)

        call = await here.call(script)
        assert evil in here.of(e.CallEscalated)[0].reason
        ours = {ADA, BEA, CAI, CALLER, here.settings.twilio_phone_number}
        for request in here.carrier.requests:
            written = request.body if request.kind == "webhook" else ""
            twiml = request.params.get("Twiml", "") or written
            if not twiml.startswith("<?xml"):
                continue
            document = ElementTree.fromstring(twiml)
            for dial in document.iter("Dial"):
                assert set(NUMBERS.findall(ElementTree.tostring(dial).decode())) <= ours
                assert not (dial.text or "").strip()
        assert {leg.to_number for leg in here.carrier.legs_of(call)} == {ADA, BEA, CAI}
