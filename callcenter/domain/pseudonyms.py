"""What is kept of a telephone number whose owner was erased."""

from hashlib import sha256
from typing import Final

SEALED: Final = "erased:"


def sealed(number: str) -> str:
    """Enough to know the number again when it is shown, and not to ring it.

    Whoever has the database can try all numbers: it is a pseudonym, and no secret.
    """
    return SEALED + sha256(f"callcenter:{number}".encode()).hexdigest()[:32]


def either(number: str) -> tuple[str, str]:
    """As it is written in a row, whether or not its owner was erased since."""
    return number, sealed(number)
