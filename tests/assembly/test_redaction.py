"""The patterns of a house are right at the start, or it does not start."""

import json
import shutil
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from callcenter.assembly.appointments import appointments
from callcenter.assembly.clock import SystemClock
from callcenter.assembly.node import running
from callcenter.assembly.redaction import policy
from callcenter.domain.ids import CallId
from callcenter.domain.redaction import redacted_text
from callcenter.domain.schedule import Wish
from callcenter.errors import ConfigurationError
from callcenter.settings import Settings
from callcenter.storage.engine import Database
from callcenter.storage.tickets import TicketBook
from callcenter.tools.deeds import Forgetful
from tests.fakes.center import _prepared
from tests.web.test_without_a_token import settings


def test_patterns_come_from_a_file_or_stand_in_the_setting(tmp_path: Path) -> None:
    file = tmp_path / "patterns"
    file.write_text("# ours\nmember number = M\\d{6}\n")
    for written in (str(file), r"member number = M\d{6}"):
        ours = policy(Settings(redact_patterns=written))
        assert redacted_text("M123456", ours) == "[member number]"


async def test_a_node_hides_them_in_tickets_and_names_as_well(tmp_path: Path) -> None:
    """They are written beside the facts: nothing else would take it out."""
    shutil.copy(_prepared(), tmp_path / "callcenter.db")
    ours = {"redact_patterns": r"member number = M\d{6}", "redact_emails": True}
    async with running(settings(tmp_path, **ours)) as node:
        control = cast("Any", SimpleNamespace(deeds=Forgetful()))
        tools = node.floor.house.toolbox(CallId("A"), "+4755512345", control)
        said = {"summary": "M123456", "details": "Write to kari@example.com."}
        await tools["open_ticket"].run(json.dumps(said))
        database = Database.open(node.settings.database_url)
        [ticket] = await TicketBook(database).latest(1)
        kept = appointments(node.settings, database, SystemClock())
        day = date(2030, 1, 7)
        wish = Wish((await kept.book.services())[0].name, day, day)
        place = await kept.book.waiting.join(wish, "Kari M123456", "+47", CallId("A"))
        await database.close()
    assert (ticket.summary, ticket.details) == (
        "[member number]",
        "Write to [email address].",
    )
    assert place.name == "Kari [member number]"


@pytest.mark.parametrize("wrong", ["no/such/file", "x = (a+)+", "x = ("])
def test_what_makes_no_sense_is_refused_with_a_sentence(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match="REDACT_PATTERNS: "):
        policy(Settings(redact_patterns=wrong))
