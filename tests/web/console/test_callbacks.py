"""Callbacks at the console: who is to be called, who was, and whom we never call."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from callcenter.domain import events as e
from callcenter.domain.callbacks import CallbackState
from callcenter.domain.ids import CallId, CallSid
from callcenter.domain.outcomes import Disposition
from callcenter.domain.people import Role
from callcenter.errors import StorageError
from callcenter.storage.callback_desk import PAGE, CallbackDesk, Group, Wish
from callcenter.storage.opt_outs import OptOuts
from callcenter.storage.record import rebuild
from tests.web.console.door import Door, Visitor, open_door

HOSTILE = '<script>alert("x")</script>'
KARI = "+4755512345"
CALL = CallId("call_0001")
HERE = "/console/callbacks"


@pytest.fixture
async def at_the_door(tmp_path) -> AsyncIterator[Door]:
    async with open_door(tmp_path) as one:
        yield one


async def told(
    at: Door, *events: e.Event, call_id: CallId = CALL, number: str = KARI
) -> None:
    begun = e.CallAnswered(CallSid(f"CA{call_id}"), number, "+4721000000")
    over = e.CallEnded(Disposition.CALLBACK, "the caller hung up")
    for sequence, event in enumerate((begun, *events, over), 1):
        at.node.ledger.append(e.Fact(call_id, sequence, datetime.now(UTC), event))
    assert await at.node.ledger.flush(5)


async def wished(at: Door) -> Wish:
    await told(at, e.CallbackRequested("at noon", HOSTILE))
    return (await CallbackDesk(at.database).of_number(KARI))[0]


async def now(at: Door, wish: Wish) -> Wish:
    found = await CallbackDesk(at.database).find(wish.id)
    assert found
    return found


async def read(visitor: Visitor, path: str) -> str:
    answer = await visitor.get(path)
    assert answer.status_code == 200
    return str(await answer.get_data(as_text=True))


async def test_a_wish_is_put_off_cancelled_and_put_back(at_the_door: Door) -> None:
    wish = await wished(at_the_door)
    ada = await at_the_door.signed_in(Role.OPERATOR, "ada")

    listed = await read(ada, HERE)
    assert listed.count('data-testid="callback"') == 1
    assert HOSTILE not in listed
    assert HOSTILE not in await read(ada, f"{HERE}/{wish.id}")

    await ada.post(f"{HERE}/{wish.id}/postpone", {"pause": "60"})
    later = await now(at_the_door, wish)
    assert later.due_at - datetime.now(UTC) > timedelta(minutes=55)
    assert "Later" in await read(ada, f"{HERE}?show=later")

    gone = await ada.post(f"{HERE}/{wish.id}/cancel", {"back": f"{HERE}?show=later"})
    assert str(gone.location).startswith(f"{HERE}?show=later")
    assert "Undo" in await read(ada, str(gone.location))
    assert (await now(at_the_door, wish)).state is CallbackState.CANCELLED
    await ada.post(f"{HERE}/{wish.id}/reopen")
    back = await now(at_the_door, wish)
    assert (back.state, back.due_at) == (CallbackState.WAITING, later.due_at)
    acts = [act for _, act, _ in await at_the_door.audit()]
    assert {"callback.postpone", "callback.cancel", "callback.reopen"} <= set(acts)


async def test_somebody_who_was_called_by_hand_is_done(at_the_door: Door) -> None:
    wish = await wished(at_the_door)
    ada = await at_the_door.signed_in(Role.OPERATOR, "ada")

    assert "Call people yourself" in await read(ada, HERE)
    await ada.post(f"{HERE}/{wish.id}/done")

    done = await now(at_the_door, wish)
    assert (done.state, done.why) == (CallbackState.DONE, "called by ada")
    again = await ada.post(f"{HERE}/{wish.id}/now")
    assert "cannot be done" in await read(ada, str(again.location))


async def test_nonsense_changes_nothing(at_the_door: Door) -> None:
    wish = await wished(at_the_door)
    ada = await at_the_door.signed_in(Role.OPERATOR)

    await ada.post(f"{HERE}/{wish.id}/postpone", {"pause": "9999999"})
    assert await now(at_the_door, wish) == wish
    assert (await ada.post(f"{HERE}/{wish.id}/explode")).status_code == 404
    assert (await ada.post(f"{HERE}/cb_none/cancel")).status_code == 404
    assert await read(ada, f"{HERE}?show=nonsense&after=nonsense")
    away = await ada.post(f"{HERE}/{wish.id}/cancel", {"back": "https://evil.example"})
    assert str(away.location).startswith(HERE)


async def test_whom_we_never_call_is_never_put_back(at_the_door: Door) -> None:
    wish = await wished(at_the_door)
    ada = await at_the_door.signed_in(Role.OPERATOR, "ada")

    bad = await ada.post(f"{HERE}/never", {"number": "12"})
    assert "+4755512345" in await read(ada, str(bad.location))
    await ada.post(f"{HERE}/never", {"number": KARI})
    assert (await now(at_the_door, wish)).state is CallbackState.OPTED_OUT
    refused = await ada.post(f"{HERE}/{wish.id}/reopen")
    assert "cannot be done" in await read(ada, str(refused.location))

    listed = await read(ada, f"{HERE}/never")
    assert listed.count('data-testid="never"') == 1
    allowed = await ada.post(f"{HERE}/never/remove", {"number": KARI})
    assert "may be called again" in await read(ada, str(allowed.location))
    assert await OptOuts(at_the_door.database).listed() == []


async def test_nobody_is_asked_for_twice(at_the_door: Door) -> None:
    wish = await wished(at_the_door)
    wishes, moment = CallbackDesk(at_the_door.database), datetime.now(UTC)

    assert (await wishes.ask(CALL, "their message", moment)).id == wish.id
    assert await wishes.done(wish.id, "ada", moment)
    another = await wishes.ask(CALL, "card 4111 1111 1111 1111", moment)
    assert another.id != wish.id
    assert "4111" not in another.reason
    async with at_the_door.database.write() as connection:
        await rebuild(connection, CALL)  # facts know nothing of it, and leave it
    assert (await wishes.find(another.id)) == another

    withheld = CallId("call_0002")
    await told(at_the_door, call_id=withheld, number="")
    with pytest.raises(StorageError, match="withheld"):
        await wishes.ask(withheld, "their message", moment)


async def test_pages_of_wishes_follow_one_another(at_the_door: Door) -> None:
    wishes, moment = CallbackDesk(at_the_door.database), datetime.now(UTC)
    for number in range(PAGE + 3):
        call_id = CallId(f"call_{number:04}")
        await told(at_the_door, call_id=call_id, number=f"+475550{number:04}")
        await wishes.ask(call_id, "", moment)  # all due at the very same moment

    later = moment + timedelta(seconds=1)
    first = await wishes.page(Group.DUE, later)
    rest = await wishes.page(Group.DUE, later, (first[-1].due_at, first[-1].id))

    assert (len(first), len(rest)) == (PAGE, 3)
    assert not {one.id for one in first} & {one.id for one in rest}
    ada = await at_the_door.signed_in(Role.OPERATOR)
    assert 'rel="next"' in await read(ada, HERE)
