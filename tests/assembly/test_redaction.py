"""The patterns of a house are right at the start, or it does not start."""

from pathlib import Path

import pytest

from callcenter.assembly.redaction import policy
from callcenter.domain.redaction import redacted_text
from callcenter.errors import ConfigurationError
from callcenter.settings import Settings


def test_patterns_come_from_a_file_or_stand_in_the_setting(tmp_path: Path) -> None:
    file = tmp_path / "patterns"
    file.write_text("# ours\nmember number = M\\d{6}\n")
    for written in (str(file), r"member number = M\d{6}"):
        ours = policy(Settings(redact_patterns=written))
        assert redacted_text("M123456", ours) == "[member number]"


@pytest.mark.parametrize("wrong", ["no/such/file", "x = (a+)+", "x = ("])
def test_what_makes_no_sense_is_refused_with_a_sentence(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match="REDACT_PATTERNS: "):
        policy(Settings(redact_patterns=wrong))
