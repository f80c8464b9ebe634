"""How much chance there is in the tests, and which."""

import random

import pytest

from tests.fakes.postgres import postgres, postgres_url

__all__ = ["postgres", "postgres_url"]  # fixtures, for all tests


def pytest_addoption(parser: pytest.Parser) -> None:
    chance = parser.getgroup("chance")
    chance.addoption("--random-calls", type=int, default=40, help="how many")
    chance.addoption("--random-seed", type=int, help="repeat the run with this seed")


def pytest_configure(config: pytest.Config) -> None:
    """Workers get the controller's options, and with them its seed."""
    if config.option.random_seed is None:
        config.option.random_seed = random.SystemRandom().randrange(10**6)


def pytest_report_header(config: pytest.Config) -> str:
    return f"random seed: {config.option.random_seed}"
