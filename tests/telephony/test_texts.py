"""Text messages through Twilio's own library, against the simulated carrier."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from callcenter.errors import CarrierError, OutcomeUnknown
from callcenter.simulator.carrier import CarrierSimulator, RestFault
from callcenter.telephony import rest
from callcenter.telephony.texts import MAX_TEXT_CHARACTERS, TwilioTexts
from tests.fakes.center import ACCOUNT, CALLER, OURS, TOKEN


@asynccontextmanager
async def network(
    number: str = OURS,
) -> AsyncIterator[tuple[CarrierSimulator, TwilioTexts]]:
    async with (
        CarrierSimulator(
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            number=OURS,
            voice_url="http://127.0.0.1:9/incoming-call",
        ) as simulator,
        TwilioTexts(ACCOUNT, TOKEN, number, simulator.api_url) as texts,
    ):
        yield simulator, texts


async def test_a_text_comes_from_the_house_and_has_an_id() -> None:
    async with network() as (simulator, texts):
        sid = await texts.send(CALLER, "K7M4X – på fredag")
        [message] = simulator.messages
    assert (message["sid"], message["to"], message["from"]) == (sid, CALLER, OURS)
    assert message["body"] == "K7M4X – på fredag"


async def test_a_text_that_is_too_long_is_cut_and_not_lost() -> None:
    async with network() as (simulator, texts):
        await texts.send(CALLER, "x" * (MAX_TEXT_CHARACTERS + 1))
        [message] = simulator.messages
    assert message["body"] == "x" * MAX_TEXT_CHARACTERS


@pytest.mark.parametrize(
    ("fault", "unknown"),
    [
        (RestFault.TOO_MANY, False),
        (RestFault.SERVER_ERROR, True),
        (RestFault.HANG, True),
        (RestFault.EXECUTED_THEN_HANG, True),
    ],
)
async def test_it_is_told_whether_anybody_knows_if_it_was_sent(
    fault: RestFault, unknown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "TIMEOUT_SECONDS", 0.2)
    async with network() as (simulator, texts):
        simulator.fail_next(fault)
        with pytest.raises(CarrierError) as failed:
            await texts.send(CALLER, "Hello")
    assert isinstance(failed.value, OutcomeUnknown) is unknown
    asked = [one for one in simulator.requests if one.kind == "rest"]
    assert len(asked) == 1  # whatever came of it, it is not tried again
    assert len(simulator.messages) == (fault is RestFault.EXECUTED_THEN_HANG)


@pytest.mark.parametrize(
    "to",
    ["", "anonymous", "4755512345", "+0123456789", "+47 555", "sip:a@b.c", "+4٧٥٥٥١٢٣"],
)
async def test_what_is_no_number_is_not_even_asked_for(to: str) -> None:
    async with network() as (simulator, texts):
        with pytest.raises(CarrierError, match="no number"):
            await texts.send(to, "Hello")
        assert not simulator.requests


async def test_a_house_without_a_number_says_so() -> None:
    async with network(number="") as (simulator, texts):
        with pytest.raises(CarrierError, match="TWILIO_PHONE_NUMBER"):
            await texts.send(CALLER, "Hello")
        assert not simulator.requests
