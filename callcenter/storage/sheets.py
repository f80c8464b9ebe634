"""Calls as other programs read them: JSON lines, or a table for a spreadsheet."""

import csv
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final, TextIO

from callcenter.storage.history import CALL_COLUMNS

HEADINGS: Final = [column.name for column in CALL_COLUMNS]

_FORMULA: Final = re.compile(r"\s*[=+\-@|%\t\r\n\uff0b\uff0d\uff1d\uff20]")
"""How a cell begins that a spreadsheet may execute (OWASP, "CSV injection")."""

_LAYOUT: Final = "\t\n\r"
"""Control characters that a text may well have."""

_UNSEEN: Final = ("Cc", "Cf")
"""Control and format characters: before a formula, they hide it from _FORMULA only."""

_TELEPHONE: Final = re.compile(r"\+[0-9]{1,15}")
"""Begins like a formula, and is none."""


class JsonCalls:
    """Everything of a call, a line each."""

    def __init__(self, paper: TextIO) -> None:
        self._paper = paper

    def write(self, call: Mapping[str, Any]) -> None:
        # In ASCII: no character is then taken for a line's end (U+2028 is, by some).
        self._paper.write(json.dumps(call) + "\n")


class CsvCalls:
    """A row of each call, under a heading that is there even when no call is."""

    def __init__(self, paper: TextIO) -> None:
        self._table = csv.DictWriter(paper, HEADINGS, extrasaction="ignore")
        self._table.writeheader()

    def write(self, call: Mapping[str, Any]) -> None:
        self._table.writerow({name: harmless(call[name]) for name in HEADINGS})


def harmless(cell: object) -> object:
    """The cell, so that no spreadsheet takes a caller's words for a formula."""
    if not isinstance(cell, str):
        return cell
    seen = "".join(filter(_is_seen, cell))
    if _TELEPHONE.fullmatch(seen) or not _FORMULA.match(seen):
        return seen
    return f"'{seen}"


def _is_seen(character: str) -> bool:
    return character in _LAYOUT or unicodedata.category(character) not in _UNSEEN
