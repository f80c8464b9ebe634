"""What goes on now, at all nodes."""

from quart import Blueprint
from quart.templating import render_template

from callcenter.domain.people import Role
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import requires


def pages(desk: ConsoleDesk) -> Blueprint:
    """The first page."""
    routes = Blueprint("wallboard", __name__)

    @routes.get("")
    @requires(Role.VIEWER)
    async def board() -> str:
        return await render_template("wallboard.html", desk=desk)

    return routes
