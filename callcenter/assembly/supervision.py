"""What nodes and supervisors ask of live calls, wherever those are: put together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from quart import Quart

from callcenter.domain.people import Role
from callcenter.domain.supervision import NEEDS, Act
from callcenter.floor.floor import Floor
from callcenter.floor.neighbours import Neighbours
from callcenter.floor.orders import ORDERS, Orders
from callcenter.floor.post import Post
from callcenter.settings import Settings
from callcenter.web.relay import relay
from callcenter.wire.bus import Bus

LISTENING: Final = (Act.LISTEN, Act.LEAVE)


@asynccontextmanager
async def supervising(
    app: Quart, floor: Floor, bus: Bus, settings: Settings
) -> AsyncIterator[Orders]:
    """Answer to other nodes, and to people, for as long as the block lasts.

    Pages find the orders in the application's extensions.
    """
    post = Post(bus)
    neighbours = Neighbours(floor, post)
    needs = dict(NEEDS)
    if settings.operators_may_listen:
        needs |= dict.fromkeys(LISTENING, Role.OPERATOR)
    orders = Orders(floor, post, needs)
    app.extensions["orders"] = orders
    responds = {ORDERS: orders.obey, **neighbours.responds(relay(app, neighbours))}
    async with asyncio.TaskGroup() as tasks:
        answering = tasks.create_task(post.run(responds))
        try:
            yield orders
        finally:
            answering.cancel()
