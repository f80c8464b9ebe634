"""Who may be rung, as every node knows it within a second."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from callcenter.assembly.on_duty import OnDuty, on_duty
from callcenter.domain import events as e
from callcenter.domain.destinations import Refusal
from callcenter.domain.ids import AttemptId, CallId, EscalationId
from callcenter.domain.operators import Operator
from callcenter.domain.outcomes import AttemptOutcome
from callcenter.domain.presence import Attendance, Presence, put_away
from callcenter.errors import ConfigurationError, StorageError
from callcenter.settings import Settings
from callcenter.storage import record
from callcenter.storage.directory import Directory
from callcenter.storage.engine import Database
from callcenter.storage.schema import upgrade
from tests.storage.story import call

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
OURS, ADA, BEA = "+15005550006", "+15005550101", "+15005550102"
BOTH = f"""
[[operators]]
name = "Ada"
number = "{ADA}"
[[operators]]
name = "Bea"
number = "{BEA}"
"""
ATTEMPT = AttemptId("att_1")
RUNG = e.OperatorCalled(EscalationId("esc_1"), ATTEMPT, "Ada", ADA)


@dataclass
class Clock:
    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment

    def steady_ms(self) -> int:
        return 0

    def passes(self, seconds: int) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_of(tmp_path)


def settings_of(folder: Path, operators: str = BOTH, **others: object) -> Settings:
    file = folder / "operators.toml"
    file.write_text(operators)
    url = f"sqlite+aiosqlite:///{folder / 'calls.db'}"
    given = {"operators_file": file, "database_url": url, "twilio_phone_number": OURS}
    return Settings(_env_file=None, **(given | others))  # type: ignore[arg-type]


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    upgrade(settings.database_url)
    database = Database.open(settings.database_url)
    yield database
    await database.close()


@pytest.fixture
async def duty(settings: Settings, database: Database, clock: Clock) -> OnDuty:
    duty = on_duty(settings, database, clock)
    await duty.prepare()
    return duty


def happens(duty: OnDuty, *events: e.Event) -> None:
    for event in events:
        duty.see(e.Fact(CallId("call_1"), 1, NOON, event))


def names(duty: OnDuty) -> list[str]:
    return [one.name for one in duty.free()]


async def test_who_talks_is_not_rung_by_anybody_until_they_have_written_it_down(
    settings: Settings, database: Database, duty: OnDuty, clock: Clock
) -> None:
    other = on_duty(settings, database, clock)
    happens(duty, RUNG, e.OperatorAnswered(ATTEMPT))
    assert names(duty) == ["Bea"]
    assert names(other) == ["Ada", "Bea"]
    await duty.refresh()
    await other.refresh()
    assert names(duty) == names(other) == ["Bea"]
    happens(duty, e.OperatorLeft(ATTEMPT, 60))
    await duty.refresh()
    await other.refresh()
    assert names(other) == ["Bea"]
    clock.passes(settings.operator_wrap_up_seconds)
    assert names(duty) == names(other) == ["Ada", "Bea"]


async def test_two_missed_calls_are_away_also_after_a_restart(
    settings: Settings, database: Database, duty: OnDuty, clock: Clock
) -> None:
    missed = e.AttemptEnded(ATTEMPT, AttemptOutcome.NO_ANSWER)
    happens(duty, RUNG, missed)
    assert names(duty) == ["Ada", "Bea"]
    happens(duty, missed)
    await duty.refresh()
    restarted = on_duty(settings, database, clock)
    await restarted.prepare()
    assert names(duty) == names(restarted) == ["Bea"]
    (ada, _) = await Directory(database).everybody()
    assert ada.attendance.missed == 2


async def test_the_end_of_a_talk_is_understood_by_a_node_that_did_not_begin_it(
    database: Database, duty: OnDuty
) -> None:
    directory = Directory(database)
    async with database.write() as connection:
        await record.write(connection, call("7f3a"))
    busy = Attendance(Presence.BUSY, NOON, NOON + timedelta(hours=1), 0, "att-1")
    await directory.attend("Ada", lambda _: busy)
    happens(duty, e.OperatorLeft(AttemptId("att-1"), 60))
    await duty.refresh()
    (ada, _) = await directory.everybody()
    assert ada.attendance.presence is Presence.WRAP_UP


async def test_what_the_command_line_changes_is_known_after_a_refresh(
    database: Database, duty: OnDuty
) -> None:
    directory = Directory(database)
    await directory.attend("Bea", lambda one: put_away(one, NOON, "lunch"))
    await directory.add(Operator("Cai", "client:cai"))
    await duty.refresh()
    assert names(duty) == ["Ada", "Cai"]


async def test_nothing_is_forgotten_while_the_database_is_down(
    duty: OnDuty, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    async def down(*_: object) -> bool:
        raise StorageError("down")

    happens(duty, RUNG, e.OperatorAnswered(ATTEMPT))
    with monkeypatch.context() as broken:
        broken.setattr(Directory, "attend", down)
        with pytest.raises(StorageError):
            await duty.refresh()
    assert names(duty) == ["Bea"]
    await duty.refresh()
    (ada, _) = await Directory(database).everybody()
    assert ada.attendance.presence is Presence.BUSY


@pytest.mark.parametrize(
    ("operators", "others", "sentence"),
    [
        (BOTH.replace(BEA, OURS), {}, "Bea: .* the house's own number"),
        (BOTH.replace(BEA, "+19005550101"), {}, "premium-rate"),
        (BOTH.replace(BEA, "+881612345678"), {}, "satellite"),
        (BOTH, {"dial_countries": "NO, SE"}, "DIAL_COUNTRIES"),
    ],
)
async def test_a_file_with_a_forbidden_number_ends_the_start(
    tmp_path: Path, operators: str, others: dict[str, object], sentence: str
) -> None:
    settings = settings_of(tmp_path, operators, **others)
    database = Database.open(settings.database_url)
    with pytest.raises(ConfigurationError, match=sentence):
        on_duty(settings, database, Clock())
    await database.close()


async def test_a_refused_dial_raises_an_alarm_without_the_number(
    duty: OnDuty, database: Database
) -> None:
    far = Operator("Far", "+18765551234")
    await Directory(database).add(far)
    await duty.refresh()
    with capture_logs() as logs:
        assert duty.guard(far, "") is Refusal.COUNTRY
        assert duty.guard(Operator("Eve", "+15005550199"), "") is (
            Refusal.NOT_IN_DIRECTORY
        )
        assert duty.guard(duty.free()[0], ADA) is Refusal.CALLERS_NUMBER
        assert duty.guard(duty.free()[0], BEA) is None
    assert [(one["log_level"], one["event"]) for one in logs] == [
        ("error", "alarm")
    ] * 3
    assert "876555" not in str(logs)
    assert duty.guard.refused.total() == 3


async def test_more_dials_in_an_hour_than_allowed_are_refused_then_allowed_again(
    tmp_path: Path, database: Database, clock: Clock
) -> None:
    duty = on_duty(settings_of(tmp_path, max_dials_per_hour=2), database, clock)
    ada = duty.free()[0]
    found = [duty.guard(ada, "") for _ in range(3)]
    assert found == [None, None, Refusal.TOO_MANY]
    clock.passes(3_600)
    assert duty.guard(ada, "") is None


async def test_the_dials_of_other_nodes_count(
    tmp_path: Path, database: Database, clock: Clock
) -> None:
    duty = on_duty(settings_of(tmp_path, max_dials_per_day=2), database, clock)
    await duty.prepare()
    async with database.write() as connection:
        facts = [*call("7f3a"), *call("7fb0")]
        await record.write(connection, facts)
    clock.moment = facts[-1].at
    await duty.refresh()
    assert duty.guard(duty.free()[0], "") is Refusal.TOO_MANY
