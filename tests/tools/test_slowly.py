import pytest

from callcenter.domain.ids import AgentName, ItemId
from callcenter.domain.transcript import Speaker, Turn
from callcenter.tools.slowly import slowly
from tests.tools.asking import ask, fail
from tests.tools.fakes import FakeCall, House


def said(heard: str, generated: str = "") -> House:
    turn = Turn(
        ItemId("i"), Speaker.AGENT, AgentName("a"), heard, generated or heard, 0
    )
    return House(call=FakeCall(said=turn))


async def test_the_caller_hears_again_what_they_heard_last() -> None:
    answer = await ask(said("Your code is K7M4X."), "repeat_slowly")
    assert answer["say"] == "Your code is K, 7, M, 4, X."
    assert "much more slowly" in answer["how"]
    assert "unheard" not in answer


async def test_what_they_cut_off_is_said_this_time() -> None:
    house = said("Your code is K7M4X.", "Your code is K7M4X. Ring 55 50 12 34.")
    answer = await ask(house, "repeat_slowly")
    assert answer["unheard"] == "Ring 5 5 5, 0 1 2, 3 4."


async def test_when_nothing_was_said_there_is_nothing_to_repeat() -> None:
    answer = await fail(House(), "repeat_slowly")
    assert "Nothing has been said yet" in answer["error"]


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Call +4755501234.", "Call plus 4 7 5, 5 5 0, 1 2 3 4."),
        ("Call 555-0123.", "Call 5 5 5, 0 1 2 3."),
        ("On the 27th of November 2026 at 10:30.", None),
        ("It costs 1290 kroner, or 12.5 euros.", None),
        ("Bring the NOTE to room 12.", None),
        ("Ticket A1B2 and B2C3D.", "Ticket A, 1, B, 2 and B, 2, C, 3, D."),
        ("", None),
    ],
)
def test_numbers_and_codes_are_taken_apart_and_nothing_else(
    text: str, spoken: str | None
) -> None:
    assert slowly(text) == (text if spoken is None else spoken)
