"""What is known of a telephone number, over the API."""

from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, Field

from callcenter.domain.scopes import Scope
from callcenter.errors import CarrierError
from callcenter.storage.callers import Callers
from callcenter.storage.erasure import Erased
from callcenter.web.api.answers import ApiError
from callcenter.web.api.desk import ApiDesk
from callcenter.web.api.endpoints import Endpoints, Operation, Query
from callcenter.web.api.gate import visitor

TAG: Final = "people"
LONGEST_NUMBER: Final = 100
AT_THE_CARRIER: Final = "Nothing was erased: a message is still at the carrier."


class PastCallAnswer(BaseModel):
    """How an earlier call went."""

    at: datetime
    disposition: str
    topic: str


class OpenTicketAnswer(BaseModel):
    """A matter that is not closed."""

    code: str
    summary: str
    status: str


class ComingAnswer(BaseModel):
    """An appointment that is still to come."""

    code: str
    service: str
    starts_at: datetime


class PersonAnswer(BaseModel):
    """What the agents know before the first word. A number is no proof of a person."""

    number: str
    calls: list[PastCallAnswer] = Field(description="The last three.")
    tickets: list[OpenTicketAnswer]
    appointments: list[ComingAnswer]
    can_prove: bool = Field(description="Whether its customer can prove who they are.")


class ExportAnswer(BaseModel):
    """All that is kept of a number, for its owner; seals are never shown."""

    number: str
    calls: list[dict[str, Any]] = Field(description="Each with everything of it.")
    appointments: list[dict[str, Any]]
    tickets: list[dict[str, Any]]
    ticket_notes: list[dict[str, Any]]
    waiting: list[dict[str, Any]]
    customers: list[dict[str, Any]]
    verification_tries: list[dict[str, Any]]
    callback_tries: list[dict[str, Any]]
    opt_outs: list[dict[str, Any]]
    files: list[str] = Field(description="Recordings; see the calls' own.")


class ErasedAnswer(BaseModel):
    """What was erased, or would be."""

    counts: dict[str, int] = Field(
        description="By kind; `live_calls` go on and were left: erase again later."
    )
    messages_at_the_carrier: int


class ErasureQuery(Query):
    """How."""

    dry_run: bool = Field(default=False, description="Count, and change nothing.")


def people(api: Endpoints, desk: ApiDesk) -> None:
    """Declare the operations."""
    callers = Callers(desk.database)

    @api.add(
        Operation(
            "GET",
            "/people/<number>",
            TAG,
            Scope.PEOPLE_READ,
            PersonAnswer,
            errors=(422,),
        )
    )
    async def get_person(number: str) -> object:
        """What earlier calls of a number have left; nothing is not an error."""
        _check(number)
        await desk.audit.note(visitor().name, "person.read", number)
        known = await callers.of(number, desk.clock.now())
        return {
            "number": number,
            "calls": list(known.calls),
            "tickets": list(known.tickets),
            "appointments": list(known.appointments),
            "can_prove": known.sealed,
        }

    @api.add(
        Operation(
            "GET",
            "/people/<number>/export",
            TAG,
            Scope.PEOPLE_READ,
            ExportAnswer,
            errors=(422,),
        )
    )
    async def export_person(number: str) -> object:
        """Everything that is kept of a number, for its owner."""
        _check(number)
        await desk.audit.note(visitor().name, "person.export", number)
        return await desk.persons.export(number)

    @api.add(
        Operation(
            "DELETE",
            "/people/<number>",
            TAG,
            Scope.PEOPLE_WRITE,
            ErasedAnswer,
            query=ErasureQuery,
        )
    )
    async def erase_person(number: str, query: ErasureQuery) -> object:
        """Forget whose number it is, and all that they said. It cannot be undone."""
        _check(number)
        if query.dry_run:
            return _told(await desk.persons.known(number))
        try:
            return _told(await desk.forget(number, visitor().name))
        except CarrierError as error:
            raise ApiError(503, AT_THE_CARRIER) from error


def _check(number: str) -> None:
    if not number.strip() or len(number) > LONGEST_NUMBER:
        raise ApiError(422, "Write it like +4755512345.", field="number")


def _told(erased: Erased) -> dict[str, Any]:
    return {
        "counts": erased.counts,
        "messages_at_the_carrier": len(erased.audio),
    }
