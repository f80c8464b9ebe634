"""What is known of a telephone number, over the API."""

from datetime import datetime
from typing import Final

from pydantic import BaseModel, Field

from callcenter.domain.scopes import Scope
from callcenter.storage.callers import Callers
from callcenter.web.api.answers import ApiError
from callcenter.web.api.desk import ApiDesk
from callcenter.web.api.endpoints import Endpoints, Operation
from callcenter.web.api.gate import visitor

TAG: Final = "people"
LONGEST_NUMBER: Final = 100


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


def people(api: Endpoints, desk: ApiDesk) -> None:
    """Declare the operation."""
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
        if not number.strip() or len(number) > LONGEST_NUMBER:
            raise ApiError(422, "Write it like +4755512345.", field="number")
        await desk.audit.note(visitor().name, "person.read", number)
        known = await callers.of(number, desk.clock.now())
        return {
            "number": number,
            "calls": list(known.calls),
            "tickets": list(known.tickets),
            "appointments": list(known.appointments),
            "can_prove": known.sealed,
        }
