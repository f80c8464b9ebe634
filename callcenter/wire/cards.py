"""Agents' cards, both ways: Markdown with YAML front matter.

    ---
    description: Weather now and in the days to come, anywhere.
    tools: [get_weather]
    handoffs: [triage]
    ---
    You are the weather specialist …

Every scalar is read as a string: YAML would take `no` for False, 17:30 for 1050 and
+4570123456 for a number. What is wrong is said with its file and line, all at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Final

import yaml

from callcenter.domain.ids import AgentName
from callcenter.domain.roster import Card, Problem, did_you_mean

FENCE: Final = "---"
SCALARS: Final = ("description", "voice", "topic", "greeting")
LISTS: Final = ("tools", "handoffs", "fillers")
KEYS: Final = (*SCALARS, *LISTS)


class BadCard(ValueError):
    """A card that cannot be read, with everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def parse(written: bytes | str, file: str) -> Card:
    """Read one file; `file` is how messages call it, and its stem is the agent's name.

    Raises BadCard.
    """
    text = text_of(written, file)
    front, body, body_line = _split(text, file)
    reading = _Reading(file)
    reading.front_matter(front)
    if "description" not in reading.lines:
        reading.problem(1, "needs a 'description': when should others hand over here?")
    if not body:
        reading.problem(body_line, "says nothing below its front matter: instructions?")
    if reading.problems:
        raise BadCard(reading.problems)
    name = AgentName(PurePath(file).stem)
    return Card(
        name=name, instructions=body, file=file, lines=reading.lines, **reading.values
    )


def text_of(written: bytes | str, file: str) -> str:
    """The text with plain line ends, whichever editor wrote it. Raises BadCard."""
    if isinstance(written, bytes):
        try:
            text = written.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            problem = Problem(file, line, "is not UTF-8 text: save it as UTF-8")
            raise BadCard([problem]) from error
    else:
        text = written
    return text.replace("\r\n", "\n").replace("\r", "\n")


def render(card: Card) -> str:
    """The file that reads back as this card."""
    front: dict[str, Any] = {}
    for key in KEYS:
        if value := getattr(card, key):
            front[key] = list(value) if key in LISTS else value
    settings = yaml.safe_dump(
        front,
        allow_unicode=True,
        default_flow_style=None,
        sort_keys=False,
        width=float("inf"),
    )
    return f"{FENCE}\n{settings}{FENCE}\n\n{card.instructions}\n"


def _split(text: str, file: str) -> tuple[str, str, int]:
    """The front matter, the body, and the line on which the body begins."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        raise BadCard(
            [Problem(file, 1, "begins without front matter: a line '---' comes first")]
        )
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == FENCE:
            body = "\n".join(lines[number + 1 :]).strip()
            return "\n".join(lines[1:number]), body, number + 2
    raise BadCard([Problem(file, 1, "has front matter that no second '---' ends")])


@dataclass(slots=True)
class _Reading:
    """The front matter of one file, as far as it has been understood."""

    file: str
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, line: int, text: str) -> None:
        self.problems.append(Problem(self.file, line, text))

    def front_matter(self, text: str) -> None:
        try:
            root = yaml.compose(text, Loader=yaml.BaseLoader)
        except yaml.MarkedYAMLError as error:
            line = _line(error.problem_mark) if error.problem_mark else 1
            return self.problem(line, f"is not YAML here: {error.problem}")
        except yaml.YAMLError as error:
            return self.problem(1, f"has front matter that is not YAML: {error}")
        if root is None:
            return None
        if not isinstance(root, yaml.MappingNode):
            return self.problem(_line(root.start_mark), "should say 'key: value' here")
        for key, value in root.value:
            self._entry(key, value)
        return None

    def _entry(self, key: yaml.Node, value: yaml.Node) -> None:
        line = _line(key.start_mark)
        name = key.value if isinstance(key, yaml.ScalarNode) else "?"
        if name not in KEYS:
            return self.problem(line, f"unknown key '{name}'{did_you_mean(name, KEYS)}")
        if name in self.lines:
            text = f"key '{name}' again: it is on line {self.lines[name]} already"
            return self.problem(line, text)
        self.lines[name] = line
        if name in LISTS:
            self.values[name] = tuple(self._items(name, value))
        elif not isinstance(value, yaml.ScalarNode):
            self.problem(line, f"'{name}' should be plain text")
        elif not value.value:
            self.problem(line, f"'{name}' is empty: write it, or leave the line out")
        else:
            self.values[name] = value.value
        return None

    def _items(self, name: str, value: yaml.Node) -> Iterator[str]:
        if not isinstance(value, yaml.SequenceNode):
            line = self.lines[name]
            return self.problem(line, f"'{name}' should be a list, like [one, two]")
        for item in value.value:
            line = _line(item.start_mark)
            if not isinstance(item, yaml.ScalarNode) or not item.value:
                self.problem(line, f"each of '{name}' should be plain text")
            elif f"{name}:{item.value}" in self.lines:
                self.problem(line, f"'{item.value}' stands twice under '{name}'")
            else:
                self.lines[f"{name}:{item.value}"] = line
                yield item.value
        return None


def _line(mark: yaml.Mark) -> int:
    """The line in the file: the opening fence is line 1, and marks count from 0."""
    return int(mark.line) + 2
