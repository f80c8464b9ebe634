"""What is not in order with the settings, a sentence each: for the start, and /readyz.

A problem keeps calls away. A warning is for people: calls are served all the same.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from callcenter.domain.operators import Operator
from callcenter.settings import Settings

NO_KEY: Final = (
    "OPENAI_API_KEY is not set: agents cannot answer, so callers are put through to "
    "operators."
)
NO_SIGNATURES: Final = (
    "TWILIO_AUTH_TOKEN is not set: requests cannot be proved to be Twilio's, so only "
    "this machine is served."
)
NO_ACCOUNT: Final = (
    "TWILIO_ACCOUNT_SID is not set: Twilio would refuse all that is asked of it, so "
    "nobody can be put through to an operator."
)
ODD_ACCOUNT: Final = (
    "TWILIO_ACCOUNT_SID is not AC and 32 digits or letters from a to f, as the Twilio "
    "console shows it: Twilio would refuse all that is asked of it, so nobody can be "
    "put through to an operator."
)
ODD_NUMBER: Final = (
    "TWILIO_PHONE_NUMBER is not a number such as +15005550006: nobody can be texted."
)
NO_OPERATORS: Final = (
    "There are no operators: nobody can be reached when an agent cannot help. Put them "
    "into operators.toml (see operators.example.toml)."
)

_ACCOUNT: Final = re.compile(r"AC[0-9a-fA-F]{32}")
_NUMBER: Final = re.compile(r"\+[1-9][0-9]{6,14}")


def problems(settings: Settings) -> dict[str, str]:
    """Why calls cannot be served as they should be, by a name of its own."""
    found = {}
    if not settings.openai_api_key.get_secret_value():
        found["key"] = NO_KEY
    if not settings.twilio_auth_token.get_secret_value():
        found["token"] = NO_SIGNATURES  # and nothing is asked of Twilio
    elif not settings.twilio_account_sid:
        found["account"] = NO_ACCOUNT
    elif not _ACCOUNT.fullmatch(settings.twilio_account_sid):
        found["account"] = ODD_ACCOUNT
    return found


def warnings(settings: Settings, operators: Sequence[Operator]) -> Iterator[str]:
    """What is missing, though calls are served without it."""
    number = settings.twilio_phone_number
    if number and not _NUMBER.fullmatch(number):
        yield ODD_NUMBER
    if not operators:
        yield NO_OPERATORS
