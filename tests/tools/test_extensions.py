"""A company's own tools, found as they are in production: by Python's own metadata."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from callcenter.errors import ConfigurationError
from callcenter.tools.extensions import load_catalogue, read_catalogue
from callcenter.tools.registry import DEFINITIONS
from callcenter.tools.resources import opened
from tests.tools.asking import read
from tests.tools.fakes import House

CRM = '''
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from callcenter.tools.definition import Answer, tool
from callcenter.tools.desk import Desk
from callcenter.tools.keypad import purpose

OPEN = []


@asynccontextmanager
async def resources() -> AsyncIterator[dict[str, str]]:
    OPEN.append("crm")
    yield {"+4755501234": "Ada"}
    OPEN.clear()


@tool(timeout_s=2.0)
async def who_calls(desk: Desk) -> Answer:
    """Who the caller is, as the customer file says."""
    return Answer(desk.resources[__name__][desk.caller_number])


@purpose(digits=6, ask="Please type your customer number.")
async def customer_number(desk: Desk, typed: str) -> Answer:
    """Their customer number."""
    return Answer("Thank you.")
'''


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place where packages are installed; what was imported from it is forgotten."""
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in [one for one in sys.modules if one.startswith("acme_")]:
        del sys.modules[name]


def install(site: Path, package: str, source: str, *points: str) -> None:
    """What an installer leaves behind: the module, and its dist-info."""
    (site / f"{package}.py").write_text(source)
    info = site / f"{package}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\n")
    if points:
        lines = "\n".join(points)
        (info / "entry_points.txt").write_text(f"[callcenter.tools]\n{lines}\n")


def problems(setting: str = "") -> str:
    with pytest.raises(ConfigurationError) as failed:
        load_catalogue(setting)
    return str(failed.value)


def a_tool(name: str, doc: str = "Something.") -> str:
    return (
        "from callcenter.tools.definition import Answer, tool\n"
        "@tool(timeout_s=1.0)\n"
        f'async def {name}(desk) -> Answer:\n    """{doc}"""\n'
        '    return Answer("Yes.")\n'
    )


def test_without_any_the_tools_are_ours(site: Path) -> None:
    catalogue = load_catalogue("")
    assert set(catalogue.definitions) == {*DEFINITIONS, "collect_digits"}
    assert catalogue.modules == ()


async def test_an_installed_package_brings_tools_purposes_and_resources(
    site: Path,
) -> None:
    install(site, "acme_crm", CRM, "crm = acme_crm")
    catalogue = load_catalogue("")
    assert "customer file" in catalogue.descriptions()["who_calls"]
    about: Any = catalogue.definitions["collect_digits"].parameters["properties"]
    assert about["purpose"]["enum"] == ["callback_number", "customer_number"]
    async with opened(catalogue.modules) as resources:
        desk = replace(House().desk, resources=resources)
        answer = await catalogue.toolbox(desk)["who_calls"].run("{}")
        assert read(answer) == {"say": "Ada"}
        assert sys.modules["acme_crm"].OPEN == ["crm"]
    assert sys.modules["acme_crm"].OPEN == []


def test_a_module_may_be_named_in_the_settings(site: Path) -> None:
    install(site, "acme_crm", CRM)
    install(site, "acme_shop", a_tool("find_order"))
    names = load_catalogue(" acme_crm, acme_shop,").definitions
    assert {"who_calls", "find_order"} <= set(names)


def test_what_is_installed_and_named_is_there_once(site: Path) -> None:
    install(site, "acme_crm", CRM, "crm = acme_crm", "who = acme_crm:who_calls")
    catalogue = load_catalogue("acme_crm")
    assert "who_calls" in catalogue.definitions
    assert len(catalogue.modules) == 1


def test_a_single_tool_brings_the_resources_of_its_module(site: Path) -> None:
    install(site, "acme_crm", CRM, "who = acme_crm:who_calls")
    catalogue = load_catalogue("")
    assert [module.__name__ for module in catalogue.modules] == ["acme_crm"]


def test_a_module_may_use_a_tool_of_ours_without_bringing_it(site: Path) -> None:
    source = "from callcenter.tools.call_control import end_call\n"
    install(site, "acme_shop", source + a_tool("find_order"), "shop = acme_shop")
    assert load_catalogue("").definitions["end_call"] is DEFINITIONS["end_call"]


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("import nowhere_at_all", "cannot be imported: ModuleNotFoundError"),
        ("1 / 0", "cannot be imported: ZeroDivisionError"),
        ("def f(:", "cannot be imported: SyntaxError"),
        ("x = 1", "has no tools in it"),
        (a_tool("end_call"), "'end_call' is a name that callcenter itself has taken"),
        (a_tool("collect_digits"), "callcenter itself has taken"),
        (a_tool("find_order", ""), "'find_order' has no docstring"),
        (a_tool("find_order", "x" * 1025), "is longer than 1024 characters"),
        (a_tool("søk"), "'søk' is no name that the model can call"),
        (a_tool("x" * 65), "is no name that the model can call"),
    ],
)
def test_what_is_wrong_is_said_before_a_single_call_is_taken(
    site: Path, source: str, complaint: str
) -> None:
    install(site, "acme_shop", source, "shop = acme_shop")
    told = problems()
    assert told.startswith("acme_shop: entry point shop = acme_shop: ")
    assert complaint in told


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x = 1\n\n1 / 0", 3),
        ("x = 1\ndef f(:", 2),
        ("import json\njson.loads('{')", 2),
        ("import nowhere_at_all", 1),
        (a_tool("find_order").replace("1.0", "'5'"), 2),
    ],
)
def test_what_breaks_an_import_is_told_with_the_author_s_own_line(
    site: Path, source: str, line: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(site)
    install(site, "acme_shop", source)
    assert problems("acme_shop").endswith(f" (acme_shop.py:{line})")


def test_a_tool_that_cannot_be_one_is_told_in_a_sentence(site: Path) -> None:
    install(site, "acme_shop", a_tool("find_order").replace("async ", ""))
    assert problems("acme_shop").startswith(
        "TOOLS_MODULES: acme_shop: cannot be imported: tool 'find_order' is no "
        "coroutine function: write it with 'async def' ("
    )


def test_two_packages_cannot_bring_the_same_name(site: Path) -> None:
    install(site, "acme_a", a_tool("find_order"), "a = acme_a")
    install(site, "acme_b", a_tool("find_order"), "b = acme_b")
    told = problems()
    assert told.startswith(
        "acme_b: entry point b = acme_b: 'find_order' is a name that"
    )
    assert "acme_a: entry point a" in told


def test_all_that_is_wrong_is_said_at_once(site: Path) -> None:
    install(site, "acme_a", "1 / 0", "a = acme_a")
    told = problems("nowhere_at_all, acme_b").splitlines()
    assert [line.split(":")[0] for line in told] == [
        "acme_a", "TOOLS_MODULES", "TOOLS_MODULES",
    ]  # fmt: skip


def test_what_works_can_be_used_to_check_the_cards_all_the_same(site: Path) -> None:
    install(site, "acme_crm", CRM, "crm = acme_crm")
    catalogue, found = read_catalogue("nowhere_at_all")
    assert "who_calls" in catalogue.definitions
    assert len(found) == 1


def module(**contents: object) -> ModuleType:
    made = ModuleType("acme")
    vars(made).update(contents)
    return made


async def test_resources_that_cannot_be_opened_stop_the_start_with_a_reason() -> None:
    def resources() -> None:
        raise OSError("no route to the customer file")

    with pytest.raises(ConfigurationError, match=r"acme: its resources .* no route"):
        async with opened([module(resources=resources)]):
            raise AssertionError


async def test_what_was_opened_before_is_closed_again() -> None:
    events: list[str] = []

    class Door:
        async def __aenter__(self) -> None:
            events.append("in")

        async def __aexit__(self, *_: object) -> None:
            events.append("out")
            raise OSError("it would not close")

    def broken() -> None:
        raise OSError

    with pytest.raises(ConfigurationError):
        async with opened([module(resources=Door), module(resources=broken)]):
            raise AssertionError
    assert events == ["in", "out"]
