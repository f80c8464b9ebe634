"""What the house has written down: articles, and the passages that answer."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading of an article."""

    heading: str
    text: str
    line: int
    """Of the heading, in the file."""
    also: tuple[str, ...] = ()
    """What callers say instead of the words that stand here."""


@dataclass(frozen=True, slots=True)
class Article:
    """One file. Its title is its first heading, or the name of the file."""

    title: str
    source: str
    """The file's name."""
    sections: tuple[Section, ...]
    also: tuple[str, ...] = ()
    """What callers say when they mean this article as a whole."""
    same: tuple[tuple[str, ...], ...] = field(default=())
    """Groups of words that are one to the house, such as bicycle and bike."""
