"""Whose the items are that a line plays: who is told what was heard of each."""

import asyncio

from callcenter.bridge.commands import Truncate
from callcenter.bridge.run import Heard
from callcenter.domain.ids import ItemId
from callcenter.realtime.party import Party


class Items:
    """One line's."""

    def __init__(self) -> None:
        self._owners: dict[ItemId, Party] = {}
        self._cuts: asyncio.Queue[tuple[Party, Truncate]] = asyncio.Queue()

    def __contains__(self, item_id: ItemId) -> bool:
        return item_id in self._owners

    def own(self, item_id: ItemId, party: Party) -> bool:
        """Enter whose it is. Returns whether it is new."""
        first = item_id not in self._owners
        self._owners[item_id] = party
        return first

    def heard(self, heard: Heard) -> None:
        """It is over: tell its owner."""
        if owner := self._owners.pop(heard.item_id, None):
            owner.heard(heard)

    def cut(self, cut: Truncate, session: Party | None) -> None:
        """It was cut off: its owner must forget the rest, if that is still there."""
        owner = self._owners.get(cut.item_id)
        if owner is not None and owner is session:
            self._cuts.put_nowait((owner, cut))

    async def forget(self) -> None:
        """Tell of what was cut off by now."""
        while not self._cuts.empty():
            await _truncate(*self._cuts.get_nowait())

    async def run(self) -> None:
        """Tell of what nobody waited for, until cancelled."""
        while True:
            await _truncate(*await self._cuts.get())


async def _truncate(party: Party, cut: Truncate) -> None:
    await party.truncate(cut.item_id, cut.heard_ms)
