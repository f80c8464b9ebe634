"""What is not in order is told at `/readyz`, not found out by a caller."""

import shutil
from pathlib import Path

import pytest

from callcenter.assembly.order import (
    NO_ACCOUNT,
    NO_OPERATORS,
    ODD_ACCOUNT,
    ODD_NUMBER,
)
from callcenter.domain import events as e
from callcenter.floor import floor
from callcenter.simulator.carrier import Answers, Happening
from callcenter.simulator.model.faults import Faults
from callcenter.storage import library
from tests.fakes.asking import asking
from tests.fakes.center import ACCOUNT, ADA, Caller, center

AGENTS = Path(__file__).parent.parent.parent / "agents"


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


async def test_a_broken_article_is_told_before_anybody_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "LOOK_S", 0.05)
    cards = tmp_path / "agents"
    shutil.copytree(AGENTS, cards)
    async with (
        center(tmp_path, settings={"agents_dir": cards}) as here,
        asking(here.address) as probe,
    ):
        assert here.node.warnings() == []
        (cards / "knowledge" / "torn.md").write_text("---\ntitle: Torn\n")
        await here.until(here.node.warnings)
        ready = await probe.client.get(f"{here.address}/readyz")
        assert ready.json()["status"] == "ready"
        (told,) = ready.json()["warnings"]
        assert "torn.md" in told
        (cards / "knowledge" / "torn.md").unlink()
        await here.until(lambda: not here.node.warnings())


@pytest.mark.parametrize(("status", "told"), [(401, True), (503, False)])
async def test_a_model_that_refuses_the_key_is_told_until_it_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, told: bool
) -> None:
    monkeypatch.setattr(floor, "LINGER_SECONDS", 0.05)
    async with (
        center(
            tmp_path,
            faults=Faults(handshake_status=status),
            operators={ADA: Answers(after_s=0.1, hangs_up_after_s=0.1)},
        ) as here,
        asking(here.address) as probe,
    ):

        async def wait(caller: Caller) -> None:
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(wait, wait=False)
        await call.ended()
        ready = (await probe.client.get(f"{here.address}/readyz")).json()
        assert ready["status"] == "ready"
        assert any("401" in text for text in ready.get("warnings", ())) is told

        async def talk(caller: Caller) -> None:
            await caller.hears_agent()

        here.model.faults = Faults()
        await here.call(talk)
        await here.happened(e.SessionOpened)
        healed = await probe.client.get(f"{here.address}/readyz")
        assert healed.json() == {"status": "ready"}
