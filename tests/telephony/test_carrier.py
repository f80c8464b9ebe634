"""Twilio's REST API through its own library, against the simulated carrier."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from callcenter.domain.ids import CallSid
from callcenter.errors import CallIsOver, CarrierError
from callcenter.simulator.carrier import CarrierSimulator, Leg, Phone, RestFault
from callcenter.simulator.carrier.sound import tone
from callcenter.telephony import rest as telephony
from callcenter.telephony.carrier import TwilioCarrier
from callcenter.wire import twiml
from tests.fakes.center import ACCOUNT, CALLER, OURS, TOKEN

SORRY_MS = 3_000
"""The carrier's apology for an address where nobody is: that is our time."""

NOWHERE = "http://127.0.0.1:9"
UNKNOWN = CallSid("CA" + "f" * 32)


async def drawl(text: str) -> bytes:
    return tone((500.0,), SORRY_MS if "application error" in text else 60)


@asynccontextmanager
async def network() -> AsyncIterator[tuple[CarrierSimulator, TwilioCarrier]]:
    async with (
        CarrierSimulator(
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            number=OURS,
            voice_url=f"{NOWHERE}/incoming-call",
            speak=drawl,
            hurry=20,
        ) as simulator,
        TwilioCarrier(ACCOUNT, TOKEN, simulator.api_url) as carrier,
    ):
        yield simulator, carrier


async def caller_on_the_line(simulator: CarrierSimulator) -> Leg:
    """A call that the carrier's own apology keeps alive for a while."""

    async def waits(phone: Phone) -> None:
        await phone.waits(10_000)

    leg = await simulator.place_call(CALLER, waits)
    await leg.reaches("in-progress")
    return leg


async def test_a_live_call_is_given_another_document() -> None:
    async with network() as (simulator, carrier):
        leg = await caller_on_the_line(simulator)
        await carrier.redirect(CallSid(leg.sid), twiml.hang_up("Bye & <good> luck."))
        await leg.ended()
        assert "Bye & <good> luck." in leg.phone.said_texts
        assert await carrier.is_over(CallSid(leg.sid))


async def test_a_live_call_is_ended_and_ending_it_twice_does_no_harm() -> None:
    async with network() as (simulator, carrier):
        leg = await caller_on_the_line(simulator)
        assert not await carrier.is_over(CallSid(leg.sid))
        await carrier.hang_up(CallSid(leg.sid))
        await leg.ended()
        await carrier.hang_up(CallSid(leg.sid))
        assert leg.status == "completed"


async def test_a_call_that_is_over_says_so() -> None:
    async with network() as (simulator, carrier):
        leg = await caller_on_the_line(simulator)
        leg.phone.hang_up()
        await leg.ended()
        with pytest.raises(CallIsOver, match="not in-progress"):
            await carrier.redirect(CallSid(leg.sid), twiml.hang_up())


async def test_a_call_that_nobody_knows_is_over() -> None:
    async with network() as (_, carrier):
        assert await carrier.is_over(UNKNOWN)
        await carrier.hang_up(UNKNOWN)
        with pytest.raises(CallIsOver):
            await carrier.redirect(UNKNOWN, twiml.hang_up())


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (RestFault.SERVER_ERROR, "refused \\(20500\\)"),
        (RestFault.TOO_MANY, "refused \\(20429\\)"),
        (RestFault.HANG, "did not answer"),
        (RestFault.EXECUTED_THEN_HANG, "did not answer"),
    ],
)
async def test_what_twilio_does_not_do_is_a_carrier_error_in_time(
    fault: RestFault, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telephony, "TIMEOUT_SECONDS", 0.2)
    async with network() as (simulator, carrier):
        leg = await caller_on_the_line(simulator)
        for ask in (
            lambda: carrier.redirect(CallSid(leg.sid), twiml.hang_up()),
            lambda: carrier.hang_up(CallSid(leg.sid)),
            lambda: carrier.is_over(CallSid(leg.sid)),
        ):
            simulator.fail_next(fault)
            async with asyncio.timeout(2):
                with pytest.raises(CarrierError, match=words) as failed:
                    await ask()
            assert not isinstance(failed.value, CallIsOver)
            if fault is RestFault.EXECUTED_THEN_HANG:
                return  # the call is over, and the next answers would be others


async def test_nothing_is_asked_twice() -> None:
    async with network() as (simulator, carrier):
        leg = await caller_on_the_line(simulator)
        simulator.fail_next(RestFault.SERVER_ERROR)
        with pytest.raises(CarrierError):
            await carrier.redirect(CallSid(leg.sid), twiml.hang_up())
        assert len([one for one in simulator.requests if one.kind == "rest"]) == 1


@pytest.mark.parametrize(("account", "token"), [(ACCOUNT, "wrong"), ("", "")])
async def test_wrong_or_missing_credentials_are_refused_by_twilio(
    account: str, token: str
) -> None:
    async with (
        network() as (simulator, _),
        TwilioCarrier(account, token, simulator.api_url) as stranger,
    ):
        with pytest.raises(CarrierError) as failed:
            await stranger.hang_up(UNKNOWN)
    assert "wrong" not in str(failed.value)


async def test_a_network_that_is_down_is_a_carrier_error() -> None:
    async with TwilioCarrier(ACCOUNT, TOKEN, NOWHERE) as carrier:
        with pytest.raises(CarrierError, match="did not answer"):
            await carrier.hang_up(UNKNOWN)
