"""What a house takes out of facts before it stores or publishes them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from callcenter.domain.redaction import Policy, Redactor, redacted_text
from callcenter.domain.redaction_patterns import BadPattern, Pattern, patterns_of
from callcenter.errors import ConfigurationError
from callcenter.settings import Settings

MOST_BYTES: Final = 20_000
"""Of a file of patterns: more is another file."""


def redactor(settings: Settings) -> Redactor:
    """One for the ledger, and another for those who watch: each reads every turn.

    Raises ConfigurationError when the patterns make no sense.
    """
    return Redactor(policy(settings))


def hiding(settings: Settings) -> Callable[[str], str]:
    """For texts that are stored beside facts. Raises ConfigurationError."""
    return partial(redacted_text, policy=policy(settings))


def policy(settings: Settings) -> Policy:
    """What is hidden. Raises ConfigurationError."""
    return Policy(
        emails=settings.redact_emails,
        personal=settings.redact_personal,
        patterns=_patterns(settings.redact_patterns),
    )


def _patterns(written: str) -> tuple[Pattern, ...]:
    if not written:
        return ()
    try:
        return patterns_of(written if "=" in written else _content(Path(written)))
    except OSError as error:
        raise ConfigurationError(
            f"REDACT_PATTERNS: {written} cannot be read: {error.strerror}. Name a file "
            "of patterns, or write one pattern, such as: member number = M\\d{6}"
        ) from error
    except (BadPattern, UnicodeDecodeError) as error:
        raise ConfigurationError(f"REDACT_PATTERNS: {error}.") from error


def _content(path: Path) -> str:
    with path.open("rb") as file:
        text = file.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        raise BadPattern(f"the file has more than {MOST_BYTES} bytes")
    return text.decode()
