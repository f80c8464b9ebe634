"""Calls as other programs read them: JSON lines, or a table for a spreadsheet."""

import csv
import json
import re
from collections.abc import Mapping
from typing import Any, Final, TextIO

from callcenter.storage.history import CALL_COLUMNS

HEADINGS: Final = [column.name for column in CALL_COLUMNS]

_FORMULA: Final = re.compile(r"\s*[=+\-@|%\t\r\n\uff0b\uff0d\uff1d\uff20]")
"""How a cell begins that a spreadsheet may execute (OWASP, "CSV injection")."""

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
    if not isinstance(cell, str) or _TELEPHONE.fullmatch(cell):
        return cell
    return f"'{cell}" if _FORMULA.match(cell) else cell
