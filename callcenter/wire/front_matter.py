"""A Markdown file with YAML front matter, and what is wrong in it, line by line.

Every scalar is read as a string: YAML would take `no` for False, 17:30 for 1050 and
+4570123456 for a number. What each key makes of its string is in wire.card_keys.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import yaml

from callcenter.domain.problems import Problem, did_you_mean, nearest

FENCE: Final = "---"


class BadCard(ValueError):
    """A file that cannot be read as a card, with everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


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


def split(text: str, file: str) -> tuple[str, str, int]:
    """The front matter, the body, and the line on which the body begins.

    Raises BadCard.
    """
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
class Reading:
    """The front matter of one file, as far as it has been understood.

    What cannot be understood becomes a problem, and its reader returns None.
    """

    file: str
    lines: dict[str, int] = field(default_factory=dict)
    """Where each key stands ("tools"), and each of its items ("tools:end_call")."""
    problems: list[Problem] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    """Keys that are there in some way ("tools" as "tool"), and cannot be understood:
    what depends on them is not worth a complaint of its own."""

    def problem(self, line: int, text: str) -> None:
        self.problems.append(Problem(self.file, line, text))

    def compose(self, text: str) -> yaml.Node | None:
        """The root of the front matter; None when it is empty, or is not YAML."""
        try:
            return yaml.compose(text, Loader=yaml.BaseLoader)
        except yaml.MarkedYAMLError as error:
            line = _line(error.problem_mark) if error.problem_mark else 1
            self.problem(line, f"is not YAML here: {error.problem}")
        except yaml.YAMLError as error:
            self.problem(1, f"has front matter that is not YAML: {error}")
        return None

    def text(self, what: str, node: yaml.Node) -> str | None:
        """Some text that is not empty."""
        if not isinstance(node, yaml.ScalarNode):
            self.problem(line_of(node), f"'{what}' should be plain text")
            return None
        if not node.value:
            text = f"'{what}' is empty: write it, or leave the line out"
            self.problem(line_of(node), text)
            return None
        return str(node.value)

    def items(self, what: str, node: yaml.Node) -> Iterator[yaml.Node]:
        """What a list holds."""
        if isinstance(node, yaml.SequenceNode):
            yield from node.value
        else:
            text = f"'{what}' should be a list, like [one, two]"
            self.problem(line_of(node), text)

    def words(self, what: str, node: yaml.Node) -> tuple[str, ...]:
        """The texts of a list; each of them once."""
        found: list[str] = []
        for item in self.items(what, node):
            line = line_of(item)
            if not isinstance(item, yaml.ScalarNode) or not item.value:
                self.problem(line, f"each of '{what}' should be plain text")
            elif item.value in found:
                self.problem(line, f"'{item.value}' stands twice under '{what}'")
            else:
                self.lines[f"{what}:{item.value}"] = line
                found.append(item.value)
        return tuple(found)

    def entries(
        self, what: str, node: yaml.Node, known: Iterable[str]
    ) -> Iterator[tuple[str, yaml.Node]]:
        """The keys of a mapping with their values: known ones, each of them once.

        `what` is the key that the mapping belongs to; "" for the front matter itself.
        """
        if not isinstance(node, yaml.MappingNode):
            self.problem(line_of(node), "should say 'key: value' here")
            return None
        begun: dict[str, int] = {}
        for key, value in node.value:
            line, name = line_of(key), _name(key)
            if name not in known:
                self.problem(line, _unknown(what, name, known))
                if meant := nearest(name, known):
                    self.broken.add(f"{what}:{meant}" if what else meant)
            elif name in begun:
                text = f"key '{name}' again: it is on line {begun[name]} already"
                self.problem(line, text)
            else:
                begun[name] = line
                self.lines[f"{what}:{name}" if what else name] = line
                yield name, value
        return None


def line_of(node: yaml.Node) -> int:
    """The line in the file on which it begins."""
    return _line(node.start_mark)


def _line(mark: yaml.Mark) -> int:
    """The opening fence is line 1, and marks count from 0."""
    return int(mark.line) + 2


def _name(key: yaml.Node) -> str:
    return key.value if isinstance(key, yaml.ScalarNode) else "?"


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    place = f" under '{what}'" if what else ""
    return f"unknown key '{name}'{place}{did_you_mean(name, known)}"
