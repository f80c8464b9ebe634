"""What a supervisor does to a live call, over the API: whisper, escalate, end."""

from typing import Final, Literal, cast

from pydantic import BaseModel, Field
from quart import current_app

from callcenter.domain.people import Role
from callcenter.domain.scopes import Scope
from callcenter.domain.supervision import LONGEST_NOTE, Act
from callcenter.floor.orders import NOT_LIVE, Orders
from callcenter.web.api.answers import ApiError
from callcenter.web.api.desk import ApiDesk
from callcenter.web.api.endpoints import Body, Endpoints, Operation
from callcenter.web.api.gate import visitor

TAG: Final = "calls"


class ActAnswer(BaseModel):
    """It was done."""

    done: Literal[True]


class ActBody(Body):
    """What is to be done. To listen and to speak takes the console."""

    act: Literal["whisper", "escalate", "end"]
    text: str = Field(
        default="", max_length=LONGEST_NOTE, description="What to tell the agent."
    )
    at_once: bool = Field(
        default=False, description="Do not wait for the end of a sentence."
    )


def acts(api: Endpoints, desk: ApiDesk) -> None:
    """Declare the operation."""

    @api.add(
        Operation(
            "POST",
            "/calls/<call_id>/acts",
            TAG,
            Scope.CALLS_ACT,
            ActAnswer,
            body=ActBody,
            errors=(409,),
        )
    )
    async def act_on_call(call_id: str, body: ActBody) -> object:
        """Whisper to the agent, escalate now, or end a live call, at whichever node."""
        act = Act(body.act)
        if act is Act.WHISPER and not body.text:
            raise ApiError(422, "Say what the agent is to know.", field="text")
        orders = cast("Orders | None", current_app.extensions.get("orders"))
        who = visitor().person or visitor().name
        await desk.audit.note(visitor().name, f"call.{body.act}", call_id)
        outcome = NOT_LIVE
        if orders is not None:
            outcome = await orders.give(
                act,
                call_id,
                who,
                Role.SUPERVISOR,  # the scope says so: it takes one, or a key with it
                text=body.text,
                at_once=body.at_once,
            )
        if not outcome.done:
            raise ApiError(409, outcome.text)
        return {"done": True}
