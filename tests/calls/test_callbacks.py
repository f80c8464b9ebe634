"""Calls that we place: what the called person hears, and what the record says of it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from callcenter.assembly import dialler
from callcenter.domain import events as e
from callcenter.domain.callbacks import CalledBack, Direction
from callcenter.domain.ids import AgentName, CallId, CallSid, ItemId
from callcenter.domain.outcomes import Disposition
from callcenter.domain.prices import Tokens
from callcenter.domain.queueing import LineOutcome, QueueEntered, QueueLeft
from callcenter.simulator.carrier import (
    Busy,
    Happening,
    Leg,
    Phone,
    RestFault,
    Scripted,
    Voicemail,
)
from callcenter.storage.callback_lists import CallbackLists
from callcenter.storage.engine import Database
from callcenter.telephony import rest as telephony
from tests.calls.test_escalation import TAKES
from tests.fakes.asking import asking
from tests.fakes.center import ADA, BEA, CAI, CALLER, OURS, Caller, Center, center

EARLIER = CallId("call_earlier")
WISH = "cb_earlier_3"
SETTINGS = {
    "dial_callbacks": True,
    "dial_countries": "NO,US",
    "callback_earliest_hour": 0,
    "callback_latest_hour": 24,
    "twilio_phone_number": OURS,
}

Script = Callable[[Phone], Awaitable[None]]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialler, "PAUSE_S", 0.05)
    # A busy machine must not let the question end before its answer.
    monkeypatch.setattr("callcenter.wire.twiml.ASK_SECONDS", 100)


async def wish(here: Center, *, queued_at: datetime | None = None) -> None:
    """Somebody called, and wished to be called back."""
    now = datetime.now(UTC)
    told: list[e.Event] = [
        e.CallAnswered(CallSid("CA" + "e" * 32), CALLER, OURS),
        e.CallerSpoke(ItemId("i1"), "my chain is broken", 0, 900),
        e.CallbackRequested("now", "a broken chain", "support", queued_at),
        e.AgentSpoke(
            ItemId("i2"), AgentName("support"), "Shall we call?", "Shall we", 1, 9, 9
        ),
        e.CallEnded(Disposition.CALLBACK, "the caller hung up"),
    ]
    for sequence, event in enumerate(told, 1):
        here.node.ledger.append(e.Fact(EARLIER, sequence, now, event))
    assert await here.node.ledger.flush(5)


async def shown(here: Center) -> dict[str, Any]:
    database = Database.open(here.settings.database_url)
    try:
        return await CallbackLists(database).show(WISH)
    finally:
        await database.close()


async def called(here: Center, script: Script) -> Leg:
    """The leg of the person, once the call is over."""
    here.carrier.operators[CALLER] = Scripted(script, after_s=0.2)
    await here.until(lambda: here.carrier.calls)
    leg = next(iter(here.carrier.calls.values()))
    await leg.ended()
    return leg


async def presses(phone: Phone, key: str) -> None:
    await phone.happens(Happening.PROMPTED)
    phone.press(key)


async def test_who_presses_one_talks_with_an_agent_who_knows_why(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, settings=SETTINGS) as here:

        async def script(phone: Phone) -> None:
            await presses(phone, "1")
            await phone.happens(Happening.STREAM_STARTED)
            caller = Caller(phone, here.told)
            caller.forgets()  # the recording is not the agent
            await caller.hears_agent()
            await caller.asks("what services do you offer")
            phone.hang_up()

        await wish(here)
        leg = await called(here, script)
        introduction = leg.phone.said_texts[0]
        assert "an artificial intelligence" in introduction
        assert "you asked us to call you back" in introduction
        assert "chain" not in introduction, "somebody else may have picked up"
        await here.happened(e.CallEnded)
        [answered] = here.of(e.CallAnswered)
        assert answered.direction is Direction.OUTBOUND
        assert answered.caller_number == CALLER
        assert here.of(CalledBack)[0].earlier == EARLIER
        items = [item.text for item in here.session.items]
        assert any("my chain is broken" in text for text in items)
        assert any("a broken chain" in text for text in items)
        story = await here.story(leg)
        assert (story["direction"], story["disposition"]) == ("outbound", "resolved")
        assert story["called_back"]["callback_id"] == WISH
        assert (await shown(here))["state"] == "done"
        [one] = (await shown(here))["tried"]
        assert (one["outcome"], one["call_id"]) == ("accepted", story["id"])
        assert len(here.carrier.calls) == 1


async def test_who_presses_nine_is_never_called_again(tmp_path: Path) -> None:
    async with center(tmp_path, settings=SETTINGS) as here:

        async def script(phone: Phone) -> None:
            await presses(phone, "9")
            await phone.happens(Happening.ENDED)

        await wish(here)
        leg = await called(here, script)
        assert "will not call this number again" in leg.phone.said_texts[-1]
        assert (await shown(here))["state"] == "opted_out"
        assert here.of(e.CallAnswered) == [], "nobody has called, and nobody talked"


async def test_a_machine_is_told_who_called_and_counts_as_a_try(
    tmp_path: Path,
) -> None:
    people = {CALLER: Voicemail(after_s=0.2)}
    async with center(tmp_path, settings=SETTINGS, operators=people) as here:
        await wish(here)
        await here.until(lambda: here.carrier.calls)
        leg = next(iter(here.carrier.calls.values()))
        await leg.ended()
        assert "You can reach us at the number" in leg.phone.said_texts[-1]
        found = await shown(here)
        assert (found["state"], found["tries"]) == ("waiting", 1)
        assert found["tried"][0]["outcome"] == "machine"


async def test_a_voice_that_turns_out_to_be_a_machine_settles_nothing(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, settings=SETTINGS) as here:

        async def script(phone: Phone) -> None:
            await phone.happens(Happening.PROMPTED)
            leg = next(iter(here.carrier.calls.values()))
            fields = {"CallSid": leg.sid, "CallStatus": "in-progress"}
            path = here.carrier.webhooks_to("/callback/answered")[0].url
            query = path.partition("?")[2]
            async with asking(here.address) as twilio:
                spoken = fields | {"SpeechResult": "You have reached Kari"}
                talk = await twilio.post(f"/callback/chosen?{query}", spoken)
                assert "<Stream" in talk.text
                machine = fields | {"AnsweredBy": "machine_end_beep"}
                await twilio.post(f"/callback/machine?{query}", machine)
            await phone.happens(Happening.ENDED)

        await wish(here)
        leg = await called(here, script)
        assert "You can reach us at the number" in leg.phone.said_texts[-1]
        assert here.of(e.CallEnded)[0].disposition is Disposition.VOICEMAIL
        assert (await shown(here))["state"] == "waiting"


async def test_who_waited_in_line_is_connected_with_an_operator(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, settings=SETTINGS, operators={ADA: TAKES}) as here:

        async def script(phone: Phone) -> None:
            await presses(phone, "1")
            await phone.happens(Happening.ENDED)

        await wish(here, queued_at=datetime.now(UTC))
        leg = await called(here, script)
        await here.happened(e.CallEnded)
        assert [one.operator for one in here.of(e.OperatorCalled)] == ["Ada"]
        assert here.of(e.CallEnded)[0].disposition is Disposition.ESCALATED
        [briefing] = [one.briefing for one in here.of(e.OperatorBriefed)]
        assert "broken chain" in briefing
        assert leg.to_number == CALLER


async def test_a_create_without_an_answer_rings_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telephony, "TIMEOUT_SECONDS", 0.3)
    async with center(tmp_path, settings=SETTINGS) as here:

        async def script(phone: Phone) -> None:
            await presses(phone, "9")
            await phone.happens(Happening.ENDED)

        here.carrier.fail_next(RestFault.EXECUTED_THEN_HANG)
        await wish(here)
        await called(here, script)
        assert (await shown(here))["state"] == "opted_out"
        assert len(here.carrier.calls) == 1


async def test_a_stranger_s_leg_does_not_learn_of_a_wish(tmp_path: Path) -> None:
    async with center(tmp_path, settings=SETTINGS) as here:

        async def script(phone: Phone) -> None:
            await phone.happens(Happening.PROMPTED)
            path = here.carrier.webhooks_to("/callback/answered")[0].url
            query = path.partition("?")[2]
            other = {"CallSid": "CA" + "b" * 32, "CallStatus": "in-progress"}
            async with asking(here.address) as twilio:
                for what in ("answered", "chosen"):
                    answer = await twilio.post(f"/callback/{what}?{query}", other)
                    assert "<Hangup" in answer.text
                    assert "call you back" not in answer.text
                unsigned = await twilio.unsigned(f"/callback/chosen?{query}", other)
                assert unsigned.status_code == 403
                nothing = await twilio.post(f"/callback/answered?{query}", {"To": "x"})
                assert "<Response" in nothing.text
            phone.hang_up()

        await wish(here)
        await called(here, script)
        assert (await shown(here))["tried"][0]["outcome"] == "hung_up"


async def test_when_the_agents_have_cost_too_much_callers_reach_people(
    tmp_path: Path,
) -> None:
    limit = {"max_cost_per_day_usd": 5}
    async with center(tmp_path, settings=limit, operators={ADA: TAKES}) as here:
        house, spent = here.node.floor.house, e.ModelUsed(Tokens(), 5.0)
        for watch in house.watchers:
            watch(e.Fact(EARLIER, 1, datetime.now(UTC), spent))

        async def script(caller: Caller) -> None:
            await caller.phone.happens(Happening.BRIDGED)
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(script, wait=False)
        await call.ended()
        await here.happened(e.CallEnded)
        assert here.model.connections == 0, "no agent was asked"
        assert "MAX_COST_PER_DAY_USD" in here.of(e.SessionLost)[0].reason
        assert here.of(e.CallEnded)[0].disposition is Disposition.ESCALATED


async def test_who_waited_in_line_and_finds_nobody_has_their_old_place(
    tmp_path: Path,
) -> None:
    settings = {**SETTINGS, "queue_most_waiting": 5}
    everybody = {ADA: Busy(), BEA: Busy(), CAI: Busy()}
    long_ago = datetime.now(UTC) - timedelta(hours=2)
    async with center(tmp_path, settings=settings, operators=everybody) as here:

        async def script(phone: Phone) -> None:
            await presses(phone, "1")
            await here.happened(QueueEntered)
            while not any("[plays " in one for one in phone.said_texts):
                await phone.waits(20)
            phone.hang_up()

        await wish(here, queued_at=long_ago)
        await called(here, script)
        [entered] = here.of(QueueEntered)
        assert entered.since == long_ago
        [left] = here.of(QueueLeft)
        assert left.outcome is LineOutcome.ABANDONED, "nor was it too long already"
        assert left.waited_s < 60, "in this call"


async def test_who_waited_in_line_and_finds_nobody_at_all_has_the_agent(
    tmp_path: Path,
) -> None:
    everybody = {ADA: Busy(), BEA: Busy(), CAI: Busy()}
    async with center(tmp_path, settings=SETTINGS, operators=everybody) as here:

        async def script(phone: Phone) -> None:
            await presses(phone, "1")
            await phone.happens(Happening.STREAM_STARTED, timeout_s=10)
            await here.until(lambda: here.of(e.SessionOpened))
            phone.hang_up()

        await wish(here, queued_at=datetime.now(UTC))
        await called(here, script)
        assert len(here.of(e.EscalationFailed)) == 1
        items = [item.text for item in here.session.items]
        assert any("my chain is broken" in text for text in items)
