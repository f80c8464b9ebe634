"""What is not in order is told at `/readyz`, not found out by a caller."""

from pathlib import Path

import pytest

from callcenter.assembly.order import (
    NO_ACCOUNT,
    NO_OPERATORS,
    ODD_ACCOUNT,
    ODD_NUMBER,
)
from tests.fakes.asking import asking
from tests.fakes.center import ACCOUNT, center


@pytest.mark.parametrize(
    ("account", "problem"),
    [
        ("", NO_ACCOUNT),
        (ACCOUNT[:-1], ODD_ACCOUNT),
        ("SK" + "0" * 32, ODD_ACCOUNT),
        ("AC" + "g" * 32, ODD_ACCOUNT),
    ],
)
async def test_a_node_without_a_proper_account_is_not_ready(
    tmp_path: Path, account: str, problem: str
) -> None:
    wrong = {"twilio_account_sid": account}
    async with (
        center(tmp_path, settings=wrong) as here,
        asking(here.address) as probe,
    ):
        ready = await probe.client.get(f"{here.address}/readyz")
        assert (ready.status_code, ready.json()["reasons"]) == (503, [problem])


@pytest.mark.parametrize("number", ["hello", "15005550006", "+1 500 555 0006"])
async def test_a_number_that_nobody_could_be_texted_from_is_a_warning(
    tmp_path: Path, number: str
) -> None:
    wrong = {"twilio_phone_number": number}
    async with (
        center(tmp_path, settings=wrong) as here,
        asking(here.address) as probe,
    ):
        ready = await probe.client.get(f"{here.address}/readyz")
        assert ready.status_code == 200
        assert ready.json() == {"status": "ready", "warnings": [ODD_NUMBER]}


async def test_that_nobody_can_be_rung_is_a_warning(tmp_path: Path) -> None:
    async with (
        center(tmp_path, operators_toml="") as here,
        asking(here.address) as probe,
    ):
        ready = await probe.client.get(f"{here.address}/readyz")
        assert ready.status_code == 200
        assert ready.json()["warnings"] == [NO_OPERATORS]
