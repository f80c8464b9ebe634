"""A supervisor's window on one live call: its sound, their voice, and what they do.

One WebSocket for each window. Binary messages are sound (`callcenter.wire.sound`), both
ways; text is JSON: what they wish, what became of it, and how things stand.
"""

import asyncio
import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, cast

import msgspec
import structlog
from quart import Blueprint, Response, current_app, request, websocket

from callcenter.domain.people import Person, Role
from callcenter.domain.supervision import LONGEST_NOTE, Act
from callcenter.errors import StorageError
from callcenter.floor.orders import NOT_LIVE, Orders
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import doorkeeper, me, requires
from callcenter.wire.orders import Outcome
from callcenter.wire.sound import MOST_BYTES, microphone, sound

RENEW_SECONDS: Final = 2.0
"""How often a call is told that somebody still listens to it."""

MOST_SILENCES: Final = 4
"""So many times without an answer, and the call is over; a caller whose node died is
taken up by another one within this."""

LISTENER_BYTES: Final = 8
MOST_TEXT_BYTES: Final = 8 * 1024
POLICY_VIOLATION: Final = 1008

ACTS: Final = frozenset(Act) - {Act.LISTEN, Act.LEAVE}

logger = structlog.get_logger()


class Wish(msgspec.Struct):
    """What a page sends."""

    act: Act
    id: str = ""
    """The page's own: the answer has it, too."""
    text: str = ""
    at_once: bool = False


class Window:
    """One person's, on one call."""

    def __init__(self, orders: Orders, call_id: str, person: Person) -> None:
        self._orders = orders
        self._call_id = call_id
        self._person = person
        self._listener = secrets.token_hex(LISTENER_BYTES)
        self._voice = microphone(call_id, self._listener)

    async def open(self, token: str) -> None:
        """Let them listen until the call is over, or they have no right to any more.

        Cancelling, as when the browser leaves, is safe.
        """
        try:
            async with (
                self._orders.bus.subscribe(sound(self._call_id)) as heard,
                asyncio.TaskGroup() as tasks,
            ):
                working = [
                    tasks.create_task(self._hear(heard)),
                    tasks.create_task(self._obey()),
                ]
                await self._stay(token)
                for task in working:
                    task.cancel()
        finally:
            await self._give(Act.LEAVE)

    async def _hear(self, heard: Any) -> None:  # noqa: ANN401  # an iterator of messages
        async for message in heard:
            await websocket.send(message)

    async def _obey(self) -> None:
        while True:
            message = await websocket.receive()
            if isinstance(message, bytes):
                if 0 < len(message) <= MOST_BYTES:
                    self._orders.bus.publish(self._voice, message)
            else:
                await self._wish(message)

    async def _wish(self, text: str) -> None:
        try:
            if len(text) > MOST_TEXT_BYTES:
                raise msgspec.ValidationError("it is too long")
            wish = msgspec.json.decode(text, type=Wish)
            if wish.act not in ACTS or len(wish.text) > LONGEST_NOTE:
                raise msgspec.ValidationError("this cannot be wished here")
        except msgspec.MsgspecError as error:
            await _tell({"kind": "outcome", "done": False, "text": str(error)})
            return
        outcome = await self._give(wish.act, text=wish.text, at_once=wish.at_once)
        await _tell({"kind": "outcome", "id": wish.id, **_plain(outcome)})

    async def _stay(self, token: str) -> None:
        """Say again and again that they listen; return when that is no use."""
        silences = 0
        while silences < MOST_SILENCES:
            outcome = await self._give(Act.LISTEN)
            silences = silences + 1 if outcome == NOT_LIVE else 0
            if not outcome.done and outcome != NOT_LIVE:
                await _tell({"kind": "over", "text": outcome.text})
                return
            if outcome == NOT_LIVE:
                await _tell({"kind": "searching"})
            if not await self._still(token):
                await _tell({"kind": "over", "text": "Sign in again to listen."})
                return
            await asyncio.sleep(RENEW_SECONDS)
        await _tell({"kind": "over", "text": NOT_LIVE.text})

    async def _still(self, token: str) -> bool:
        """A database that is down throws nobody out."""
        needed = self._orders.needs[Act.LISTEN]
        with suppress(StorageError):
            return await doorkeeper().still(token, needed)
        return True

    async def _give(
        self, act: Act, *, text: str = "", at_once: bool = False
    ) -> Outcome:
        return await self._orders.give(
            act,
            self._call_id,
            self._person.name,
            self._person.role,
            listener=self._listener,
            text=text,
            at_once=at_once,
        )


def pages(desk: ConsoleDesk) -> Blueprint:
    """The window's socket, and acts that need no window."""
    routes = Blueprint("supervise", __name__, url_prefix="/calls")

    @routes.websocket("/<call_id>/supervise")
    @requires(Role.OPERATOR)
    async def supervise(call_id: str) -> None:
        person = me()
        await websocket.accept()
        if not _orders().may(person.role, Act.LISTEN):
            await _tell({"kind": "over", "text": "This takes a supervisor's rights."})
            await websocket.close(POLICY_VIOLATION)
            return
        await _note(desk, person, "call.listen", call_id)
        await Window(_orders(), call_id, person).open(doorkeeper().token())

    @routes.post("/<call_id>/acts")
    @requires(Role.SUPERVISOR)
    async def act(call_id: str) -> Response:
        form = await request.form
        wished, text = form.get("act", ""), form.get("text", "")
        if wished not in set(ACTS) - {Act.TAKE_OVER} or len(text) > LONGEST_NOTE:
            return _answer(Outcome(done=False, text="This cannot be done here."), 400)
        person = me()
        await _note(desk, person, f"call.{wished}", call_id)
        at_once = form.get("at_once", "") == "true"
        outcome = await _orders().give(
            Act(wished), call_id, person.name, person.role, text=text, at_once=at_once
        )
        return _answer(outcome, 200 if outcome.done else 409)

    return routes


def _orders() -> Orders:
    return cast("Orders", current_app.extensions["orders"])


async def _note(desk: ConsoleDesk, person: Person, act: str, call_id: str) -> None:
    """The call's own record has it as well, so a database that is down stops nobody."""
    try:
        await desk.audit.note(person.name, act, call_id)
    except StorageError as error:
        logger.warning("act_not_noted", act=act, call_id=call_id, reason=str(error))


async def _tell(what: Mapping[str, object]) -> None:
    await websocket.send(msgspec.json.encode(what).decode())


def _plain(outcome: Outcome) -> dict[str, object]:
    return {"done": outcome.done, "text": outcome.text}


def _answer(outcome: Outcome, status: int) -> Response:
    body = msgspec.json.encode(_plain(outcome))
    return Response(body, status, content_type="application/json")
