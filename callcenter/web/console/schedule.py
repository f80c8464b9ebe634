"""The schedule: a week of appointments, and each of them."""

from datetime import date, timedelta
from typing import Final

from quart import Blueprint, abort, request
from quart.templating import render_template
from werkzeug.wrappers import Response

from callcenter.domain.people import Role
from callcenter.domain.schedule import Appointment
from callcenter.storage.schedule import AppointmentBook
from callcenter.storage.week import days_of
from callcenter.web.console.asked import day as asked_day
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import me, requires
from callcenter.web.console.said import back_to, told

WEEK: Final = 7
FAR: Final = timedelta(days=365 * 5)
"""Nobody plans further; and a calendar has an end."""


def pages(desk: ConsoleDesk) -> Blueprint:
    """The week, and one page for each appointment."""
    routes = Blueprint("schedule", __name__, url_prefix="/schedule")
    book, house = desk.schedule, desk.house

    @routes.get("")
    @requires(Role.OPERATOR)
    async def week() -> str:
        today = desk.clock.now().astimezone(house.zone).date()
        first = _monday(asked_day("day") or today, today)
        resource = request.args.get("resource", "")
        found = await days_of(desk.database, house, first, WEEK, resource)
        if resource and resource not in found.resources:
            abort(404)
        return await render_template(
            "schedule.html",
            house=house,
            found=found,
            today=today,
            first=first,
            last=first + timedelta(WEEK - 1),
            before=first - timedelta(WEEK),
            after=first + timedelta(WEEK),
            resource=resource,
        )

    @routes.get("/<code>")
    @requires(Role.OPERATOR)
    async def one(code: str) -> str:
        appointment = await _there(book, code)
        coming = appointment.slot.ends_at > desk.clock.now()
        await desk.audit.note(me().name, "appointment.read", appointment.code)
        return await render_template(
            "appointment.html",
            one=appointment,
            house=house,
            open=coming and not appointment.cancelled and not appointment.held_until,
            said=told(),
        )

    @routes.post("/<code>/cancel")
    @requires(Role.OPERATOR)
    async def cancel(code: str) -> Response:
        appointment = await _there(book, code)
        page = f"/console/schedule/{appointment.code}"
        if appointment.cancelled or (await request.form).get("sure") != "yes":
            return back_to(page, "unchanged")
        await book.cancel(appointment.code)
        await desk.audit.note(me().name, "appointment.cancel", appointment.code)
        return back_to(page, "cancelled")

    return routes


def _monday(day: date, today: date) -> date:
    if abs(day - today) > FAR:
        day = today
    return day - timedelta(day.weekday())


async def _there(book: AppointmentBook, code: str) -> Appointment:
    found = await book.find(code)
    if found is None:
        abort(404)
    return found
