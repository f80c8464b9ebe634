"""Appointments over the API: what is booked, and cancelling it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from pydantic import BaseModel, Field

from callcenter.domain.schedule import Appointment
from callcenter.domain.scopes import Scope
from callcenter.storage.appointment_days import booked_between
from callcenter.web.api.answers import ApiError, not_found
from callcenter.web.api.desk import ApiDesk
from callcenter.web.api.endpoints import Endpoints, Operation, Query
from callcenter.web.api.gate import visitor
from callcenter.web.api.pages import FIRST_YEAR, LAST_YEAR, MOST, Word

TAG: Final = "appointments"
ONE: Final = "/appointments/<code>"
READ, WRITE = Scope.APPOINTMENTS_READ, Scope.APPOINTMENTS_WRITE

MOST_DAYS: Final = 62


class AppointmentAnswer(BaseModel):
    """A booked time."""

    code: str
    service: str
    resource: str
    starts_at: datetime = Field(description="In the house's own zone.")
    ends_at: datetime
    name: str
    phone: str
    call_id: str | None
    cancelled: bool


class AppointmentList(BaseModel):
    """In order."""

    items: list[AppointmentAnswer]


class DayQuery(Query):
    """Which days; the house's own."""

    day: date | None = Field(default=None, description="The first; today if not given.")
    days: int = Field(default=1, ge=1, le=MOST_DAYS)
    resource: Word = ""
    cancelled: bool = False
    limit: int = Field(default=MOST, ge=1, le=MOST)


def appointments(api: Endpoints, desk: ApiDesk) -> None:
    """Declare the operations."""

    @api.add(
        Operation("GET", "/appointments", TAG, READ, AppointmentList, query=DayQuery)
    )
    async def list_appointments(query: DayQuery) -> object:
        """What is booked on some days, in order."""
        zone = desk.book.zone
        day = query.day or desk.clock.now().astimezone(zone).date()
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ApiError(422, "That is no day of ours.", field="day")
        since = datetime.combine(day, time(), zone).astimezone(UTC)
        last = day + timedelta(days=query.days)
        until = datetime.combine(last, time(), zone).astimezone(UTC)
        found = await booked_between(desk.database, zone, since, until)
        await desk.audit.note(visitor().name, "appointments.list", day.isoformat())
        fitting = [
            shown(one)
            for one in found
            if query.resource in {"", one.slot.resource}
            and (query.cancelled or not one.cancelled)
        ]
        return {"items": fitting[: query.limit]}

    @api.add(Operation("GET", ONE, TAG, READ, AppointmentAnswer))
    async def get_appointment(code: str) -> object:
        """One appointment, by its code however it is spelled."""
        return shown(await _find(desk, code, "appointment.read"))

    @api.add(Operation("DELETE", ONE, TAG, WRITE, AppointmentAnswer))
    async def cancel_appointment(code: str) -> object:
        """Cancel it; again is harmless. The time goes to the first who waits."""
        found = await _find(desk, code, "appointment.cancelled")
        return shown(await desk.book.cancel(found.code))


async def _find(desk: ApiDesk, code: str, act: str) -> Appointment:
    found = await desk.book.find(code)
    if found is None or found.held_until is not None:
        raise not_found("appointment")
    await desk.audit.note(visitor().name, act, found.code)
    return found


def shown(one: Appointment) -> dict[str, Any]:
    """As plain data."""
    return {
        "code": one.code,
        "service": one.slot.service,
        "resource": one.slot.resource,
        "starts_at": one.slot.starts_at,
        "ends_at": one.slot.ends_at,
        "name": one.name,
        "phone": one.phone,
        "call_id": one.call_id,
        "cancelled": one.cancelled,
    }
