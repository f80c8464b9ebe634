"""Whether the model took the session's settings."""

import pytest

from callcenter.errors import ModelError
from callcenter.realtime.acceptance import Acceptance


def refusal(code: str, param: str | None = None) -> dict[str, str | None]:
    return {"code": code, "message": "No.", "param": param}


@pytest.mark.parametrize(
    "error",
    [
        refusal("conversation_already_has_active_response"),
        refusal("item_truncate_invalid_item_id"),
        refusal("invalid_value", "audio_end_ms"),
    ],
)
async def test_an_error_about_something_else_is_no_answer(
    error: dict[str, str | None],
) -> None:
    acceptance = Acceptance()
    acceptance.refuse_if_waiting(error)
    acceptance.accept()
    await acceptance.wait(1)


@pytest.mark.parametrize(
    ("error", "retry"),
    [
        (refusal("invalid_value", "session.voice"), True),
        (refusal("cannot_update_voice"), True),
        (refusal("model_not_found"), False),
    ],
)
async def test_any_other_error_is_a_refusal(
    error: dict[str, str | None], *, retry: bool
) -> None:
    acceptance = Acceptance()
    acceptance.refuse_if_waiting(error)
    acceptance.accept()  # too late
    with pytest.raises(ModelError, match="refused the session") as refused:
        await acceptance.wait(1)
    assert refused.value.retry is retry
