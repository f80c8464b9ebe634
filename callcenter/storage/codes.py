"""Codes that a caller keeps: short, and no two letters of them sound or look alike."""

import secrets
from typing import Final

ALPHABET: Final = "CHKLMRWXY24679"
"""One of each family that a telephone confuses: no A, J or 8 beside H and K, no B, D,
E, G, P, T, V, Z or 3 beside C, no N beside M, no F or S beside X, no Q or U beside 2,
no I or 5 beside 9, and none of O, 0, 1."""

LENGTH: Final = 5
"""Half a million codes: enough for a house, and short enough for a memory."""


def new_code() -> str:
    """A code by chance; the table's key says whether it is free."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def as_written(spoken: str) -> str:
    """The code as it is stored, whatever came between its letters: "c h-k 24"."""
    return "".join(letter for letter in spoken.upper() if letter.isalnum())
