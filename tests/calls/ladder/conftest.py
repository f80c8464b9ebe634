"""A whole call waits for nothing but sound."""

from tests.fakes.quick import quick

__all__ = ["quick"]  # a fixture, for all tests in this folder
