"""How much chance there is in the tests, and which.

What a change is judged by is the same every time. To look for what nobody thought of:
`pytest --hypothesis-profile=search --random-seed=$RANDOM --random-calls=500`.
"""

import pytest
from hypothesis import settings

from tests.fakes.postgres import postgres, postgres_url

__all__ = ["postgres", "postgres_url"]  # fixtures, for all tests

SEED = 20261122

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=1_000, deadline=None)
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    chance = parser.getgroup("chance")
    chance.addoption("--random-calls", type=int, default=40, help="how many")
    chance.addoption("--random-seed", type=int, default=SEED, help="another chance")


def pytest_report_header(config: pytest.Config) -> str:
    return f"random seed: {config.option.random_seed}"
