"""The system: whether all is well, how much is used, alarms, and the settings."""

from typing import Final

from quart import Blueprint, abort
from quart.templating import render_template
from werkzeug.wrappers import Response

from callcenter.domain.people import Role
from callcenter.storage.alarms import Alarms
from callcenter.web.console import board, system_log, system_people, system_programs
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import me, requires
from callcenter.web.console.house_desk import house_of
from callcenter.web.console.said import back_to, told

PATH: Final = "/console/system"
KILO: Final = 1024
UNITS: Final = ("B", "KB", "MB", "GB", "TB")


def pages(desk: ConsoleDesk) -> Blueprint:
    """Everything below /console/system."""
    routes = Blueprint("system", __name__, url_prefix="/system")
    alarms = Alarms(desk.database, desk.clock.now)
    system_log.log(routes, desk)
    system_people.people(routes, desk)
    system_programs.programs(routes, desk)

    @routes.get("")
    @requires(Role.SUPERVISOR)
    async def system() -> str:
        house = house_of(desk)
        checks = await house.health()
        return await render_template(
            "system.html",
            checks=[one for one in checks if one.name != "warning"],
            warnings=[one.says for one in checks if one.name == "warning"],
            usage=await house.usage(),
            amount=amount,
            alarms=await alarms.latest(),
            said=told(),
        )

    @routes.post("/alarms/<int:alarm_id>/seen")
    @requires(Role.SUPERVISOR)
    async def seen(alarm_id: int) -> Response:
        if not await alarms.seen(alarm_id, me().name):
            return back_to(PATH, "unchanged")
        await desk.audit.note(me().name, "alarm.seen", str(alarm_id))
        return back_to(PATH, "alarm_seen")

    @routes.get("/settings")
    @requires(Role.ADMIN)
    async def settings() -> str:
        shown = house_of(desk).settings
        if not shown:
            abort(404)
        return await render_template("system_settings.html", settings=shown)

    return routes


def amount(value: float, unit: str) -> str:
    """For people: 3 calls, $1.20, 4.2 GB."""
    if unit == "usd":
        return board.money(value)
    if unit != "bytes":
        return f"{board.number(value)} {unit}" if unit else board.number(value)
    place = 0
    while value >= KILO and place < len(UNITS) - 1:
        value, place = value / KILO, place + 1
    return f"{value:.1f} {UNITS[place]}" if place else f"{value:.0f} B"
