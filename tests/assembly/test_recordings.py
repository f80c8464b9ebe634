"""A node deletes what is too old: at its start, and every day."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callcenter.assembly import recordings as module
from callcenter.assembly.recordings import recordings
from callcenter.domain.call import CallState
from callcenter.settings import Settings
from tests.fakes.center import center

FIRST = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Clock:
    """Every look at it, two weeks have passed."""

    def __init__(self) -> None:
        self.looks = 0

    def now(self) -> datetime:
        self.looks += 1
        return FIRST + timedelta(weeks=2) * self.looks

    def steady_ms(self) -> int:
        return 0


def settings(folder: Path, **more: object) -> Settings:
    return Settings(_env_file=None, recordings_dir=folder, **more)  # type: ignore[arg-type]


async def test_old_recordings_go_at_the_start_even_when_none_are_made(
    tmp_path: Path,
) -> None:
    old = tmp_path / "call_1-20240101T120000000000Z.wav"
    old.touch()
    async with center(tmp_path, settings={"recordings_dir": tmp_path}) as here:
        await here.until(lambda: not old.exists())


async def test_and_every_day_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DAY_SECONDS", 0.01)
    path = tmp_path / f"call_1-{FIRST:%Y%m%dT%H%M%S%f}Z.wav"
    path.touch()
    clock = Clock()
    async with recordings(settings(tmp_path), clock), asyncio.timeout(5):
        while await asyncio.to_thread(path.exists):  # noqa: ASYNC110  # of the disk
            await asyncio.sleep(0.01)
    assert clock.looks >= 3


@pytest.mark.parametrize("record_calls", [True, False])
async def test_agents_know_whether_the_call_is_recorded(
    tmp_path: Path, *, record_calls: bool
) -> None:
    chosen = {"record_calls": record_calls, "recordings_dir": tmp_path}
    async with center(tmp_path, settings=chosen) as here:
        known = await here.node.floor.house.briefing(CallState())
        assert ("The call is recorded" in known) is record_calls


@pytest.mark.parametrize(
    "wrong",
    [{"recording_notice": " "}, {"recording_days": 0}],
)
def test_nobody_is_recorded_without_words_or_kept_for_no_time(
    tmp_path: Path, wrong: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match="recording_"):
        settings(tmp_path, **wrong)
