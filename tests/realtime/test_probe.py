"""Whether the model lets us in."""

import pytest

from callcenter.errors import ModelError
from callcenter.realtime.probe import probe
from callcenter.simulator.model.faults import Faults
from callcenter.simulator.model.server import ModelSimulator


async def test_the_right_key_opens_a_session_of_the_model() -> None:
    async with ModelSimulator(recognise=False, api_key="sk-right") as model:
        await probe(model.url, "sk-right", "gpt-realtime-2.1")
        assert len(model.sessions) == 1


@pytest.mark.parametrize(
    ("faults", "sentence", "retry"),
    [
        (Faults(), "key was refused", False),
        (Faults(handshake_status=404), "no model 'gpt-x'", False),
        (Faults(handshake_status=503), "503", True),
    ],
)
async def test_a_refusal_says_what_was_refused(
    faults: Faults, sentence: str, *, retry: bool
) -> None:
    async with ModelSimulator(
        recognise=False, api_key="sk-right", faults=faults
    ) as model:
        with pytest.raises(ModelError, match=sentence) as refused:
            await probe(model.url, "sk-wrong", "gpt-x")
        assert refused.value.retry is retry


async def test_a_session_that_closes_at_once_is_no_session() -> None:
    faults = Faults(close_before_created=True)
    async with ModelSimulator(recognise=False, faults=faults) as model:
        with pytest.raises(ModelError, match="does not answer"):
            await probe(model.url, "sk", "gpt-realtime-2.1")


async def test_nobody_there_is_a_sentence() -> None:
    with pytest.raises(ModelError, match="does not answer"):
        await probe("ws://127.0.0.1:9/v1/realtime", "sk", "gpt-realtime-2.1")
