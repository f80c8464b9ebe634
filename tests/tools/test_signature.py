"""A function that cannot be a tool is refused where it is written."""

from typing import Any

import pytest

from callcenter.tools.definition import Answer, ToolDefinition, tool
from callcenter.tools.desk import Desk
from callcenter.tools.signature import BadTool


async def sound(desk: Desk, shop: str, count: int = 1) -> Answer:
    return Answer(shop * count)


def define(function: Any, timeout_s: Any = 1.0) -> ToolDefinition:
    """As somebody without a type checker would."""
    return tool(timeout_s=timeout_s)(function)


def flaw(function: Any, timeout_s: Any = 1.0) -> str:
    with pytest.raises(BadTool) as refused:
        define(function, timeout_s)
    return str(refused.value)


class Shelf:
    pass


def not_async(desk: Desk) -> Answer:
    return Answer("Yes.")


async def no_parameters() -> Answer:
    return Answer("Yes.")


async def no_desk(shop: str) -> Answer:
    return Answer(shop)


async def no_desk_and_no_type(shop) -> Answer:
    return Answer(shop)


async def desk_by_name(*, desk: Desk) -> Answer:
    return Answer("Yes.")


async def says_text(desk: Desk) -> str:
    return "Yes."


async def says_nothing(desk: Desk):
    return Answer("Yes.")


async def maybe(desk: Desk) -> Answer | None:
    return None


async def untyped(desk: Desk, shop) -> Answer:
    return Answer(shop)


async def anything(desk: Desk, *shops: str) -> Answer:
    return Answer(shops[0])


async def by_place(desk: Desk, shop: str, /) -> Answer:
    return Answer(shop)


async def strange(desk: Desk, by: Shelf) -> Answer:
    return Answer(str(by))


async def hidden(desk: Desk, _shop: str) -> Answer:
    return Answer(_shop)


async def unknown(desk: Desk, shop: "Shop") -> Answer:  # type: ignore[name-defined]  # noqa: F821
    return Answer(shop)


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (not_async, "is no coroutine function: write it with 'async def'"),
        (no_parameters, "needs a first parameter 'desk: Desk'"),
        (no_desk, "needs a first parameter 'desk: Desk'"),
        (no_desk_and_no_type, "needs a first parameter 'desk: Desk'"),
        (desk_by_name, "needs a first parameter 'desk: Desk'"),
        (says_text, "is to return an Answer, '-> Answer', and says str"),
        (says_nothing, "is to return an Answer, '-> Answer', and says nothing"),
        (maybe, "is to return an Answer, '-> Answer', and says "),
        (untyped, "has a parameter 'shop' without a type: write 'shop: str'"),
        (anything, "cannot take '*shops: str'"),
        (by_place, "cannot take 'shop: str'"),
        (strange, "has a parameter that the model cannot be asked for: "),
        (hidden, "has a parameter '_shop': its name cannot begin with '_'"),
        (unknown, "has annotations that cannot be read: name 'Shop' is not defined"),
    ],
)
def test_what_cannot_be_a_tool_is_refused_by_name_and_reason(
    function: Any, told: str
) -> None:
    assert flaw(function).startswith(f"tool '{function.__name__}' {told}")


@pytest.mark.parametrize("time", ["5", 0, -1, float("nan"), float("inf"), None, True])
def test_a_time_out_is_a_number_of_seconds(time: Any) -> None:
    assert flaw(sound, time) == (
        f"tool 'sound' needs a timeout_s in seconds, a number above 0, not {time!r}"
    )


def test_a_sound_function_becomes_a_tool() -> None:
    assert set(define(sound, 5).parameters["properties"]) == {"shop", "count"}


def test_the_desk_may_be_without_a_type_or_have_another_name() -> None:
    async def bare(desk) -> Answer:
        return Answer("Yes.")

    async def unused(_) -> Answer:
        return Answer("Yes.")

    async def renamed(place: Desk) -> Answer:
        return Answer("Yes.")

    async def careless(desk: Any) -> Answer:
        return Answer("Yes.")

    for each in (bare, unused, renamed, careless):
        assert define(each).name == each.__name__
