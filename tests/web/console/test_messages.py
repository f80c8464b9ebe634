"""Messages: called back from, and undone."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from callcenter.domain import events as e
from callcenter.domain.ids import CallId, CallSid
from callcenter.domain.people import Role
from callcenter.storage.callback_desk import CallbackDesk
from tests.web.console.door import Door, Visitor, open_door

CALL = CallId("call_0001")
KARI = "+4755512345"
HERE = "/console/messages"


@pytest.fixture
async def at_the_door(tmp_path) -> AsyncIterator[Door]:
    async with open_door(tmp_path) as one:
        yield one


async def a_message_from(at: Door, number: str) -> None:
    begun = e.CallAnswered(CallSid("CA" + "0" * 32), number, "+4721000000")
    said: tuple[e.Event, ...] = (begun, e.MessageTaken("Ring me."))
    for sequence, event in enumerate(said, 1):
        at.node.ledger.append(e.Fact(CALL, sequence, datetime.now(UTC), event))
    assert await at.node.ledger.flush(5)


async def read(visitor: Visitor, path: str) -> str:
    answer = await visitor.get(path)
    assert answer.status_code == 200
    return str(await answer.get_data(as_text=True))


async def test_a_message_becomes_a_callback(at_the_door: Door) -> None:
    await a_message_from(at_the_door, KARI)
    ada = await at_the_door.signed_in(Role.OPERATOR, "ada")

    answer = await ada.post(f"{HERE}/{CALL}/2/callback", {"back": f"{HERE}?show=all"})

    assert "They will be called back" in await read(ada, str(answer.location))
    (wish,) = await CallbackDesk(at_the_door.database).of_number(KARI)
    assert (wish.reason, wish.open) == ("Ring me.", True)
    assert ("ada", "callback.ask", wish.id) in await at_the_door.audit()


async def test_nobody_without_a_number_is_called_back(at_the_door: Door) -> None:
    await a_message_from(at_the_door, "")
    ada = await at_the_door.signed_in(Role.OPERATOR)

    assert "/callback" not in (await read(ada, HERE)).split("<main")[1]
    answer = await ada.post(f"{HERE}/{CALL}/2/callback")

    assert "withheld" in await read(ada, str(answer.location))


async def test_what_was_marked_is_undone_where_one_was(at_the_door: Door) -> None:
    await a_message_from(at_the_door, KARI)
    ada = await at_the_door.signed_in(Role.OPERATOR)
    there = f"{HERE}?show=open&kind=message"

    done = await ada.post(f"{HERE}/{CALL}/2", {"done": "yes", "back": there})
    page = await read(ada, str(done.location))
    assert f'action="{HERE}/{CALL}/2"' in page
    assert "Undo" in page
    assert 'data-testid="message"' not in page
    undone = await ada.post(f"{HERE}/{CALL}/2", {"done": "no", "back": there})
    assert 'data-testid="message"' in await read(ada, str(undone.location))
    assert (await ada.post(f"{HERE}/{CALL}/9", {"done": "yes"})).status_code == 404
