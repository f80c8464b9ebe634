"""A company's own tools: found by an entry point, or named in the settings.

    [project.entry-points."callcenter.tools"]
    crm = "acme_crm.tools"

Whatever is wrong with them is said before a single call is taken, all at once.
"""

import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from traceback import walk_tb
from types import ModuleType
from typing import Final, TypeAlias

from callcenter.domain.problems import Problem
from callcenter.domain.roster import (
    MAX_DESCRIPTION_CHARACTERS,
    MAX_TOOL_NAME_CHARACTERS,
)
from callcenter.errors import CallCenterError, ConfigurationError
from callcenter.tools.definition import ToolDefinition
from callcenter.tools.keypad import Purpose
from callcenter.tools.registry import OURS, PURPOSES, Catalogue, catalogue_of
from callcenter.tools.roster_files import shown

GROUP: Final = "callcenter.tools"
SETTING: Final = "TOOLS_MODULES"

_NAME: Final = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_TOOL_NAME_CHARACTERS}}}")
"""What the Realtime API takes as the name of a function."""

Thing: TypeAlias = ToolDefinition | Purpose
Load: TypeAlias = Callable[[], object]


def load_catalogue(setting: str) -> Catalogue:
    """All tools. Raises ConfigurationError with all problems, one a line."""
    catalogue, problems = read_catalogue(setting)
    if problems:
        raise ConfigurationError("\n".join(str(problem) for problem in problems))
    return catalogue


def read_catalogue(setting: str) -> tuple[Catalogue, list[Problem]]:
    """All tools that can be used, and everything that is wrong with the others.

    `setting` are names of modules, separated by commas.
    """
    found = _Found()
    for source, package, load in _sources(setting):
        try:
            thing = load()
        except Exception as error:  # noqa: BLE001  # a foreign module may raise anything
            text = f"cannot be imported: {_told(error, package)}"
            found.problems.append(Problem(source, 0, text))
        else:
            found.take(source, thing)
    things = [thing for thing, _ in found.things.values()]
    tools = [each for each in things if isinstance(each, ToolDefinition)]
    purposes = [each for each in things if isinstance(each, Purpose)]
    modules = tuple(found.modules.values())
    return catalogue_of(tools, purposes, modules), found.problems


def _sources(setting: str) -> Iterator[tuple[str, str, Load]]:
    """Where tools come from, as a person would find it; the package; how to load it."""
    for point in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        package = point.dist.name if point.dist else "?"
        yield (
            f"{package}: entry point {point.name} = {point.value}",
            _top(point.module),
            partial(_load, point),
        )
    for name in filter(None, (part.strip() for part in setting.split(","))):
        yield f"{SETTING}: {name}", _top(name), partial(import_module, name)


def _load(point: EntryPoint) -> object:
    return point.load()


def _top(module: str) -> str:
    return module.partition(".")[0]


def _told(error: Exception, package: str) -> str:
    """What went wrong, and the last line of the package's own that led there."""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    if not isinstance(error, CallCenterError):
        text = f"{type(error).__name__}: {text}"
    if isinstance(error, SyntaxError) and error.filename:
        return f"{text} ({shown(Path(error.filename))}:{error.lineno})"
    lines = [
        f" ({shown(Path(frame.f_code.co_filename))}:{line})"
        for frame, line in walk_tb(error.__traceback__)
        if _top(frame.f_globals.get("__name__", "")) == package
    ]
    return text + (lines[-1] if lines else "")


def _home(thing: Thing) -> ModuleType:
    """The module in which it was written: it may bring resources."""
    function = thing.take if isinstance(thing, Purpose) else thing.function
    return sys.modules[function.__module__]


class _Found:
    """Everything that was brought, and what is wrong with it."""

    def __init__(self) -> None:
        self.things: dict[str, tuple[Thing, str]] = {}
        self.modules: dict[str, ModuleType] = {}
        self.problems: list[Problem] = []

    def take(self, source: str, thing: object) -> None:
        """A module with tools in it, or a single one."""
        if isinstance(thing, ModuleType):
            brought = [v for v in vars(thing).values() if isinstance(v, Thing)]
            self.modules[thing.__name__] = thing
        else:
            brought = [thing] if isinstance(thing, Thing) else []
            for module in map(_home, brought):
                self.modules.setdefault(module.__name__, module)
        if not brought:
            self.problems.append(Problem(source, 0, "has no tools in it"))
        for each in brought:
            if text := self._wrong(each):
                self.problems.append(Problem(source, 0, text))
            else:
                self.things.setdefault(each.name, (each, source))

    def _wrong(self, thing: Thing) -> str:
        ours = {**OURS.definitions, **PURPOSES}.get(thing.name)
        known, owner = self.things.get(thing.name, (ours, "callcenter itself"))
        if known is not None and known is not thing:
            return f"'{thing.name}' is a name that {owner} has taken: rename it"
        if not _NAME.fullmatch(thing.name):
            return f"'{thing.name}' is no name that the model can call"
        if not thing.description:
            return f"'{thing.name}' has no docstring: the model would not know it"
        if len(thing.description) > MAX_DESCRIPTION_CHARACTERS:
            most = MAX_DESCRIPTION_CHARACTERS
            return f"the docstring of '{thing.name}' is longer than {most} characters"
        return ""
