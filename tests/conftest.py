"""How much chance there is in the tests, and which.

What a change is judged by is the same every time. To look for what nobody thought of:
`pytest --hypothesis-profile=search --random-seed=$RANDOM --random-calls=500`.
"""

from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import settings

from tests.fakes.postgres import postgres, postgres_url

__all__ = ["postgres", "postgres_url"]  # fixtures, for all tests

SEED = 20261122

TESTS = Path(__file__).parent
PURE = {"domain", "wire", "bridge"}

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=1_000, deadline=None)
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    chance = parser.getgroup("chance")
    chance.addoption("--random-calls", type=int, default=20, help="how many")
    chance.addoption("--every-cell", action="store_true", help="the whole matrix")
    chance.addoption("--random-seed", type=int, default=SEED, help="another chance")
    parser.addoption(
        "--pictures", action="store_true", help="take those of the documentation"
    )


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Beyond the core, clocks and sockets are real, and a busy machine may starve one.

    A test that fails there is tried once more, and the summary names it; a fault fails
    twice.
    """
    if not config.option.every_cell:
        items[:] = [item for item in items if _is_tried(item)]
    for item in items:
        if item.path.relative_to(TESTS).parts[0] not in PURE:
            item.add_marker(pytest.mark.flaky(reruns=1))


def _is_tried(item: pytest.Item) -> bool:
    """Of the matrix of states and faults, every other cell, always the same ones.

    Each takes seconds; `--every-cell` tries them all.
    """
    if item.path.name != "test_matrix.py":
        return True
    return crc32(item.name.encode()) % 2 == 0


def pytest_report_header(config: pytest.Config) -> str:
    return f"random seed: {config.option.random_seed}"
