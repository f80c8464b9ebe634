"""What makes a typed async function a tool: its schema, its time-out, its manners.

    @tool(timeout_s=5.0)
    async def look_up_ticket(desk: Desk, code: Code) -> Answer:
        \"\"\"What has become of a ticket.\"\"\"

The docstring is what the model reads. Whatever happens inside, the model gets a text
that it can speak from or correct itself by: a tool that raised would end the call.
"""

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from traceback import extract_tb
from typing import Any, Concatenate, Final

import structlog
from pydantic import BaseModel, ValidationError

from callcenter.domain.outcomes import ToolOutcome
from callcenter.domain.tool import MAX_ARGUMENTS_CHARACTERS, Tool, ToolResult, Use
from callcenter.errors import ToolFailed
from callcenter.tools.arguments import complaints, schema_of
from callcenter.tools.desk import Desk
from callcenter.tools.outputs import bounded, error
from callcenter.tools.signature import arguments_of

log = structlog.get_logger(__name__)

BROKEN: Final = (
    "This did not work, because of a fault on our side. Do not invent a result. Say "
    "that it is not working just now; offer to try once more, to take a message, or "
    "transfer_to_human."
)
BROKEN_SAY: Final = "I am sorry, that is not working just now."

BROKEN_OFF: Final = (
    "This broke in the middle, because of a fault on our side: it may or may not have "
    "been done. Do not invent a result. Tell the caller so; look whether it was done, "
    "if you have a tool for that; else offer take_message or transfer_to_human."
)

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

TOO_MUCH: Final = (
    "These arguments are far too long. Call it again with what matters, in a few words."
)

ONCE_DIGITS: Final = 16
"""Of a hash: enough to tell the few things apart that one call does."""


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


class Unsure(Sorry):
    """Nobody knows whether it was done: it must not be tried again."""


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
            partial(self.perform, desk),
            personal=self.personal,
        )

    async def perform(self, desk: Desk, written: str, use: Use) -> ToolResult:
        """Use it, unless this very thing has been done, or is being done, before."""
        once = "" if self.repeatable else self._once(written)
        if once and (running := desk.deeds.running(once)):
            return await use(known=await running)
        if once and (known := desk.deeds.known(once)):
            return await use(known=known)
        if once or self.changes:
            return await desk.deeds.outlive(once, use(once))
        return await use()

    async def run(self, desk: Desk, written: str) -> ToolResult:
        """Never raises, but for cancellation: the caller has gone, or the call moves.

        `written` are the arguments as the model wrote them.
        """
        if len(written) > MAX_ARGUMENTS_CHARACTERS:
            return error(TOO_MUCH, outcome=ToolOutcome.REFUSED)
        try:
            arguments = self._read(written)
        except ValidationError as invalid:
            known = list(self.parameters.get("properties", {}))
            complaint = complaints(self.name, known, invalid)
            return error(complaint, outcome=ToolOutcome.REFUSED)
        if self.verified and not desk.identity.verified:
            return error(UNVERIFIED, UNVERIFIED_SAY, outcome=ToolOutcome.REFUSED)
        if self.changes:
            await desk.deeds.written()
        return await self._answer(desk, arguments)

    async def _answer(self, desk: Desk, arguments: BaseModel) -> ToolResult:
        """Whatever comes of it, in words."""
        try:
            return await self._call(desk, arguments)
        except TimeoutError:
            log.warning("tool.late", tool=self.name, call_id=desk.call_id)
            outcome = ToolOutcome.TIMED_OUT
            return error(self.late, LATE_SAY, outcome=outcome, unsure=self.changes)
        except BaseException as fault:  # the call must outlive any tool
            if _is_the_calls_end(fault):
                raise
            self._log_fault(desk, fault)
            text = BROKEN_OFF if self.changes else BROKEN
            outcome = ToolOutcome.FAILED
            return error(text, BROKEN_SAY, outcome=outcome, unsure=self.changes)

    async def _call(self, desk: Desk, arguments: BaseModel) -> ToolResult:
        values = {key: getattr(arguments, key) for key in type(arguments).model_fields}
        try:
            async with asyncio.timeout(self.timeout_s):
                answer = await self.function(desk, **values)
        except ToolFailed as failed:
            return _failure(failed)
        if not isinstance(answer, Answer):
            raise TypeError(f"{self.name} must return an Answer")
        say = {"say": str(answer.say)} if answer.say else {}
        shown = bounded({**say, **answer.facts})
        return ToolResult(shown, ToolOutcome.OK, str(answer.done))

    def _read(self, written: str) -> BaseModel:
        return self.arguments.model_validate_json(written.strip() or "{}")

    def _once(self, written: str) -> str:
        """The same for the same arguments, however they are spaced and ordered.

        Empty for arguments that are wrong: nothing will be done.
        """
        try:
            meant = self._read(written[:MAX_ARGUMENTS_CHARACTERS]).model_dump_json()
        except ValidationError:
            return ""
        return f"{self.name}:{sha256(meant.encode()).hexdigest()[:ONCE_DIGITS]}"

    def _log_fault(self, desk: Desk, fault: BaseException) -> None:
        """Kinds and places only: an exception's own text may quote the caller."""
        steps = extract_tb(fault.__traceback__)[-6:]
        log.error(
            "tool.broke",
            tool=self.name,
            call_id=desk.call_id,
            error=type(fault).__name__,
            cause=type(fault.__cause__).__name__ if fault.__cause__ else None,
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
    What it is put upon must be such a function: else BadTool.
    """

    def define(function: Function) -> ToolDefinition:
        arguments = arguments_of(function, Answer, timeout_s)
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


def _failure(failed: ToolFailed) -> ToolResult:
    if not isinstance(failed, Sorry):
        return error(str(failed), outcome=ToolOutcome.FAILED)
    unsure = isinstance(failed, Unsure)
    text, say, facts = str(failed), failed.say, failed.facts
    return error(text, say, facts, outcome=failed.outcome, unsure=unsure)


def _is_the_calls_end(fault: BaseException) -> bool:
    """Whether somebody ends this task; a tool may raise all of these by itself, too."""
    if isinstance(fault, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is not None and task.cancelling() > 0
    return isinstance(fault, GeneratorExit)
