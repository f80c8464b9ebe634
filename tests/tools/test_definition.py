import asyncio
from dataclasses import replace
from typing import Annotated

import httpx
import pytest
from pydantic import Field
from structlog.testing import capture_logs

from callcenter.domain.outcomes import ToolOutcome
from callcenter.domain.tool import MAX_ARGUMENTS_CHARACTERS, ToolResult
from callcenter.errors import StorageError, ToolFailed
from callcenter.tools.arguments import Topic
from callcenter.tools.definition import (
    Answer,
    Sorry,
    ToolDefinition,
    Unfit,
    Unsure,
    tool,
)
from callcenter.tools.desk import Desk
from callcenter.tools.identity import Stranger
from callcenter.tools.outputs import MAX_OUTPUT_CHARACTERS
from tests.tools.asking import read
from tests.tools.fakes import House

Name = Annotated[str, Field(description="Who.", min_length=1, max_length=10)]


@tool(timeout_s=1.0, filler="One moment.")
async def greet(
    desk: Desk, name: Name, times: int = 1, topic: Topic = "general"
) -> Answer:
    """Greet somebody.

    Kindly.
    """
    said = " ".join(["Hello", name] * times)
    return Answer(said, done=f"greeted {name}", facts={"topic": topic})


def raising(error: BaseException) -> ToolDefinition:
    @tool(timeout_s=1.0)
    async def break_down(desk: Desk) -> Answer:
        """Break down."""
        raise error

    return break_down


async def run(definition: ToolDefinition, arguments: str) -> ToolResult:
    return await definition.bind(House().desk).run(arguments)


def test_a_function_says_all_that_the_model_must_know() -> None:
    bound = greet.bind(House().desk)
    assert (bound.name, bound.description) == ("greet", "Greet somebody.\n\nKindly.")
    assert bound.parameters == {
        "type": "object",
        "properties": {
            "name": {
                "type": "string",
                "description": "Who.",
                "minLength": 1,
                "maxLength": 10,
            },
            "times": {"type": "integer", "default": 1},
            "topic": {
                "type": "string",
                "enum": ["general", "scheduling", "support"],
                "default": "general",
                "description": "What the matter is about, so that the right person "
                "answers.",
            },
        },
        "required": ["name"],
        "additionalProperties": False,
    }


async def test_a_good_answer_is_compact_json_with_its_facts() -> None:
    result = await run(greet, '{"name": "Åse", "times": 2}')
    assert result == ToolResult(
        '{"say":"Hello Åse Hello Åse","topic":"general"}', done="greeted Åse"
    )


@pytest.mark.parametrize(
    ("arguments", "correction"),
    [
        ('{"name": ', "greet: the arguments must be one JSON object"),
        ("[]", "greet: the arguments must be one JSON object"),
        ("", "greet: 'name' is missing: ask the caller if you do not know it"),
        ('{"name": "  "}', "greet: 'name' is empty: ask the caller"),
        ('{"name": 7}', "greet: 'name': input should be a valid string"),
        ('{"name": null}', "greet: 'name': input should be a valid string"),
        ('{"name": "Ada", "times": "2"}', "'times': input should be a valid integer"),
        (
            '{"name": "Ada Lovelace"}',
            "'name': string should have at most 10 characters",
        ),
        ('{"name": "A", "nme": "B"}', "no parameter 'nme' (did you mean 'name'?)"),
        ('{"name": "A", "xyz": "B"}', "there is no parameter 'xyz'. It takes: name,"),
        ('{"name": "A", "topic": "x"}', "input should be 'general', 'scheduling' or"),
        ('{"name": "\\ud800"}', "greet: the arguments must be one JSON object"),
    ],
)
async def test_wrong_arguments_come_back_with_what_to_correct(
    arguments: str, correction: str
) -> None:
    result = await run(greet, arguments)
    assert result.outcome is ToolOutcome.REFUSED
    assert correction in read(result)["error"]
    assert read(result)["error"].endswith("Correct this and call again.")


async def test_text_is_made_one_plain_line() -> None:
    result = await run(greet, '{"name": " A\\u0000\\n\\u202e b "}')
    assert read(result)["say"] == "Hello A b"


async def test_a_slow_tool_is_stopped_and_the_caller_is_told() -> None:
    @tool(timeout_s=0.01)
    async def dream(desk: Desk) -> Answer:
        """Dream."""
        await asyncio.Event().wait()
        raise AssertionError

    result = await run(dream, "{}")
    assert result.outcome is ToolOutcome.TIMED_OUT
    assert read(result)["say"].startswith("I am sorry")
    assert "Tell the caller" in read(result)["error"]


async def test_what_a_tool_says_about_its_failure_reaches_the_model() -> None:
    plain = await run(raising(ToolFailed("Try tomorrow.")), "{}")
    assert (plain.outcome, read(plain)) == (
        ToolOutcome.FAILED,
        {"error": "Try tomorrow."},
    )
    rich = await run(raising(Sorry("Gone.", say="Sorry!", slots=["x"])), "{}")
    assert (rich.outcome, read(rich)) == (
        ToolOutcome.FAILED,
        {"error": "Gone.", "say": "Sorry!", "slots": ["x"]},
    )
    unfit = await run(raising(Unfit("No such day.")), "{}")
    assert unfit.outcome is ToolOutcome.REFUSED


@pytest.mark.parametrize(
    "error",
    [
        KeyError("the caller's secret"),
        StorageError("the caller's secret"),
        httpx.ConnectError("the caller's secret"),
        ExceptionGroup("the caller's secret", [ValueError("the caller's secret")]),
    ],
)
async def test_a_fault_of_ours_neither_raises_nor_tells_nor_logs_a_secret(
    error: Exception,
) -> None:
    error.__cause__ = OSError("the caller's secret")
    with capture_logs() as logs:
        result = await run(raising(error), "{}")
    assert result.outcome is ToolOutcome.FAILED
    assert "Do not invent a result" in read(result)["error"]
    assert "secret" not in result.output + repr(logs)
    [line] = logs
    assert (line["event"], line["error"], line["cause"]) == (
        "tool.broke",
        type(error).__name__,
        "OSError",
    )
    assert "break_down" in line["where"][-1]


async def test_a_call_that_is_over_stops_its_tools() -> None:
    begun = asyncio.Event()

    @tool(timeout_s=5.0)
    async def dream(desk: Desk) -> Answer:
        """Dream."""
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(run(dream, "{}"))
        await begun.wait()
        running.cancel()
    assert running.cancelled()


@pytest.mark.parametrize(
    "end",
    [SystemExit(1), KeyboardInterrupt(), asyncio.CancelledError(), BaseException()],
)
async def test_a_tool_cannot_end_the_process_or_the_call_by_itself(
    end: BaseException,
) -> None:
    result = await run(raising(end), "{}")
    assert result.outcome is ToolOutcome.FAILED
    assert read(result)["say"] == "I am sorry, that is not working just now."


@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        "Hello",
        {"say": "Hello"},
        Answer("Hello", facts={"when": object()}),
        Answer("Hello", facts={"how much": float("nan")}),
        Answer("Hello", facts=7),  # type: ignore[arg-type]
    ],
)
async def test_a_tool_that_returns_nonsense_has_broken(nonsense: object) -> None:
    @tool(timeout_s=1.0)
    async def babble(desk: Desk) -> Answer:
        """Babble."""
        return nonsense  # type: ignore[return-value]

    result = await run(babble, "{}")
    assert result.outcome is ToolOutcome.FAILED
    assert "Do not invent a result" in read(result)["error"]


async def test_nonsense_about_a_failure_is_a_failure_too() -> None:
    result = await run(raising(Sorry("Gone.", when=object())), "{}")
    assert result.outcome is ToolOutcome.FAILED
    assert "Do not invent a result" in read(result)["error"]


async def test_half_a_character_does_not_reach_the_socket() -> None:
    @tool(timeout_s=1.0)
    async def stammer(desk: Desk) -> Answer:
        """Stammer."""
        return Answer("Hel\ud83d")

    assert (await run(stammer, "{}")).output == '{"say":"Hel\ufffd"}'


async def test_a_flood_of_arguments_is_refused_unread() -> None:
    flood = '{"name": "' + "x" * MAX_ARGUMENTS_CHARACTERS + '"}'
    result = await run(greet, flood)
    assert result.outcome is ToolOutcome.REFUSED
    assert "far too long" in read(result)["error"]


async def test_only_a_caller_who_proved_who_they_are_gets_what_is_theirs() -> None:
    @tool(timeout_s=1.0, verified=True)
    async def tell(desk: Desk) -> Answer:
        """Tell."""
        return Answer("All of it.")

    desk = House().desk
    refused = await tell.run(desk, "{}")
    assert refused.outcome is ToolOutcome.REFUSED
    assert "verify them" in read(refused)["error"]
    told = await tell.run(replace(desk, identity=Stranger(verified=True)), "{}")
    assert read(told) == {"say": "All of it."}


@pytest.mark.parametrize(
    ("error", "unsure"),
    [(KeyError("x"), True), (Sorry("No."), False), (Unsure("Perhaps."), True)],
)
async def test_who_breaks_off_a_change_says_that_nobody_knows(
    error: Exception, unsure: bool
) -> None:
    @tool(timeout_s=1.0, changes=True)
    async def change(desk: Desk) -> Answer:
        """Change."""
        raise error

    result = await run(change, "{}")
    assert (result.outcome, result.unsure) == (ToolOutcome.FAILED, unsure)
    assert ("may or may not have been done" in result.output) == (
        not isinstance(error, Sorry)
    )


async def test_a_late_change_may_have_happened() -> None:
    @tool(timeout_s=0.01, changes=True)
    async def change(desk: Desk) -> Answer:
        """Change."""
        await asyncio.Event().wait()
        raise AssertionError

    result = await run(change, "{}")
    assert (result.outcome, result.unsure) == (ToolOutcome.TIMED_OUT, True)


async def test_an_answer_that_is_too_long_keeps_its_words_only() -> None:
    @tool(timeout_s=1.0)
    async def ramble(desk: Desk, about: str) -> Answer:
        """Ramble."""
        return Answer(about * 900, facts={"much": "x" * MAX_OUTPUT_CHARACTERS})

    result = await run(ramble, '{"about": "\\""}')
    assert len(result.output) <= MAX_OUTPUT_CHARACTERS
    assert read(result) == {"say": '"' * 600}
