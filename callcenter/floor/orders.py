"""Orders of people to live calls: given at any node, done where the call is."""

import secrets
from collections.abc import Mapping
from typing import Final
from weakref import WeakKeyDictionary

import structlog

from callcenter.domain.ids import CallId
from callcenter.domain.people import Role
from callcenter.domain.supervision import NEEDS, Act
from callcenter.errors import ActRefused
from callcenter.floor.floor import Floor
from callcenter.floor.post import Post
from callcenter.floor.reception import Reception
from callcenter.floor.supervision import Supervision
from callcenter.wire.orders import Order, Outcome, dump, load

ORDERS: Final = "orders"
"""The channel of all nodes."""

ANSWER_SECONDS: Final = 2.0
NOT_LIVE: Final = Outcome(done=False, text="The call is not live any more.")

ID_BYTES: Final = 8

logger = structlog.get_logger()


class Orders:
    """One node's: `give` them here, and have `obey` answer to those of all nodes."""

    def __init__(
        self, floor: Floor, post: Post, needs: Mapping[Act, Role] = NEEDS
    ) -> None:
        self.needs = needs
        self.bus = post.bus
        self._floor = floor
        self._post = post
        self._calls: WeakKeyDictionary[Reception, Supervision] = WeakKeyDictionary()

    def may(self, role: Role, act: Act) -> bool:
        """Whether somebody in this role may do this."""
        return role.may(self.needs[act])

    async def give(
        self,
        act: Act,
        call_id: str,
        person: str,
        role: Role,
        *,
        listener: str = "",
        text: str = "",
        at_once: bool = False,
    ) -> Outcome:
        """Have it done, wherever the call is. Raises Nonsense for an absurd answer."""
        order = Order(
            secrets.token_hex(ID_BYTES),
            call_id,
            act,
            person,
            role,
            listener=listener,
            text=text,
            at_once=at_once,
        )
        answer = await self._post.ask(ORDERS, dump(order), ANSWER_SECONDS)
        return NOT_LIVE if answer is None else load(answer, Outcome)

    async def obey(self, body: bytes) -> bytes | None:
        """Do what is asked of a call that is here; of another, nothing is said."""
        order = load(body, Order)
        reception = self._floor.register.with_id(CallId(order.call_id))
        if reception is None:
            return None
        try:
            await self._of(reception).obey(order)
        except ActRefused as refused:
            logger.info(
                "order_refused",
                call_id=order.call_id,
                act=order.act,
                person=order.person,
                reason=str(refused),
            )
            return dump(Outcome(done=False, text=str(refused)))
        return dump(Outcome(done=True))

    def _of(self, reception: Reception) -> Supervision:
        known = self._calls.get(reception)
        if known is None:
            known = Supervision(reception, self.bus, self.needs)
            self._calls[reception] = known
        return known
