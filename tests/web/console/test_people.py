"""What we know of a number: found, shown, exported, and forgotten."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from callcenter.domain import events as e, voicemail as v
from callcenter.domain.ids import CallId, CallSid, ItemId, RecordingSid
from callcenter.domain.outcomes import Disposition
from callcenter.domain.people import Role
from callcenter.domain.pseudonyms import sealed
from callcenter.storage.customers import Customers
from callcenter.storage.history import History
from callcenter.storage.opt_outs import OptOuts
from callcenter.storage.tickets import TicketBook
from tests.web.console.door import Door, Visitor, open_door

HOSTILE = '<script>alert("x")</script>'
KARI, OLA = "+4755512345", "+4799900011"
HERS = "/console/people?number=%2B4755512345"
CALL, OTHER = CallId("call_0001"), CallId("call_0002")
SID = RecordingSid("RE" + "1" * 32)


@pytest.fixture
async def at_the_door(tmp_path) -> AsyncIterator[Door]:
    async with open_door(tmp_path) as one:
        yield one


async def told(at: Door, call_id: CallId, number: str, *events: e.Event) -> None:
    """Have a call on record that is over."""
    begun = e.CallAnswered(CallSid(f"CA{call_id}"), number, "+4721000000")
    over = e.CallEnded(Disposition.RESOLVED, "the caller hung up")
    began = datetime.now(UTC) - timedelta(minutes=5)
    for sequence, event in enumerate((begun, *events, over), 1):
        moment = began + timedelta(seconds=sequence)
        at.node.ledger.append(e.Fact(call_id, sequence, moment, event))
    assert await at.node.ledger.flush(5)


async def kari_telephoned(at: Door) -> None:
    await told(
        at,
        CALL,
        KARI,
        e.CallerSpoke(ItemId("i1"), f"My chain {HOSTILE}", 1_000, 3_000),
        e.MessageTaken(HOSTILE),
        e.CallbackRequested("tomorrow", HOSTILE),
    )
    await TicketBook(at.database).open(HOSTILE, "It rattles.", KARI, CALL)


async def read(visitor: Visitor, path: str) -> str:
    answer = await visitor.get(path)
    assert answer.status_code == 200
    return str(await answer.get_data(as_text=True))


@pytest.mark.parametrize("asked", ["2345", "555 12", "%2B47%20555%2012%20345", ""])
async def test_a_number_is_found_by_some_of_its_digits(
    at_the_door: Door, asked: str
) -> None:
    await told(at_the_door, CALL, KARI)
    ada = await at_the_door.signed_in(Role.OPERATOR)

    found = await read(ada, f"/console/people?q={asked}")

    assert found.count('data-testid="person"') == 1
    assert HERS in found


async def test_who_does_not_fit_is_not_found(at_the_door: Door) -> None:
    await told(at_the_door, CALL, KARI)
    ada = await at_the_door.signed_in(Role.OPERATOR)

    assert "Nobody fits" in await read(ada, "/console/people?q=98765")
    assert "Nobody fits" in await read(ada, "/console/people?q=%25")


async def test_a_page_shows_all_of_one_person_harmlessly(at_the_door: Door) -> None:
    await kari_telephoned(at_the_door)
    await told(at_the_door, OTHER, OLA)
    ada = await at_the_door.signed_in(Role.OPERATOR, "ada")

    page = await read(ada, HERS)

    for part in ("Calls", "Messages", "Tickets", "Callbacks"):
        assert f"<h2>{part}" in page
    assert page.count('data-testid="call"') == 1
    assert HOSTILE not in page
    assert str(OTHER) not in page
    assert "Erase" not in page
    assert ("ada", "person.read", KARI) in await at_the_door.audit()


async def test_an_export_is_everything_and_is_written_down(at_the_door: Door) -> None:
    await kari_telephoned(at_the_door)
    bea = await at_the_door.signed_in(Role.SUPERVISOR, "bea")

    answer = await bea.post("/console/people/export", {"number": KARI})

    assert "attachment" in answer.headers["Content-Disposition"]
    told_ = json.loads(await answer.get_data(as_text=True))
    assert [one["id"] for one in told_["calls"]] == [CALL]
    assert ("bea", "person.export", KARI) in await at_the_door.audit()


async def test_nobody_is_erased_without_their_number_typed(at_the_door: Door) -> None:
    await kari_telephoned(at_the_door)
    admin = await at_the_door.signed_in(Role.ADMIN)

    asking = await read(admin, "/console/people/erase?number=%2B4755512345")
    assert "This would go" in asking
    answer = await admin.post(
        "/console/people/erase", {"number": KARI, "typed": "+47 555"}
    )

    assert "type the number exactly" in await read(admin, str(answer.location))
    assert "It rattles." in await read(admin, await ticket_of(at_the_door))


async def test_whoever_is_erased_is_nowhere_not_even_in_the_audit(
    at_the_door: Door,
) -> None:
    await kari_telephoned(at_the_door)
    admin = await at_the_door.signed_in(Role.ADMIN)
    ticket = await ticket_of(at_the_door)
    await read(admin, HERS)

    answer = await admin.post(
        "/console/people/erase", {"number": KARI, "typed": "+47 555 12 345"}
    )

    assert "It is erased." in await read(admin, str(answer.location))
    assert "It rattles." not in await read(admin, ticket)
    call = await History(at_the_door.database).show_call(CALL)
    assert call is not None
    assert call["caller_number"] == ""
    acts = await at_the_door.audit()
    assert ("admin", "person.erase", sealed(KARI)) in acts
    assert KARI not in {subject for _, _, subject in acts}


async def test_nothing_is_erased_while_a_message_is_at_the_carrier(
    at_the_door: Door,
) -> None:
    await told(at_the_door, CALL, KARI, v.VoicemailLeft(SID, 7))
    admin = await at_the_door.signed_in(Role.ADMIN)

    answer = await admin.post("/console/people/erase", {"number": KARI, "typed": KARI})

    # Nobody answers as Twilio here.
    assert "still at Twilio" in await read(admin, str(answer.location))
    assert 'data-testid="call"' in await read(admin, HERS)


async def test_a_supervisor_lets_somebody_prove_who_they_are(
    at_the_door: Door,
) -> None:
    bea = await at_the_door.signed_in(Role.SUPERVISOR)
    add = "/console/people/customer"

    weak = await bea.post(add, {"number": KARI, "pin": "1234"})
    assert "A PIN of four" in await read(bea, str(weak.location))
    one = await bea.post(add, {"number": KARI, "name": "Kari Nilsen"})
    assert "A PIN of four" in await read(bea, str(one.location))
    good = await bea.post(add, {"number": KARI, "pin": "4826"})
    page = await read(bea, str(good.location))
    assert "By PIN" in page
    assert "4826" not in page

    gone = await bea.post(f"{add}/remove", {"number": KARI})
    assert "no customer any more" in await read(bea, str(gone.location))
    assert await Customers(at_the_door.database).find(KARI) is None


async def test_a_number_that_is_never_called_says_so(at_the_door: Door) -> None:
    await OptOuts(at_the_door.database).add(KARI, datetime.now(UTC), "by hand")
    ada = await at_the_door.signed_in(Role.OPERATOR)

    assert "Never called" in await read(ada, HERS)


async def ticket_of(at: Door) -> str:
    found = await TicketBook(at.database).of_number(KARI)
    return f"/console/tickets/{found[0].code}"
