"""The schedule: a week of appointments, and each of them."""

from datetime import date, timedelta
from typing import Final

from quart import Blueprint, abort, request
from quart.templating import render_template
from werkzeug.wrappers import Response

from callcenter.domain.people import Role
from callcenter.domain.schedule import Appointment
from callcenter.errors import SlotTaken, StorageError
from callcenter.storage.schedule import AppointmentBook
from callcenter.storage.week import Days, days_of
from callcenter.web.console.asked import day as asked_day, field
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import me, requires
from callcenter.web.console.office import office
from callcenter.web.console.said import back_to, told

WEEK: Final = 7
MOST_BY_HAND: Final = 100
"""For one number: people of the house may book more for somebody than agents may."""

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
            rows=_rows(found, resource),
            feeds=[(one, office(desk).feed(one)) for one in found.resources],
            said=told(),
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
            again=coming and appointment.cancelled and appointment.call_id,
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

    _undoing(routes, desk)
    return routes


def _undoing(routes: Blueprint, desk: ConsoleDesk) -> None:
    book = desk.schedule

    @routes.post("/<code>/again")
    @requires(Role.OPERATOR)
    async def again(code: str) -> Response:
        """A cancelled time is free for everybody: this is a booking like others."""
        gone = await _there(book, code)
        page = f"/console/schedule/{gone.code}"
        if not gone.cancelled or gone.call_id is None:
            return back_to(page, "unchanged")
        try:
            made = await book.book(
                gone.slot, gone.name, gone.phone, gone.call_id, most=MOST_BY_HAND
            )
        except SlotTaken:
            return back_to(page, "taken")
        except StorageError:
            return back_to(page, "not_booked")
        await desk.audit.note(me().name, "appointment.book", made.code, gone.code)
        return back_to(f"/console/schedule/{made.code}", "booked_again")

    @routes.post("/waiting/leave")
    @requires(Role.OPERATOR)
    async def leave() -> Response:
        phone = await field("phone")
        if not phone or not await book.waiting.leave(phone):
            return back_to("/console/schedule", "unchanged")
        await desk.audit.note(me().name, "waiting.leave", phone)
        return back_to("/console/schedule", "off_the_line")


def _rows(found: Days, resource: str) -> list[tuple[str, list[list[Appointment]]]]:
    """Each of whom or what serves callers, with what they have on each day."""
    return [
        (
            name,
            [
                [one for one in day.appointments if one.slot.resource == name]
                for day in found.days
            ],
        )
        for name in ([resource] if resource else found.resources)
    ]


def _monday(day: date, today: date) -> date:
    if abs(day - today) > FAR:
        day = today
    return day - timedelta(day.weekday())


async def _there(book: AppointmentBook, code: str) -> Appointment:
    found = await book.find(code)
    if found is None:
        abort(404)
    return found
