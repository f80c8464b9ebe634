"""The bus of one process."""

from callcenter.bus.local import MOST_UNREAD, LocalBus


async def test_everybody_on_a_channel_hears_what_is_said_there_in_its_order() -> None:
    bus = LocalBus()

    async with bus.subscribe("a") as one, bus.subscribe("a") as other:
        bus.publish("a", b"1")
        bus.publish("b", b"nobody listens")
        bus.publish("a", b"2")

        assert [await anext(one), await anext(one)] == [b"1", b"2"]
        assert [await anext(other), await anext(other)] == [b"1", b"2"]


async def test_what_was_said_before_somebody_listened_is_not_for_them() -> None:
    bus = LocalBus()
    bus.publish("a", b"early")

    async with bus.subscribe("a") as mailbox:
        bus.publish("a", b"now")

        assert await anext(mailbox) == b"now"


async def test_who_does_not_read_loses_the_oldest_and_nobody_waits() -> None:
    bus = LocalBus()

    async with bus.subscribe("a") as mailbox:
        for number in range(MOST_UNREAD + 2):
            bus.publish("a", str(number).encode())

        assert await anext(mailbox) == b"2"


async def test_a_channel_that_nobody_listens_to_any_more_leaves_nothing() -> None:
    bus = LocalBus()

    async with bus.subscribe("a"):
        assert bus.channels == ["a"]

    assert bus.channels == []
