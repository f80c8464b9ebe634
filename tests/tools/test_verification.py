"""Proving who calls: what the model may ask for, and what it is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest
from typing_extensions import override

from callcenter.domain.ids import CallId
from callcenter.domain.verification import Detail, Method, Verdict
from callcenter.tools.desk import Desk
from tests.tools.asking import ask, call, fail, read
from tests.tools.fakes import ADA, CALL, House, at

WAIT = {"service": "bicycle service", "name": "Ada Lie", "day": "saturday"}
"""The shop is closed then."""

PIN, FACTS = Method.PIN, Method.FACTS


@dataclass
class FakeIdentity:
    """A customer who can prove it in these ways, and how it will go."""

    ways: Sequence[Method] = (PIN, FACTS)
    verdict: Verdict = Verdict.PROVED
    verified: bool = False
    tries_left: int = 2
    told: list[Mapping[Detail, str]] = field(default_factory=list)
    typed: int = 0

    async def methods(self) -> Sequence[Method]:
        return self.ways

    async def by_pin(self) -> Verdict:
        self.typed += 1
        return self.verdict

    async def by_facts(self, told: Mapping[Detail, str]) -> Verdict:
        self.told.append(told)
        return self.verdict


@dataclass
class Registered(House):
    """A house that knows who could call from this number."""

    identity: FakeIdentity = field(default_factory=FakeIdentity)

    @property
    @override
    def desk(self) -> Desk:
        return replace(super().desk, identity=self.identity)


async def test_the_model_is_told_yes_and_nothing_more() -> None:
    house = Registered()
    answer = await ask(house, "verify_caller")
    assert answer == {"say": "Thank you, that is right.", "verified": True}
    told = await ask(house, "verify_by_facts", name="Ada Lie", postcode="5003")
    assert told == answer
    assert house.identity.told == [{Detail.NAME: "Ada Lie", Detail.POSTCODE: "5003"}]


@pytest.mark.parametrize("verdict", [Verdict.WRONG, Verdict.LOCKED, Verdict.NOTHING])
async def test_no_is_no_whatever_was_wrong(verdict: Verdict) -> None:
    house = Registered(identity=FakeIdentity(verdict=verdict))
    answer = await fail(house, "verify_caller")
    assert answer["verified"] is False
    told = await fail(house, "verify_by_facts", name="Ada Lie", postcode="5003")
    assert told["verified"] is False
    assert "postcode" not in str(told)
    assert "Lie" not in str(told)


async def test_after_the_last_try_only_a_person_is_left() -> None:
    wrong = FakeIdentity(verdict=Verdict.WRONG)
    assert (
        "try again"
        in (await fail(Registered(identity=wrong), "verify_caller"))["error"]
    )
    wrong.tries_left = 0
    last = await fail(Registered(identity=wrong), "verify_caller")
    assert "transfer_to_human" in last["error"]
    assert "Do not try again" in last["error"]


async def test_one_fact_is_no_try() -> None:
    house = Registered()
    await fail(house, "verify_by_facts", name="Ada Lie")
    await fail(house, "verify_by_facts")
    await fail(house, "verify_by_facts", name="Ada Lie", date_of_birth="in May")
    assert house.identity.told == []


async def test_who_has_proved_it_need_not_do_so_again() -> None:
    house = Registered(identity=FakeIdentity(verified=True))
    assert (await ask(house, "verify_caller"))["verified"]
    assert (await ask(house, "verify_by_facts", name="Ada Lie"))["verified"]
    assert (house.identity.typed, house.identity.told) == (0, [])


async def test_a_number_that_nobody_registered_cannot_be_verified() -> None:
    for tool in ("verify_caller", "verify_by_facts"):
        answer = await fail(House(), tool)
        assert "transfer_to_human" in answer["error"]


async def test_the_way_that_there_is_is_named() -> None:
    house = Registered(identity=FakeIdentity(ways=(PIN,)))
    assert "verify_caller" in (await fail(house, "verify_by_facts"))["error"]
    house = Registered(identity=FakeIdentity(ways=(FACTS,)))
    assert "verify_by_facts" in (await fail(house, "verify_caller"))["error"]


async def test_what_other_calls_have_left_is_for_who_has_proved_it() -> None:
    """A forged number is not enough where there is something to compare with."""
    house = Registered()
    held = house.schedule.hold("K7M4X", at(27, 9))
    ticket = await house.tickets.open("Gear slips", "It slips.", ADA, CallId("before"))
    asked: tuple[tuple[str, dict[str, str]], ...] = (
        ("find_my_appointments", {}),
        ("move_appointment", {"code": "K7M4X", "start": "2026-11-27T10:00"}),
        ("cancel_appointment", {"code": "K7M4X"}),
        ("join_waiting_list", WAIT),
        ("close_ticket", {"code": ticket.code, "reason": "It is settled."}),
    )
    for tool, arguments in asked:
        answer = await fail(house, tool, **arguments)
        assert "verify_caller" in answer["error"], tool
        assert held.name not in str(answer)
        assert "slips" not in str(answer)
    house.identity.verified = True
    for tool, arguments in asked:
        await ask(house, tool, **arguments)


async def test_guessing_does_not_find_out_what_another_call_has_booked() -> None:
    """Asked for again, an own appointment is told; another call's only with proof."""
    house = Registered()
    house.schedule.hold("K7M4X", at(24, 9))
    guess = {"service": "bicycle service", "name": "ADA LIE"}
    for hour in (9, 10, 11):
        start = f"2026-11-24T{hour:02}:00"
        told = str(read(await call(house, "book_appointment", **guess, start=start)))
        assert "K7M4X" not in told
        assert "K 7 M 4 X" not in told
    house.identity.verified = True
    again = await ask(house, "book_appointment", **guess, start="2026-11-24T09:00")
    assert again["code"] == "K7M4X"


async def test_whether_a_code_exists_is_told_to_nobody_unproved() -> None:
    house = Registered()
    house.schedule.hold("K7M4X", at(27, 9))
    own = await fail(house, "cancel_appointment", code="K7M4X")
    none = await fail(house, "cancel_appointment", code="ZZZZZ")
    assert own == none


async def test_what_this_very_call_has_made_is_its_own() -> None:
    house = Registered()
    held = house.schedule.hold("K7M4X", at(27, 9))
    house.schedule.booked["K7M4X"] = replace(held, call_id=CALL)
    await ask(house, "cancel_appointment", code="K7M4X")
