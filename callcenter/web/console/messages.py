"""Messages: what callers dictated to an agent, or said after the tone."""

from datetime import datetime
from io import BytesIO
from typing import Final

from quart import Blueprint, Response, abort, request, send_file
from quart.templating import render_template
from werkzeug.wrappers import Response as AnyResponse

from callcenter.domain.people import Role
from callcenter.errors import CarrierError, StorageError
from callcenter.storage.callback_desk import CallbackDesk
from callcenter.storage.messages import MOST_MESSAGES, Messages
from callcenter.web.console.asked import field
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import me, requires
from callcenter.web.console.office import office
from callcenter.web.console.said import back_to, inside, told

OPEN, DONE, ALL = "open", "done", "all"
SHOWN: Final = {OPEN: False, DONE: True, ALL: None}
HERE: Final = "/console/messages"
MOST_OF_IT: Final = 500
"""Of a message, as what the agent who calls back should know."""

KINDS: Final = {"": None, "voicemail": True, "message": False}


def pages(desk: ConsoleDesk) -> Blueprint:
    """The list, a mark for each, and its sound."""
    routes = Blueprint("messages", __name__, url_prefix="/messages")
    messages = Messages(desk.database)

    @routes.get("")
    @requires(Role.OPERATOR)
    async def list_() -> str:
        shown = request.args.get("show", OPEN)
        kind = request.args.get("kind", "")
        found = await messages.latest(
            done=SHOWN.get(shown, False),
            voicemails=KINDS.get(kind),
            before=_before(),
        )
        return await render_template(
            "messages.html",
            messages=found,
            shown=shown if shown in SHOWN else OPEN,
            kind=kind if kind in KINDS else "",
            older=found[-1].at.isoformat() if len(found) == MOST_MESSAGES else "",
            said=told(),
            undo=request.args.get("undo", ""),
        )

    _acts(routes, desk, messages)
    _sound(routes, desk, messages)
    return routes


def _acts(routes: Blueprint, desk: ConsoleDesk, messages: Messages) -> None:
    wishes = CallbackDesk(desk.database, hide=office(desk).hide)

    @routes.post("/<call_id>/<int:sequence>")
    @requires(Role.OPERATOR)
    async def mark(call_id: str, sequence: int) -> AnyResponse:
        if await messages.find(call_id, sequence) is None:
            abort(404)
        done = await field("done") == "yes"
        if done:
            await messages.settle(call_id, sequence, me().name, desk.clock.now())
        else:
            await messages.reopen(call_id, sequence)
        act = "message.done" if done else "message.undone"
        await desk.audit.note(me().name, act, call_id)
        undo = f"{call_id}/{sequence}" if done else ""
        back = inside(await field("back"), HERE)
        return back_to(back, "done" if done else "undone", undo=undo)

    @routes.post("/<call_id>/<int:sequence>/callback")
    @requires(Role.OPERATOR)
    async def call_back(call_id: str, sequence: int) -> AnyResponse:
        message = await messages.find(call_id, sequence)
        if message is None:
            abort(404)
        about = message.text[:MOST_OF_IT] or "about the message that they left"
        back = inside(await field("back"), HERE)
        try:
            wish = await wishes.ask(call_id, about, desk.clock.now())
        except StorageError:
            return back_to(back, "not_asked")
        await desk.audit.note(me().name, "callback.ask", wish.id, call_id)
        return back_to(back, "asked")


def _sound(routes: Blueprint, desk: ConsoleDesk, messages: Messages) -> None:
    @routes.get("/<recording_sid>.wav")
    @requires(Role.OPERATOR)
    async def sound(recording_sid: str) -> Response:
        if not await messages.knows(recording_sid):
            abort(404)
        await desk.audit.note(me().name, "voicemail.heard", recording_sid)
        try:
            found = await desk.sound(recording_sid)
        except CarrierError as error:
            return Response(f"{error}\n", 502, content_type="text/plain")
        return await send_file(BytesIO(found), mimetype="audio/wav", conditional=True)


def _before() -> datetime | None:
    try:
        found = datetime.fromisoformat(request.args.get("before", ""))
    except ValueError:
        return None
    return found if found.tzinfo else None
