"""A carrier that places no calls for us: the same operator is dialled instead."""

from pathlib import Path

import pytest

from callcenter.domain import consultation as c, events as e
from callcenter.domain.ids import CallSid
from callcenter.errors import CarrierError
from callcenter.simulator.carrier import Answers, RestFault
from tests.calls.warm.people import HELLO, legs, meets, outcomes, rung, warm
from tests.fakes.center import ADA

TAKES = Answers(after_s=0.2, talks=HELLO, hangs_up_after_s=0.1)


async def test_a_refused_call_is_dialled_in_the_callers_own(tmp_path: Path) -> None:
    async with warm(tmp_path, {ADA: TAKES}) as here:
        here.carrier.fail_next(RestFault.TOO_MANY)
        call = await here.call(meets, wait=False)
        await call.ended()
        assert rung(here) == ["Ada"]
        assert outcomes(here) == []
        assert legs(here) == []
        assert [leg.to_number for leg in here.carrier.legs_of(call)] == [ADA]
        assert len(here.of(c.DialledInstead)) == len(here.of(e.OperatorLeft)) == 1
        assert HELLO in call.phone.heard_from("bridge")


@pytest.mark.parametrize("answered", ["", "SM" + "0" * 32, "None"])
async def test_an_answer_that_names_no_call_is_a_refusal(
    tmp_path: Path, answered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from callcenter.simulator.carrier import resources

    made = resources.call

    def nonsense(exchange: object, leg: object) -> dict[str, object]:
        body = made(exchange, leg)  # type: ignore[arg-type]
        queued = body["status"] == "queued"
        return {**body, "sid": answered} if queued else body

    async with warm(tmp_path, {ADA: TAKES}) as here:
        monkeypatch.setattr(resources, "call", nonsense)
        from callcenter.domain.consultation import LegOrder

        order = LegOrder(ADA, "+15005550006", f"{here.address}/x", here.address, 5, 60)
        with pytest.raises(CarrierError, match="names no call"):
            await here.node.floor.house.carrier.ring(order)
        assert CallSid(answered) not in here.carrier.calls
