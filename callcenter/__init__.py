"""A phone call center of AI agents and human operators."""

__version__ = "0.1.0"
