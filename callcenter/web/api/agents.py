"""Agents over the API: the roster that serves whoever calls now."""

from typing import Any, Final

from pydantic import BaseModel, Field

from callcenter.domain.card import Card
from callcenter.domain.problems import Problem
from callcenter.domain.scopes import Scope
from callcenter.web.api.answers import not_found
from callcenter.web.api.desk import ApiDesk
from callcenter.web.api.endpoints import Endpoints, Operation

TAG: Final = "agents"
READ: Final = Scope.AGENTS_READ


class ProblemAnswer(BaseModel):
    """What is wrong in a card that was edited: the last sound ones serve on."""

    file: str
    line: int
    text: str
    warning: bool


class AgentAnswer(BaseModel):
    """One agent, as its card says."""

    name: str
    description: str = Field(description="When other agents pass callers on to it.")
    tools: list[str]
    handoffs: list[str]
    topic: str = Field(description="The skill that an operator needs for its callers.")
    languages: list[str]
    greeting: str
    voice: str = Field(description="Empty: the house's.")
    guardrails: list[str]
    entry: bool = Field(description="Whether it answers the telephone.")


class AgentCard(AgentAnswer):
    """One agent, with what it is told."""

    instructions: str = Field(description="The house style first, then its own.")


class RosterAnswer(BaseModel):
    """The agents of whoever calls now."""

    roster: str = Field(description="Its hash; calls name it.")
    entry: str
    items: list[AgentAnswer]
    problems: list[ProblemAnswer]


def agents(api: Endpoints, desk: ApiDesk) -> None:
    """Declare the operations."""

    @api.add(Operation("GET", "/agents", TAG, READ, RosterAnswer))
    async def list_agents() -> object:
        """The roster, and what is wrong with cards that were edited."""
        roster = desk.rosters.current()
        return {
            "roster": roster.hash,
            "entry": roster.entry,
            "items": [_shown(card, roster.entry) for card in roster.cards],
            "problems": [_problem(one) for one in desk.rosters.problems],
        }

    @api.add(Operation("GET", "/agents/<name>", TAG, READ, AgentCard))
    async def get_agent(name: str) -> object:
        """One agent, and all that it is told."""
        roster = desk.rosters.current()
        for card in roster.cards:
            if card.name == name:
                told = {"instructions": roster.instructions(name)}
                return _shown(card, roster.entry) | told
        raise not_found("agent")


def _shown(card: Card, entry: str) -> dict[str, Any]:
    return {
        "name": card.name,
        "description": card.description,
        "tools": list(card.tools),
        "handoffs": list(card.handoffs),
        "topic": card.topic,
        "languages": list(card.languages),
        "greeting": card.greeting,
        "voice": card.voice,
        "guardrails": list(card.guardrails),
        "entry": card.name == entry,
    }


def _problem(one: Problem) -> dict[str, Any]:
    return {
        "file": one.file,
        "line": one.line,
        "text": one.text,
        "warning": one.warning,
    }
