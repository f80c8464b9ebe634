"""Identifiers as the service makes them: `item_` and 21 characters."""

from __future__ import annotations

import random
import string
from typing import Final

_ALPHABET: Final = string.ascii_letters + string.digits


def new_id(prefix: str) -> str:
    length = 24 if prefix == "call" else 21
    return f"{prefix}_{''.join(random.choices(_ALPHABET, k=length))}"
