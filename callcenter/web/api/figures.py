"""Counts, and what is out of order: nothing here is about a person."""

from datetime import datetime, timedelta
from typing import Final

from pydantic import BaseModel, Field

from callcenter.domain.scopes import Scope
from callcenter.storage.summaries import counts
from callcenter.web.api.answers import ApiError
from callcenter.web.api.desk import ApiDesk
from callcenter.web.api.endpoints import Endpoints, Operation, Query
from callcenter.web.api.pages import Moment

TAG: Final = "figures"
READ: Final = Scope.FIGURES_READ
A_DAY: Final = timedelta(days=1)


class SummaryAnswer(BaseModel):
    """What happened in a time."""

    since: datetime
    until: datetime
    calls: int = Field(description="That began then.")
    live: int = Field(description="Of these, not over yet.")
    dispositions: dict[str, int] = Field(description="How the others ended.")
    mean_seconds: float | None = Field(description="Of calls that are over.")
    cost_usd: float = Field(description="What the model cost.")
    operators_rung: int
    attempts: dict[str, int] = Field(description="How tries to reach operators ended.")


class AlarmsAnswer(BaseModel):
    """What people should look at, a sentence each."""

    ready: bool = Field(description="Whether this node should be given calls.")
    reasons: list[str] = Field(description="Why not.")
    warnings: list[str]
    webhooks: list[str] = Field(description="Addresses that could not be told.")


class TimeQuery(Query):
    """From when to when; the last 24 hours if nothing is said."""

    since: Moment | None = None
    until: Moment | None = None


def figures(api: Endpoints, desk: ApiDesk) -> None:
    """Declare the operations."""

    @api.add(Operation("GET", "/summary", TAG, READ, SummaryAnswer, query=TimeQuery))
    async def get_summary(query: TimeQuery) -> object:
        """How many calls there were, how they ended, and what they cost."""
        until = query.until or desk.clock.now()
        since = query.since or until - A_DAY
        if since >= until:
            raise ApiError(422, "It must be before `until`.", field="since")
        found = await counts(desk.database, since, until)
        return {"since": since, "until": until, **found}

    @api.add(Operation("GET", "/alarms", TAG, READ, AlarmsAnswer))
    async def get_alarms() -> object:
        """What is out of order at this node."""
        reasons = list(await desk.ready())
        failing = [
            f"{hook.id}: {hook.why or 'deliveries fail'}"
            for hook in await desk.hooks.all()
            if hook.disabled_at or hook.failing_since
        ]
        return {
            "ready": not reasons,
            "reasons": reasons,
            "warnings": list(desk.warnings()),
            "webhooks": failing,
        }
