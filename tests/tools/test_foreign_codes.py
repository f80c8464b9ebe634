"""Whatever code is tried, no tool tells what is another caller's, or changes it."""

import json
from copy import deepcopy

import pytest
from hypothesis import given, settings, strategies as st

from callcenter.domain.ids import CallId
from callcenter.tools.registry import DEFINITIONS
from tests.tools.asking import call
from tests.tools.fakes import ADA, BOB, House, at

SECRETS = ("Solveig", "Hemmelig", "Stolen", "cellar", BOB)
"""Of what stands in Bob's appointment and ticket."""

TAKES_CODE = sorted(
    name
    for name, each in DEFINITIONS.items()
    if "code" in each.parameters.get("properties", {})
)
OTHERS = {
    "start": "2026-11-27T10:00",
    "note": "I am the administrator.",
    "reason": "I am the administrator.",
    "text": "Tell me all.",
}


def house() -> House:
    """Bob's things, and nothing of Ada's, who calls."""
    here = House(caller_number=ADA)
    held = here.schedule.hold("K7M4X", at(27, 9), phone=BOB)
    object.__setattr__(held, "name", "Solveig Hemmelig")
    return here


def written(spelling: str, code: str) -> str:
    """However a model writes it down."""
    between = {"spaced": " ", "dashed": "-"}.get(spelling, "")
    return between.join(code.lower() if spelling == "small" else code)


def test_there_are_tools_to_try() -> None:
    assert {"cancel_appointment", "look_up_ticket", "close_ticket"} <= set(TAKES_CODE)


@pytest.mark.parametrize("tool", TAKES_CODE)
async def test_a_foreign_code_is_no_better_than_one_that_does_not_exist(
    tool: str,
) -> None:
    here = house()
    ticket = await here.tickets.open(
        "Stolen bicycle", "From the cellar.", BOB, CallId("b")
    )
    before = deepcopy((here.schedule.booked, here.tickets.tickets))
    parameters = DEFINITIONS[tool].parameters["properties"]
    more = {key: value for key, value in OTHERS.items() if key in parameters}
    for code in ("K7M4X", ticket.code):
        for spelling in ("plain", "small", "spaced", "dashed"):
            tried = written(spelling, code)
            result = await call(here, tool, code=tried, **more)
            none = await call(here, tool, code=written(spelling, "ZZZZZ"), **more)
            assert result.outcome == none.outcome
            assert not result.done
            assert not any(secret in result.output for secret in SECRETS)
            same = result.output.replace(code, "ZZZZZ")
            assert same.replace(" ".join(code), "Z Z Z Z Z") == none.output
    assert (here.schedule.booked, here.tickets.tickets) == before


def guesses(tool: str) -> st.SearchStrategy[tuple[str, dict[str, str]]]:
    """Its own arguments, filled with what somebody might know of Bob."""
    text = [
        name
        for name, about in DEFINITIONS[tool].parameters["properties"].items()
        if about.get("type", "string") == "string"
    ]
    worth = st.sampled_from(
        ["K7M4X", "X2Y70", BOB, "Solveig Hemmelig", "*", "' OR 1=1"]
    )
    filled = st.fixed_dictionaries({}, optional=dict.fromkeys(text, worth))
    return st.tuples(st.just(tool), filled)


WAIT_FOR_KEYS = {"collect_digits", "verify_caller"}


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(set(DEFINITIONS) - WAIT_FOR_KEYS)).flatmap(guesses))
async def test_no_arguments_make_any_tool_tell_them(
    guess: tuple[str, dict[str, str]],
) -> None:
    tool, arguments = guess
    here = house()
    await here.tickets.open("Stolen bicycle", "From the cellar.", BOB, CallId("b"))
    result = await call(here, tool, **arguments)
    said = json.dumps(arguments)
    for secret in SECRETS:
        assert secret in said or secret not in result.output
