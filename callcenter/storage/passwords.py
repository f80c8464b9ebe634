"""The one door to argon2: passwords in, hashes out, and whether the two fit.

Each try takes 19 MiB and some 20 ms, by RFC 9106 and OWASP's smallest parameters: a
node has calls to serve. Tries run in threads, two at a time.
"""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

MEMORY_KIB: Final = 19 * 1024
ROUNDS: Final = 2
LANES: Final = 1
AT_ONCE: Final = 2
"""Guessers must not take the memory of the calls."""

LONGEST: Final = 1_000
"""Characters of a password; nobody types more."""

SHORTEST: Final = 10

_hasher: Final = PasswordHasher(
    time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID
)
_threads: Final = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")


class BadPassword(ValueError):
    """It would be guessed, or is not one."""


def check_strength(password: str) -> None:
    """Raises BadPassword with a sentence."""
    if len(password) < SHORTEST:
        raise BadPassword(f"A password needs at least {SHORTEST} characters.")
    if len(password) > LONGEST:
        raise BadPassword(f"A password has at most {LONGEST} characters.")
    if len(set(password)) < SHORTEST // 2:
        raise BadPassword("That password repeats itself: it would soon be guessed.")


def hashed(password: str) -> str:
    """Blocks for some 20 ms."""
    return _hasher.hash(password)


def is_hash(text: str) -> bool:
    """Whether it is an argon2 hash, of whatever parameters."""
    try:
        extract_parameters(text)
    except InvalidHashError:
        return False
    return True


async def fits(password: str, hash_: str | None) -> bool:
    """Whether it is the password of this hash; without one, it takes as long."""
    if len(password) > LONGEST:
        return False
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, _fits, password, hash_)


def _fits(password: str, hash_: str | None) -> bool:
    try:
        _hasher.verify(hash_ or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return hash_ is not None


@cache
def _nobodys() -> str:
    """Checked when nobody has the name, so that the answer takes as long."""
    return _hasher.hash(secrets.token_urlsafe())
