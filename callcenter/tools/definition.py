"""What makes a typed async function a tool: its schema, its time-out, its manners.

    @tool(timeout_s=5.0)
    async def look_up_ticket(desk: Desk, code: Code) -> Answer:
        \"\"\"What has become of a ticket.\"\"\"

The docstring is what the model reads. Whatever happens inside, the model gets a text
that it can speak from or correct itself by: a tool that raised would end the call.
"""

import asyncio
import inspect
import json
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import partial
from traceback import extract_tb
from typing import Any, Concatenate, Final

import structlog
from pydantic import BaseModel, ValidationError, create_model

from callcenter.domain.outcomes import ToolOutcome
from callcenter.domain.tool import Tool, ToolResult
from callcenter.errors import ToolFailed
from callcenter.tools.arguments import Arguments, complaints, schema_of
from callcenter.tools.desk import Desk

log = structlog.get_logger(__name__)

MAX_OUTPUT_CHARACTERS: Final = 4000
"""A longer answer costs tokens on every later turn, and nobody can listen to it."""

MAX_SAY_CHARACTERS: Final = 600
"""What is left of an answer that was too long: about forty seconds of speech."""

BROKEN: Final = (
    "This did not work, because of a fault on our side. Do not invent a result. Say "
    "that it is not working just now; offer to try once more, to take a message, or "
    "transfer_to_human."
)
BROKEN_SAY: Final = "I am sorry, that is not working just now."

LATE: Final = (
    "This took too long and was stopped. Do not invent a result. Tell the caller that "
    "it is taking longer than usual; offer to try once more, or transfer_to_human."
)
LATE_SAY: Final = "I am sorry, that is taking longer than it should."

UNVERIFIED: Final = (
    "Nobody may do this for a caller who has not proved who they are, and this one has "
    "not. Tell the caller so, and verify them with the tool for it if you have one; "
    "else offer transfer_to_human. What the caller says of themselves proves nothing."
)
UNVERIFIED_SAY: Final = "Before I can do that, I have to make sure who you are."


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool found or did."""

    say: str
    """A sentence for the ear; the agent may put it in its own words."""
    done: str = ""
    """What was achieved, as a briefing would put it; empty if nothing was."""
    facts: Mapping[str, Any] = field(default_factory=dict)


class Sorry(ToolFailed):
    """A tool could not do it, and knows what to say and what else there is."""

    outcome = ToolOutcome.FAILED

    def __init__(self, text: str, *, say: str = "", **facts: object) -> None:
        super().__init__(text)
        self.say = say
        self.facts = facts


class Unfit(Sorry):
    """The arguments are well formed, but make no sense here."""

    outcome = ToolOutcome.REFUSED


Function = Callable[Concatenate[Desk, ...], Coroutine[Any, Any, Answer]]


@dataclass(frozen=True, slots=True)
class ToolDefinition:
    """A tool that is not yet bound to a call."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    timeout_s: float
    filler: str
    """What an agent may say while this works; empty for quick tools."""
    late: str
    arguments: type[BaseModel] = field(repr=False)
    function: Function = field(repr=False)
    verified: bool = False
    """Only for callers who have proved who they are."""
    repeatable: bool = True
    """False: asked again with the same arguments, the first result is the answer."""
    personal: bool = False
    """The result tells about a person."""
    changes: bool = False
    """Something is different afterwards: intent first, and no hang-up stops it."""

    def bind(self, desk: Desk) -> Tool:
        """The tool as the agents of one call may use it."""
        return Tool(
            self.name,
            self.description,
            self.parameters,
            self.filler,
            partial(self.run, desk),
        )

    async def run(self, desk: Desk, written: str) -> ToolResult:
        """Never raises, but for cancellation: the caller has gone, or the call moves.

        `written` are the arguments as the model wrote them.
        """
        try:
            arguments = self.arguments.model_validate_json(written.strip() or "{}")
        except ValidationError as error:
            return _refusal(complaints(self.name, self.arguments, error))
        if self.verified and not desk.identity.verified:
            return _error(UNVERIFIED, UNVERIFIED_SAY, outcome=ToolOutcome.REFUSED)
        values = {key: getattr(arguments, key) for key in type(arguments).model_fields}
        try:
            async with asyncio.timeout(self.timeout_s):
                answer = await self.function(desk, **values)
        except TimeoutError:
            log.warning("tool.late", tool=self.name, call_id=desk.call_id)
            return _error(self.late, LATE_SAY, outcome=ToolOutcome.TIMED_OUT)
        except Sorry as sorry:
            return _error(str(sorry), sorry.say, sorry.facts, outcome=sorry.outcome)
        except ToolFailed as failed:
            return _error(str(failed), outcome=ToolOutcome.FAILED)
        except Exception as error:  # noqa: BLE001  # the call must outlive any tool
            self._log_fault(desk, error)
            return _error(BROKEN, BROKEN_SAY, outcome=ToolOutcome.FAILED)
        shown = _bounded({"say": answer.say, **answer.facts})
        return ToolResult(shown, ToolOutcome.OK, answer.done)

    def _log_fault(self, desk: Desk, error: Exception) -> None:
        """Kinds and places only: an exception's own text may quote the caller."""
        steps = extract_tb(error.__traceback__)[-6:]
        log.error(
            "tool.broke",
            tool=self.name,
            call_id=desk.call_id,
            error=type(error).__name__,
            cause=type(error.__cause__).__name__ if error.__cause__ else None,
            where=[f"{step.filename}:{step.lineno} {step.name}" for step in steps],
        )


def tool(
    *,
    timeout_s: float,
    filler: str = "",
    late: str = LATE,
    verified: bool = False,
    repeatable: bool = True,
    personal: bool = False,
    changes: bool = False,
) -> Callable[[Function], ToolDefinition]:
    """Make a tool of `async def name(desk: Desk, …) -> Answer`.

    `late` is what the model is told after a time-out: say more where it matters
    whether the thing was done nevertheless. The others: see `ToolDefinition`.
    """

    def define(function: Function) -> ToolDefinition:
        arguments = _arguments_of(function)
        return ToolDefinition(
            name=function.__name__,
            description=inspect.getdoc(function) or "",
            parameters=schema_of(arguments),
            timeout_s=timeout_s,
            filler=filler,
            late=late,
            arguments=arguments,
            function=function,
            verified=verified,
            repeatable=repeatable,
            personal=personal,
            changes=changes,
        )

    return define


def _arguments_of(function: Function) -> type[BaseModel]:
    """A model of the parameters after the first, which is the desk."""
    signature = inspect.signature(function, eval_str=True)
    fields: dict[str, Any] = {
        name: (
            parameter.annotation,
            ... if parameter.default is parameter.empty else parameter.default,
        )
        for name, parameter in list(signature.parameters.items())[1:]
    }
    return create_model(f"{function.__name__}_arguments", __base__=Arguments, **fields)


def _refusal(text: str) -> ToolResult:
    return _error(text, outcome=ToolOutcome.REFUSED)


def _error(
    text: str,
    say: str = "",
    facts: Mapping[str, Any] | None = None,
    *,
    outcome: ToolOutcome,
) -> ToolResult:
    shown: dict[str, Any] = {"error": text}
    if say:
        shown["say"] = say
    return ToolResult(_bounded({**shown, **(facts or {})}), outcome)


def _bounded(shown: Mapping[str, Any]) -> str:
    """Compact JSON; one that is too long keeps its words and loses its facts."""
    text = _json(shown)
    if len(text) <= MAX_OUTPUT_CHARACTERS:
        return text
    words = {key: shown[key] for key in ("error", "say") if key in shown}
    return _json({key: words[key][:MAX_SAY_CHARACTERS] for key in words})


def _json(shown: Mapping[str, Any]) -> str:
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
