"""A text model: one question, one answer in JSON, and what it has cost.

By the Chat Completions API, which OpenAI and most compatible servers speak. Nothing is
stored at the provider.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from callcenter.domain.prices import Tokens
from callcenter.errors import ModelError

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types import CompletionUsage

TIMEOUT_S: Final = 45.0
"""Nobody waits for it on the telephone."""

MOST_TOKENS: Final = 4_000
"""Of an answer, the model's own thoughts included."""

REASONS: Final = ("gpt-5", "gpt-6")
"""Models whose names begin so think before they answer: here, not for long."""

USED_UP: Final = "insufficient_quota"


@dataclass(frozen=True, slots=True)
class Answer:
    """What it wrote, and what was used for it."""

    text: str
    used: Tokens


class TextModel:
    """Close it when it is not needed any more."""

    def __init__(self, url: str, key: str, model: str) -> None:
        self.model = model
        self._url = url
        self._key = key
        self._client: AsyncOpenAI | None = None

    async def ask(self, instructions: str, said: str, schema: dict[str, Any]) -> Answer:
        """Raises ModelError; `retry` says whether it might work another time."""
        import openai  # noqa: PLC0415  # takes a second, and not every command asks

        if self._client is None:
            self._client = openai.AsyncOpenAI(
                api_key=self._key, base_url=self._url, timeout=TIMEOUT_S, max_retries=0
            )
        thinking: dict[str, Any] = (
            {"reasoning_effort": "low"} if self.model.startswith(REASONS) else {}
        )
        try:
            reply = await self._client.chat.completions.create(
                model=self.model,
                messages=[
                    {"role": "system", "content": instructions},
                    {"role": "user", "content": said},
                ],
                response_format={
                    "type": "json_schema",
                    "json_schema": {
                        "name": "wrap_up",
                        "strict": True,
                        "schema": schema,
                    },
                },
                max_completion_tokens=MOST_TOKENS,
                store=False,
                **thinking,
            )
        except openai.APIStatusError as error:
            raise _refused(error.status_code, error.code or "") from error
        except openai.APIError as error:  # no connection, no answer in time, no JSON
            reason = str(error) or type(error).__name__
            raise ModelError(f"The text model does not answer: {reason}") from error
        choice = next(iter(reply.choices or ()), None)
        text = choice.message.content if choice else None
        return Answer(text or "", _used(reply.usage))

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()


def _refused(status: int, code: str) -> ModelError:
    busy = status in {408, 409, 429} or status >= 500
    retry = busy and code != USED_UP
    return ModelError(f"The text model answered with HTTP {status}.", retry=retry)


def _used(usage: "CompletionUsage | None") -> Tokens:
    """Compatible servers may not tell."""
    if usage is None:
        return Tokens()
    details = usage.prompt_tokens_details
    return Tokens(
        text_in=usage.prompt_tokens,
        text_cached=(details.cached_tokens if details else 0) or 0,
        text_out=usage.completion_tokens,
    )
