from callcenter.domain.ids import CallId
from callcenter.domain.outcomes import ToolOutcome
from callcenter.domain.tickets import Passage, Ticket, TicketStatus
from callcenter.tools.definition import MAX_OUTPUT_CHARACTERS
from tests.tools.asking import ask, call, fail
from tests.tools.fakes import ADA, BOB, CALL, SUNDAY_NOON, House

RETURNS = Passage(
    "Returns and refunds",
    "Returning something",
    "You may return *unused* goods within thirty days.\n- Bring the receipt.",
    "returns-and-refunds.md",
    3.5,
)


def ticket(status: TicketStatus = TicketStatus.OPEN, phone: str = ADA) -> Ticket:
    return Ticket(
        "X2Y7C", "a slipping chain", "Since May.", phone, status, SUNDAY_NOON, None
    )


async def test_an_article_is_quoted_with_its_source() -> None:
    house = House()
    house.knowledge.passages = [RETURNS]
    answer = await ask(house, "search_knowledge", question="return a helmet")
    assert answer["say"] == (
        "You may return unused goods within thirty days. Bring the receipt."
    )
    assert answer["passages"] == [
        {
            "title": "Returns and refunds",
            "heading": "Returning something",
            "text": RETURNS.text,
            "source": "returns-and-refunds.md",
        }
    ]


async def test_nothing_found_tells_the_model_not_to_guess() -> None:
    answer = await ask(House(), "search_knowledge", question="do you sell canoes")
    assert answer["say"] == "I am sorry, I have nothing written down about that."
    assert answer["passages"] == []
    assert "Do not guess" in answer["note"]


async def test_long_articles_are_cut_at_a_sentence_and_fit() -> None:
    house = House()
    text = "A sentence of the house, in some words. " * 90
    endless = "word " * 900
    house.knowledge.passages = [
        Passage("Long", "", text, "long.md", 2.0),
        Passage("Endless", "", endless, "endless.md", 1.0),
        Passage("Long too", "", text, "long.md", 0.5),
    ]
    result = await call(house, "search_knowledge", question="anything")
    answer = await ask(house, "search_knowledge", question="anything")
    assert len(result.output) <= MAX_OUTPUT_CHARACTERS
    assert len(answer["passages"]) == 3
    assert answer["passages"][0]["text"].endswith("in some words.")
    assert answer["passages"][1]["text"].endswith("word …")
    assert 200 < len(answer["say"]) <= 260
    assert answer["say"].endswith(".")


async def test_a_ticket_is_opened_for_the_number_that_calls() -> None:
    house = House()
    result = await call(
        house, "open_ticket", summary="Chain slips", details="Since the last repair."
    )
    assert result.done == "opened ticket X2Y70: Chain slips"
    assert '"I have opened a ticket. Its code is X 2 Y 7 0."' in result.output
    opened = house.tickets.tickets["X2Y70"]
    assert (opened.phone, opened.call_id) == (ADA, CALL)


async def test_a_caller_hears_what_became_of_their_own_ticket() -> None:
    house = House()
    house.tickets.tickets["X2Y7C"] = ticket()
    answer = await ask(house, "look_up_ticket", code="x 2 y 7 c")
    assert answer["say"] == (
        "Your ticket about a slipping chain was opened today. We are still looking "
        "into it."
    )
    assert (answer["status"], answer["details"]) == ("open", "Since May.")
    house.tickets.tickets["X2Y7C"] = ticket(TicketStatus.CLOSED)
    answer = await ask(house, "look_up_ticket", code="X2Y7C")
    assert "It is closed" in answer["say"]


async def test_somebody_else_s_ticket_is_not_discussed_nor_admitted() -> None:
    house = House(caller_number=BOB)
    house.tickets.tickets["X2Y7C"] = ticket()
    theirs = await fail(house, "look_up_ticket", code="X2Y7C")
    house.tickets.tickets.clear()
    nobodys = await fail(house, "look_up_ticket", code="X2Y7C")
    assert theirs == nobodys
    assert "chain" not in str(theirs)


async def test_withheld_numbers_do_not_share_their_tickets() -> None:
    house = House(caller_number="anonymous")
    house.tickets.tickets["X2Y7C"] = ticket(phone="anonymous")
    await fail(house, "look_up_ticket", code="X2Y7C")
    await ask(house, "open_ticket", summary="A bell", details="It rings.")
    opened = house.tickets.tickets["X2Y71"]
    assert opened.call_id == CallId("call-1")
    assert (await ask(house, "look_up_ticket", code="X2Y71"))["summary"] == "A bell"


async def test_an_essay_is_not_a_ticket() -> None:
    house = House()
    result = await call(house, "open_ticket", summary="x", details="y" * 1001)
    assert result.outcome is ToolOutcome.REFUSED
    assert not house.tickets.tickets
