from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from callcenter.domain.outcomes import ToolOutcome
from callcenter.tools.definition import Answer, Sorry
from callcenter.tools.desk import Desk
from callcenter.tools.keypad import collector, purpose
from tests.tools.asking import ask, call, fail, read
from tests.tools.fakes import FakeCall, House

SECRET = "4711"


@purpose(digits=6, ask="Please type your membership number.")
async def membership(desk: Desk, typed: str) -> Answer:
    """The number on their membership card."""
    if typed != SECRET:
        raise Sorry("There is no such member.", say="I cannot find that number.")
    return Answer("Thank you, I found you.", facts={"member_since": 2019})


@purpose(digits=6, ask="Please type it.")
async def parrot(desk: Desk, typed: str) -> Answer:
    """Tells everybody."""
    return Answer("Thank you.", facts={"typed": [typed]})


async def typing(digits: str, **arguments: Any) -> Any:
    house = House(call=FakeCall(typed=digits))
    tool = collector([membership, parrot]).bind(house.desk)
    names = ", ".join(f'"{name}": "{value}"' for name, value in arguments.items())
    return house, await tool.run(f"{{{names}}}")


async def test_digits_reach_their_purpose_and_the_model_learns_how_many() -> None:
    house, result = await typing(SECRET, purpose="membership")
    assert house.call.done == [("typing", "6")]
    assert read(result) == {
        "say": "Thank you, I found you.",
        "digits_received": 4,
        "member_since": 2019,
    }


async def test_a_purpose_says_what_it_did_not_find() -> None:
    _, result = await typing("9999", purpose="membership")
    assert read(result)["say"] == "I cannot find that number."


async def test_a_purpose_that_tells_the_digits_is_stopped() -> None:
    with capture_logs() as logs:
        _, result = await typing(SECRET, purpose="parrot")
    assert result.outcome is ToolOutcome.FAILED
    assert SECRET not in result.output + repr(logs)


async def test_the_model_knows_the_purposes_and_cannot_invent_one() -> None:
    tool = collector([membership, parrot])
    about = tool.parameters["properties"]["purpose"]
    assert about["enum"] == ["membership", "parrot"]
    assert "membership: The number on their membership card." in about["description"]
    _, result = await typing(SECRET, purpose="card")
    assert result.outcome is ToolOutcome.REFUSED
    assert "There are: membership, parrot." in read(result)["error"]


async def test_who_types_nothing_is_asked_again() -> None:
    house = House(call=FakeCall(typed=""))
    answer = await fail(house, "collect_digits", purpose="callback_number")
    assert answer["say"].startswith("I did not receive anything. Please type")


async def test_a_number_to_call_back_is_for_the_people_of_the_house() -> None:
    house = House(call=FakeCall(typed="4755501234"))
    answer = await ask(house, "collect_digits", purpose="callback_number")
    assert answer["digits_received"] == 10
    assert house.call.done[-1] == (
        "message",
        "The caller can be reached at 4755501234 (as typed).",
    )


@pytest.mark.parametrize("digits", ["4", "47"])
async def test_a_digit_or_two_is_no_secret(digits: str) -> None:
    @purpose(digits=2, ask="Please type how many.")
    async def how_many(desk: Desk, typed: str) -> Answer:
        """How many bicycles."""
        return Answer(f"So {typed} bicycles.")

    house = House(call=FakeCall(typed=digits))
    tool = collector([replace(how_many)]).bind(house.desk)
    result = await tool.run('{"purpose": "how_many"}')
    assert read(result)["say"] == f"So {digits} bicycles."


async def test_nothing_but_a_purpose_can_be_asked_for() -> None:
    result = await call(House(), "collect_digits", purpose="callback_number", count=99)
    assert result.outcome is ToolOutcome.REFUSED
