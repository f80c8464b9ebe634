"""`/Conferences.json`, and who is in one: read, changed, ended."""

from collections.abc import Callable
from typing import Final

from aiohttp import web

from callcenter.simulator.carrier import resources
from callcenter.simulator.carrier.conference_resources import conference, participant
from callcenter.simulator.carrier.exchange import Exchange
from callcenter.simulator.carrier.resources import RestError
from callcenter.simulator.carrier.room import Left, Member, Room

_FLAGS: Final = {"Muted": "muted", "Hold": "hold"}
_EVENTS: Final = {
    ("Muted", True): "participant-mute",
    ("Muted", False): "participant-unmute",
    ("Hold", True): "participant-hold",
    ("Hold", False): "participant-unhold",
}


class ConferenceRoutes:
    """There is no create: a conference begins when somebody enters it."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def add_to(self, app: web.Application, base: str) -> None:
        get, post = app.router.add_get, app.router.add_post
        get(f"{base}/Conferences.json", self.list)
        get(f"{base}/Conferences/{{sid}}.json", self.read)
        post(f"{base}/Conferences/{{sid}}.json", self.update)
        path = f"{base}/Conferences/{{sid}}/Participants"
        get(f"{path}.json", self.participants)
        get(f"{path}/{{who}}.json", self.participant)
        post(f"{path}/{{who}}.json", self.change)
        app.router.add_delete(f"{path}/{{who}}.json", self.remove)

    async def list(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        bodies = [
            conference(self._exchange, room)
            for room in reversed(self._exchange.rooms.values())
            if query.get("FriendlyName", room.name) == room.name
            and query.get("Status", room.status) == room.status
        ]
        page = resources.page("conferences", bodies, request.path, query)
        return web.json_response(page)

    async def read(self, request: web.Request) -> web.Response:
        return web.json_response(conference(self._exchange, self._room(request)))

    async def update(self, request: web.Request) -> web.Response:
        form, room = await request.post(), self._room(request)
        if "Status" in form:
            if str(form["Status"]) != "completed":
                raise RestError(400, 20001, f"Invalid Status: {form['Status']!r}")
            room.end()
        return web.json_response(conference(self._exchange, room))

    async def participants(self, request: web.Request) -> web.Response:
        room, query = self._room(request), dict(request.query)
        bodies = [
            participant(self._exchange, room, member)
            for member in room.members.values()
            if query.get("Muted", _text(member.muted)) == _text(member.muted)
            and query.get("Hold", _text(member.hold)) == _text(member.hold)
        ]
        page = resources.page("participants", bodies, request.path, query)
        return web.json_response(page)

    async def participant(self, request: web.Request) -> web.Response:
        return self._answer(request, lambda *_: None)

    async def change(self, request: web.Request) -> web.Response:
        """Anything other than true or false reads as false, as at Twilio."""
        form = {name: str(value) for name, value in (await request.post()).items()}

        def change(room: Room, member: Member) -> None:
            if "EndConferenceOnExit" in form:
                member.end_on_exit = form["EndConferenceOnExit"] == "true"
            if "Coaching" in form:
                coached = form.get("CallSidToCoach", "")
                coaching = form["Coaching"] == "true"
                if coaching and coached not in room.members:
                    raise RestError(400, 13240, f"No participant {coached}")
                member.coach = coached if coaching else ""
                room.say("participant-modify", member)
            for name, attribute in _FLAGS.items():
                if name in form:
                    wanted = form[name] == "true"
                    setattr(member, attribute, wanted)
                    room.settle(member)
                    room.say(_EVENTS[name, wanted], member)

        return self._answer(request, change)

    async def remove(self, request: web.Request) -> web.Response:
        room = self._room(request)
        room.leave(self._member(request, room), Left.REMOVED)
        return web.Response(status=204)

    def _answer(
        self, request: web.Request, change: Callable[[Room, Member], None]
    ) -> web.Response:
        room = self._room(request)
        member = self._member(request, room)
        change(room, member)
        return web.json_response(participant(self._exchange, room, member))

    def _room(self, request: web.Request) -> Room:
        """By its SID; a running one by its name, too."""
        wanted = request.match_info["sid"]
        if room := self._exchange.rooms.get(wanted):
            return room
        for room in self._exchange.rooms.values():
            if room.name == wanted and not room.over:
                return room
        raise web.HTTPNotFound

    def _member(self, request: web.Request, room: Room) -> Member:
        wanted = request.match_info["who"]
        for sid, member in room.members.items():
            if wanted in {sid, member.manners.label}:
                return member
        raise web.HTTPNotFound


def _text(value: bool) -> str:
    return "true" if value else "false"
