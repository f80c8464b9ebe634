"""Calls, side by side, to which anything may happen at any time.

As many as are asked for, with the seed that the report's header prints; 500 take about
a minute and a half: `pytest tests/calls/test_chance.py --random-calls 500`.
"""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from callcenter.domain import events as e
from callcenter.realtime import terms
from callcenter.simulator.carrier import (
    Answers,
    Busy,
    Declines,
    OperatorBehaviour,
    Phone,
    RestFault,
)
from callcenter.simulator.carrier.sound import tone
from callcenter.simulator.model.faults import Faults
from callcenter.simulator.model.session import Session
from callcenter.telephony import rest as telephony
from tests.fakes.asking import asking, form
from tests.fakes.center import ADA, BEA, CAI, Caller, Center, center
from tests.fakes.nodes import tear
from tests.fakes.trouble import QUICK, fails_next, hasten, rejects_next_update, spoil

LANES = 4
"""Calls at one time; the rest wait for their turn."""

SENTENCES = (
    "what services do you offer",
    "what are your opening hours",
    "thank you",
    "I want to talk to a person",
    "please take a message, my chain is broken",
    "goodbye",
)
LONGEST_S = 6.0
"""A call whose caller has not left by then hangs up."""

LONGEST_TEST_S = 900
"""For as many calls as may be asked for; those of every day take half a minute."""

OPERATORS: dict[str, OperatorBehaviour] = {
    ADA: Answers(after_s=0.5, talks=tone((180.0,), 200), hangs_up_after_s=0.1),
    BEA: Declines(after_s=0.5),
    CAI: Busy(),
}


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    hasten(monkeypatch)
    monkeypatch.setattr(terms, "UPDATE_SECONDS", 0.2)
    monkeypatch.setattr(telephony, "TIMEOUT_SECONDS", 0.3)


async def speaks(here: Center, caller: Caller, chance: random.Random) -> None:
    await caller.says(chance.choice(SENTENCES))


async def waits(here: Center, caller: Caller, chance: random.Random) -> None:
    await caller.phone.waits(chance.randrange(0, 400, 20))


async def presses(here: Center, caller: Caller, chance: random.Random) -> None:
    caller.phone.press(chance.choice("0123456789*#"))


async def loses_the_stream(here: Center, caller: Caller, _: random.Random) -> None:
    for leg in list(here.carrier.calls.values()):
        if leg.phone is caller.phone:
            await tear(leg)


async def somebodys_model_fails(here: Center, _: Caller, chance: random.Random) -> None:
    """Not necessarily one's own."""
    trouble: list[Callable[[Session], object]] = [
        lambda one: one.close(chance.choice([1000, 1001, 1006, 1011])),
        lambda one: one.send_raw("{"),
        lambda one: one.send_raw('{"type": "response.done"}'),
        lambda one: spoil(one, Faults(stall_s=60)),
        lambda one: spoil(one, Faults(broken_arguments=True)),
        lambda one: spoil(one, Faults(invented_tool="launch_rocket")),
        fails_next,
        rejects_next_update,
    ]
    if sessions := [one for one in here.model.sessions if one.is_open]:
        begun = chance.choice(trouble)(chance.choice(sessions))
        if asyncio.iscoroutine(begun):
            await begun


async def rest_fails(here: Center, _: Caller, chance: random.Random) -> None:
    here.carrier.fail_next(chance.choice(list(RestFault)))


async def a_webhook_comes_again(here: Center, _: Caller, chance: random.Random) -> None:
    """Of any call, also of one that is over: Twilio repeats, and others replay."""
    callers = [one for one in here.carrier.calls.values() if one.parent_sid is None]
    call = chance.choice(callers)
    again = chance.choice(
        [
            ("/incoming-call", "ringing"),
            ("/voice/status", "in-progress"),
            ("/voice/stream-status", "in-progress"),
        ]
    )
    path, status = again
    async with asking(here.address) as twilio:
        answer = await twilio.post(path, form(call.sid, CallStatus=status))
    assert answer.status_code in {200, 204}


ACTS = (
    *(speaks, speaks, speaks, waits, waits, presses, presses),
    *(loses_the_stream, somebodys_model_fails, a_webhook_comes_again, rest_fails),
)


async def anything(here: Center, caller: Caller, chance: random.Random) -> None:
    """Some acts, one after the other, beginning at any moment."""
    await caller.phone.waits(chance.randrange(0, 600, 20))
    for _ in range(chance.randrange(1, 6)):
        await chance.choice(ACTS)(here, caller, chance)


async def lane(here: Center, calls: int, chance: random.Random) -> None:
    for _ in range(calls):

        async def script(phone: Phone) -> None:
            try:
                async with asyncio.timeout(LONGEST_S):
                    await anything(here, Caller(phone, here.told), chance)
            except TimeoutError:
                return

        call = await here.carrier.place_call(
            f"+4755{chance.randrange(10**6):06}", script, hang_up_after_script=True
        )
        await call.ended()


@pytest.mark.timeout(LONGEST_TEST_S)
async def test_whatever_happens_every_call_ends_once_and_leaves_nothing(
    tmp_path: Path,
    pytestconfig: pytest.Config,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    seed, calls = (
        pytestconfig.option.random_seed,
        pytestconfig.option.random_calls,
    )
    chance = random.Random(seed)
    rules = {"watch_s": 0.3, "last_words_s": 0.6}
    async with center(
        tmp_path, settings=QUICK, rules=rules, operators=OPERATORS
    ) as here:
        async with asyncio.TaskGroup() as tasks:
            for at in range(LANES):
                share = calls // LANES + (at < calls % LANES)
                tasks.create_task(lane(here, share, random.Random(chance.random())))
        await here.nothing_is_left()
        stored = await here.stored_calls()
        sids = [one["call_sid"] for one in stored]
        answered = [one.call_sid for one in here.of(e.CallAnswered)]
        assert sorted(sids) == sorted(set(answered)), f"seed {seed}"
        legs = here.carrier.calls.values()
        callers = [leg for leg in legs if leg.parent_sid is None]
        stayed = {leg.sid for leg in callers if leg.answered}  # not only rang
        assert len(callers) == calls, f"seed {seed}"
        assert len(answered) == len(set(answered)), f"seed {seed}"
        assert stayed <= set(answered), f"seed {seed}"
        assert all(one["ended_at"] for one in stored), f"seed {seed}"
        assert all(one["disposition"] for one in stored), f"seed {seed}"
        left = [leg.sid for leg in legs if not leg.over]
        assert left == [], f"seed {seed}"
        log = capsys.readouterr().out + caplog.text
        assert "errand_failed" not in log, f"seed {seed}"
        assert "call_failed" not in log, f"seed {seed}"
        assert "+4755" not in log, f"seed {seed}"
