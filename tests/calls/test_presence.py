"""Whom a call rings, and whom it does not: presence, and the guard before each dial."""

from pathlib import Path

from callcenter.domain import events as e
from callcenter.simulator.carrier import Answers, OperatorBehaviour
from tests.calls.test_escalation import TAKES, meets_an_operator, rung, telephone
from tests.fakes.center import ADA, BEA, CALLER, OPERATORS, center
from tests.fakes.nodes import second_node

SELF = f'[[operators]]\nname = "Self"\nnumber = "{CALLER}"\n'


async def test_who_has_just_talked_is_left_alone_at_every_node(tmp_path: Path) -> None:
    async with center(tmp_path, operators={ADA: TAKES, BEA: TAKES}) as here:
        await telephone(here)
        assert rung(here) == ["Ada"]
        async with second_node(here) as other:
            free = other.node.floor.house.operators
            await other.until(lambda: [one.name for one in free()] == ["Bea", "Cai"])
        await telephone(here)
        assert rung(here) == ["Ada", "Bea"]


async def test_a_dial_to_the_callers_own_number_is_refused_and_the_next_is_rung(
    tmp_path: Path,
) -> None:
    operators: dict[str, OperatorBehaviour] = {ADA: TAKES, CALLER: Answers()}
    async with center(
        tmp_path, operators=operators, operators_toml=SELF + OPERATORS
    ) as here:
        call = await telephone(here, meets_an_operator)
        assert [leg.to_number for leg in here.carrier.legs_of(call)] == [ADA]
        assert len(here.of(e.OperatorAnswered)) == 1
        (escalation,) = (await here.story(call))["escalations"]
        assert [
            (one["operator"], one["outcome"]) for one in escalation["attempts"]
        ] == [("Self", "refused"), ("Ada", "accepted")]
