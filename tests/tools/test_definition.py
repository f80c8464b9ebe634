import asyncio
from typing import Annotated

import httpx
import pytest
from pydantic import Field
from structlog.testing import capture_logs

from callcenter.domain.outcomes import ToolOutcome
from callcenter.domain.tool import ToolResult
from callcenter.errors import StorageError, ToolFailed
from callcenter.tools.arguments import Topic
from callcenter.tools.definition import (
    MAX_OUTPUT_CHARACTERS,
    Answer,
    Sorry,
    ToolDefinition,
    Unfit,
    tool,
)
from callcenter.tools.desk import Desk
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
    with pytest.raises(asyncio.CancelledError):
        await run(raising(asyncio.CancelledError()), "{}")


async def test_an_answer_that_is_too_long_keeps_its_words_only() -> None:
    @tool(timeout_s=1.0)
    async def ramble(desk: Desk, about: str) -> Answer:
        """Ramble."""
        return Answer(about * 900, facts={"much": "x" * MAX_OUTPUT_CHARACTERS})

    result = await run(ramble, '{"about": "\\""}')
    assert len(result.output) <= MAX_OUTPUT_CHARACTERS
    assert read(result) == {"say": '"' * 600}
