"""What other programs are told is written once, with its cause, and sent till taken."""

from datetime import datetime, timedelta

from callcenter.storage import outbox, record
from callcenter.storage.deliveries import Deliveries, DeliveryState
from callcenter.storage.engine import Database
from callcenter.storage.webhooks import WebhookBook
from callcenter.wire.deliveries import WRAPPED_UP
from tests.storage.story import NOON, call

URL = "https://crm.example.com/calls"
LATER = NOON + timedelta(hours=1)


class Clock:
    now = LATER

    def __call__(self) -> datetime:
        return self.now


async def test_facts_are_due_once_for_whoever_asked_for_them(
    database: Database,
) -> None:
    book, due = WebhookBook(database, Clock()), Deliveries(database, Clock())
    ends = await book.add(URL, ["CallEnded"])
    everything = await book.add(URL, ["*"])
    facts = call("A")
    async with database.write() as connection:
        await record.write(connection, facts[:3])
    for _ in range(2):  # as a node does that was not sure
        async with database.write() as connection:
            await record.write(connection, facts)
    found = await due.due(100)
    of_ends = [one for one in found if one.webhook.id == ends.id]
    assert [(one.kind, one.data) for one in of_ends] == [
        ("CallEnded", {"disposition": "escalated", "reason": "operator hung up"})
    ]
    of_all = [one.event_id for one in found if one.webhook.id == everything.id]
    assert sorted(of_all) == sorted(f"A:{fact.sequence}" for fact in facts)


async def test_what_is_rolled_back_is_not_told(database: Database) -> None:
    book, due = WebhookBook(database, Clock()), Deliveries(database, Clock())
    await book.add(URL, ["*"])
    async with database.read() as connection:  # nothing that it changes is kept
        await record.write(connection, call("A"))
    assert await due.due(10) == []


async def test_a_wrap_up_is_told_once(database: Database) -> None:
    book, due = WebhookBook(database, Clock()), Deliveries(database, Clock())
    await book.add(URL, [WRAPPED_UP])
    for _ in range(2):
        async with database.write() as connection:
            await outbox.tell(connection, WRAPPED_UP, "A", NOON, {"summary": "s"})
    (one,) = await due.due(10)
    assert (one.call_id, one.data) == ("A", {"summary": "s"})


async def test_one_node_claims_it_and_a_crash_gives_it_back(
    database: Database,
) -> None:
    clock = Clock()
    book, due = WebhookBook(database, clock), Deliveries(database, clock)
    await book.add(URL, ["CallEnded"])
    async with database.write() as connection:
        await record.write(connection, call("A"))
    (here,) = await due.due(10)
    (there,) = await due.due(10)
    lease = timedelta(seconds=60)
    assert await due.claim(here, lease)
    assert not await due.claim(there, lease)
    assert await due.due(10) == []
    clock.now = LATER + lease
    (again,) = await due.due(10)
    assert again.tries == 1


async def test_what_fails_is_due_again_then_and_what_succeeds_is_over(
    database: Database,
) -> None:
    clock = Clock()
    book, due = WebhookBook(database, clock), Deliveries(database, clock)
    hook = await book.add(URL, ["CallEnded"])
    async with database.write() as connection:
        await record.write(connection, call("A"))
    (one,) = await due.due(10)
    again = LATER + timedelta(seconds=5)
    await due.failed(one, "it said 500", 500, again)
    assert await due.due(10) == []
    clock.now = again
    (one,) = await due.due(10)
    assert one.webhook.failing_since == LATER
    await due.delivered(one, 204)
    (logged,) = await due.log(hook.id, 10)
    assert (logged.state, logged.status) == (DeliveryState.DELIVERED, 204)
    found = await book.find(hook.id)
    assert found is not None
    assert found.failing_since is None
    assert await due.forget(again + timedelta(seconds=1)) == 1


async def test_a_disabled_webhook_is_told_nothing_until_it_is_enabled(
    database: Database,
) -> None:
    book, due = WebhookBook(database, Clock()), Deliveries(database, Clock())
    hook = await book.add(URL, ["CallEnded"])
    async with database.write() as connection:
        await record.write(connection, call("A"))
    await book.disable(hook.id, "it has failed for a day")
    assert await due.due(10) == []
    async with database.write() as connection:
        await record.write(connection, call("B"))
    await book.change(hook.id, enabled=True)
    assert [one.call_id for one in await due.due(10)] == ["A"]
    assert await book.remove(hook.id)
    assert await due.due(10) == []
