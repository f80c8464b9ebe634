"""Knowledge articles: Markdown, a passage for each heading, and front matter if wanted.

    ---
    also:
      Returning something you bought: [bring it back, money back]
    same:
      - bicycle, bike, cycle
    ---
    # Returns and refunds

    ## Returning something you bought
    You may return unused goods within thirty days …

`also` are words of callers that the text does not have: for each heading, or, as a
list, for the whole article. `same` are words that are one in every article.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Final

import yaml

from callcenter.domain.articles import Article, Section
from callcenter.wire.front_matter import (
    FENCE,
    BadCard,
    Reading,
    line_of,
    split,
    text_of,
)

KEYS: Final = ("also", "same")

_HEADING: Final = re.compile(r"(?P<level>#{1,6})\s+(?P<text>.+?)\s*#*")
_NO_HEADING: Final = re.compile(r"#{1,6}[^#\s].*|#{1,6}\s*")


@dataclass(slots=True)
class _Front:
    """The front matter, as far as it could be read."""

    also: tuple[str, ...] = ()
    by_heading: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    same: tuple[tuple[str, ...], ...] = ()


def parse_article(written: bytes | str, source: str, shown: str = "") -> Article:
    """Read one file; `shown` is how messages call it. Raises BadCard."""
    file = shown or source
    text = text_of(written, file)
    front, body, begins = _parts(text, file)
    reading = Reading(file)
    sections = list(_sections(body, begins, reading))
    title = sections[0].heading if sections else ""
    title = title or PurePath(source).stem.replace("-", " ").capitalize()
    known = [one.heading for one in sections if one.heading]
    told = _front(reading, front, known)
    kept = tuple(
        replace(
            one,
            heading=one.heading or title,
            also=told.by_heading.get(one.heading, ()),
        )
        for one in sections
        if one.text
    )
    if not kept:
        reading.problem(begins, "says nothing: write a heading, and text under it")
    if reading.problems:
        raise BadCard(sorted(reading.problems, key=lambda problem: problem.line))
    return Article(title, source, kept, told.also, told.same)


def _parts(text: str, file: str) -> tuple[str, list[str], int]:
    """Front matter, the lines of the body, and the number of the first of them."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        return "", lines, 1
    front, _, _ = split(text, file)
    begins = (front.count("\n") + 1 if front else 0) + 2
    return front, lines[begins:], begins + 1


def _sections(body: list[str], begins: int, reading: Reading) -> Iterator[Section]:
    """Headings with what stands under them, and what stands before the first one."""
    seen: dict[str, int] = {}
    section, lines = Section("", "", begins), list[str]()
    for number, line in enumerate(body, begins):
        match = _HEADING.fullmatch(line.rstrip())
        if match is None:
            if _NO_HEADING.fullmatch(line.rstrip()):
                reading.problem(number, "is no heading: write '# ' and its words")
            lines.append(line)
            continue
        if section.heading or any(one.strip() for one in lines):
            yield replace(section, text="\n".join(lines).strip())
        heading = match["text"]
        if heading in seen:
            text = f"heading '{heading}' again: it is on line {seen[heading]} already"
            reading.problem(number, text)
        seen[heading] = number
        section, lines = Section(heading, "", number), []
    yield replace(section, text="\n".join(lines).strip())


def _front(reading: Reading, text: str, headings: list[str]) -> _Front:
    told = _Front()
    root = reading.compose(text) if text.strip() else None
    if root is None:
        return told
    for key, node in reading.entries("", root, KEYS):
        if key == "same":
            told.same = tuple(_groups(reading, node))
        elif isinstance(node, yaml.MappingNode):
            told.by_heading = {
                heading: reading.words(heading, words)
                for heading, words in reading.entries("also", node, headings)
            }
        else:
            told.also = reading.words("also", node)
    return told


def _groups(reading: Reading, node: yaml.Node) -> Iterator[tuple[str, ...]]:
    """Each a line of words with commas between them."""
    for item in reading.items("same", node):
        said = reading.text("same", item) or ""
        words = tuple(word.strip() for word in said.split(",") if word.strip())
        if len(words) > 1:
            yield words
        elif said:
            text = "each of 'same' should be two words or more: bicycle, bike"
            reading.problem(line_of(item), text)
