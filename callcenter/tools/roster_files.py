"""The folder of cards, read and checked as a whole."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from callcenter.domain.card import Card
from callcenter.domain.ids import AgentName
from callcenter.domain.problems import Problem
from callcenter.domain.roster import Roster, check
from callcenter.errors import ConfigurationError
from callcenter.wire.cards import parse
from callcenter.wire.front_matter import BadCard, text_of

HOUSE_STYLE: Final = "house-style.md"


def read_roster(
    folder: Path, entry: str, tools: Mapping[str, str]
) -> tuple[Roster, list[Problem]]:
    """All cards that can be read, and everything that is wrong, warnings too.

    `tools` are the known tools and their descriptions.
    """
    cards: list[Card] = []
    problems: list[Problem] = []
    house_style = ""
    for path in sorted(folder.glob("*.md")):
        name = shown(path)
        try:
            if path.name == HOUSE_STYLE:
                house_style = text_of(path.read_bytes(), name).strip()
            else:
                cards.append(parse(path.read_bytes(), name))
        except BadCard as bad:
            problems += bad.problems
        except OSError as error:
            problems.append(Problem(name, 0, f"cannot be read: {error.strerror}"))
    roster = Roster(tuple(cards), house_style, AgentName(entry))
    if not cards and not problems:
        return roster, [Problem(shown(folder), 0, "there are no agents' cards here")]
    if any(not problem.warning for problem in problems):
        unread = {Path(problem.file).stem for problem in problems}
        return roster, problems + [
            found for found in check(roster, tools) if not _follows(found, unread)
        ]
    return roster, check(roster, tools)


def load_roster(folder: Path, entry: str, tools: Mapping[str, str]) -> Roster:
    """The roster, sound as a graph.

    Raises ConfigurationError with all problems, one a line.
    """
    roster, problems = read_roster(folder, entry, tools)
    errors = [str(problem) for problem in problems if not problem.warning]
    if errors:
        raise ConfigurationError("\n".join(errors))
    return roster


def shown(path: Path) -> str:
    """A path as a person at this terminal would write it."""
    absolute = path.absolute()
    if absolute.is_relative_to(Path.cwd()):
        return str(absolute.relative_to(Path.cwd()))
    return str(path)


def _follows(found: Problem, unread: set[str]) -> bool:
    """Whether a flaw of the graph is only there because some cards are unreadable."""
    missing = any(f"no agent '{name}'" in found.text for name in unread)
    return missing or "no way leads" in found.text
