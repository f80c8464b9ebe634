import pytest
from typing_extensions import override

from callcenter.domain.outcomes import ToolOutcome
from callcenter.errors import CarrierError, OutcomeUnknown
from callcenter.tools.deeds import Forgetful
from callcenter.tools.texting import MOST_TEXTS
from tests.tools.asking import ask, call, fail, read
from tests.tools.fakes import ADA, FakeTexts, House


async def test_a_text_goes_to_the_number_that_calls() -> None:
    house = House()
    result = await call(house, "send_sms", text="Your code is K7M4X.")
    assert house.texts.sent == [(ADA, "Your code is K7M4X.")]
    assert result.done == "sent the caller a text"


@pytest.mark.parametrize(
    "order",
    [
        {"text": "Buy!", "number": "+19005550100"},
        {"text": "Buy!", "to": "+19005550100"},
        {"text": "Buy! " * 100},
        {"text": ""},
    ],
)
async def test_an_injected_order_texts_nobody(order: dict[str, str]) -> None:
    house = House()
    result = await call(house, "send_sms", **order)
    assert result.outcome is ToolOutcome.REFUSED
    assert house.texts.sent == []


@pytest.mark.parametrize(
    "number", ["anonymous", "", "+266696687", "sip:ada@example.com", "client:ada"]
)
async def test_who_cannot_be_texted_is_told_what_was_to_be_written(number: str) -> None:
    house = House(caller_number=number)
    answer = await fail(house, "send_sms", text="Your code is K7M4X.")
    assert "slowly, so that they can write it down" in answer["error"]
    assert house.texts.sent == []


async def test_a_call_has_only_so_many_texts() -> None:
    class Busy(Forgetful):
        @override
        def begun(self, tool: str) -> int:
            return MOST_TEXTS + (tool == "send_sms")

    house = House(deeds=Busy())
    answer = await fail(house, "send_sms", text="Once more.")
    assert "any more texts" in answer["say"]
    assert house.texts.sent == []


@pytest.mark.parametrize(
    ("trouble", "unsure"),
    [(CarrierError("refused"), False), (OutcomeUnknown("silent"), True)],
)
async def test_it_is_never_said_that_a_text_was_sent_when_it_was_not(
    trouble: CarrierError, unsure: bool
) -> None:
    house = House(texts=FakeTexts(trouble=trouble))
    result = await call(house, "send_sms", text="Your code is K7M4X.")
    assert (result.outcome, result.done) == (ToolOutcome.FAILED, "")
    assert result.unsure is unsure
    assert ("may come in a moment" in read(result)["error"]) is unsure


async def test_a_house_that_sends_no_texts_says_it_instead() -> None:
    house = House(texts=FakeTexts(trouble=CarrierError("This house sends none.")))
    answer = await fail(house, "send_sms", text="Your code is K7M4X.")
    assert "could not send" in answer["say"]
    house.texts.trouble = None
    assert "sent you a text" in (await ask(house, "send_sms", text="Hello."))["say"]
