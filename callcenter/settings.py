"""Every setting, with its default; the one reader of the environment.

Names are those of the environment (or of `.env` in the working directory);
`.env.example` explains them. Secrets never show in a repr.
"""

import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from dotenv.parser import Original, parse_stream
from pydantic import (
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

_PACKAGE = Path(__file__).parent

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def written() -> dict[str, str]:
    """What stands in `.env`."""
    return {k: v for k, v in dotenv_values(".env").items() if v is not None}


def nonsense() -> list[str]:
    """The lines of `.env` that set nothing, a sentence each: a value would be lost."""
    path = Path(".env")
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as lines:
        return [
            f".env:{_line(one.original)}: not like NAME=value: mend or remove it."
            for one in parse_stream(lines)
            if one.error or (one.key and one.value is None)
        ]


def _line(original: Original) -> int:
    """Empty lines before a binding count as its own."""
    text = original.string
    return original.line + text[: len(text) - len(text.lstrip())].count("\n")


def environment() -> dict[str, str]:
    """Everything that is set outside, for cards that name a variable: `.env`, too."""
    return {**written(), **os.environ}


class Settings(BaseSettings):
    """The configuration of one node."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
    )

    host: str = "0.0.0.0"  # noqa: S104  # behind it, every webhook proves who sent it
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str = ""
    log_level: str = "INFO"

    openai_api_key: SecretStr = SecretStr("")
    openai_realtime_url: str = "wss://api.openai.com/v1/realtime"
    openai_realtime_model: str = "gpt-realtime-2.1"
    openai_voice: str = "marin"
    openai_transcription_model: str = "gpt-transcribe"
    openai_text_model: str = "gpt-6-luna"
    """Writes the wrap-ups; "none": code does."""
    openai_text_url: str = ""
    """Empty: OpenAI's, if the Realtime endpoint is OpenAI's as well."""

    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_phone_number: str = ""
    twilio_api_url: str = "https://api.twilio.com"

    open_meteo_url: str = "https://api.open-meteo.com"
    open_meteo_geocoding_url: str = "https://geocoding-api.open-meteo.com"
    open_meteo_api_key: SecretStr = SecretStr("")
    house_town: str = "Bergen, Norway"
    """Whose weather a caller means who names no place."""

    database_url: str = "sqlite+aiosqlite:///callcenter.db"
    redis_url: SecretStr = SecretStr("")
    """Valkey or Redis, when there is more than one node."""
    agents_dir: Path = Path("agents")
    entry_agent: str = "triage"
    tools_modules: str = ""
    """Names of modules with tools of the company's own, separated by commas."""
    operators_file: Path = Path("operators.toml")
    house_file: Path = Path("house.toml")
    """Services, resources, hours, days off; without it, those of the database."""
    reminder_hour: int = Field(default=17, ge=8, le=20)
    """Of the day before an appointment, in the house's time zone."""
    waiting_hold_minutes: int = Field(default=30, ge=5, le=24 * 60)
    """How long a time that became free is kept for the first in line."""
    greeting: str | None = None
    """None: the entry agent's own, from its card. Empty: the agent speaks first."""
    record_calls: bool = False
    recordings_dir: Path = Path("recordings")
    recording_days: int = Field(default=30, ge=1)
    retention_transcript_days: int | None = Field(default=None, ge=1)
    retention_tool_days: int | None = Field(default=None, ge=1)
    retention_number_days: int | None = Field(default=None, ge=1)
    retention_voicemail_days: int | None = Field(default=None, ge=1)
    retention_call_days: int | None = Field(default=None, ge=1)
    """None: it is kept."""
    redact_emails: bool = False
    redact_personal: bool = False
    """All that a tool answers which tells about a person."""
    redact_patterns: str = ""
    """A file of patterns, or one pattern: `member number = M\\d{6}`."""
    recording_notice: str = Field(default="This call is recorded.", pattern=r"\S")
    """Said before anybody is recorded: it cannot be empty."""
    secret_key: SecretStr = Field(
        default_factory=lambda: SecretStr(secrets.token_urlsafe(32))
    )

    console_password_hash: SecretStr = SecretStr("")
    operators_may_listen: bool = False
    """To live calls; what changes a call takes a supervisor."""
    oidc_issuer: str = Field(default="", pattern=r"^$|^https://|^http://127\.0\.0\.1")
    """The company's identity provider; empty: people have passwords here."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_roles: str = ""
    """Such as ada@example.com=admin, @example.com=viewer."""
    console_idle_minutes: int = Field(default=60, ge=1)
    console_session_hours: int = Field(default=12, ge=1)
    proxies: int = Field(default=0, ge=0, le=10)
    """Of our own, before us: so many entries of X-Forwarded-For are to be believed."""
    answer_goal_seconds: int = Field(default=20, ge=1)
    """Service level: callers who need a person reach one within so many seconds."""

    wrap_up_after_seconds: float = Field(default=5, ge=0)
    caller_usd_per_minute: float = Field(default=0.0125, ge=0)
    operator_usd_per_minute: float = Field(default=0.014, ge=0)

    max_calls: int = Field(default=0, ge=0)
    """0: as many as the cores can serve."""
    max_call_seconds: float = Field(default=3600, gt=0)
    session_seconds: float = Field(default=3000, gt=0)
    filler_seconds: float = Field(default=2.5, gt=0)
    ask_again_seconds: float = Field(default=6, gt=0)
    give_up_seconds: float = Field(default=15, gt=0)
    idle_seconds: float = Field(default=12, gt=0)
    max_call_cost_usd: float = Field(default=5, gt=0)
    max_handoffs: int = Field(default=8, ge=0)
    drain_seconds: float = Field(default=300, ge=0)
    transfer: Literal["warm", "cold"] = "warm"
    """Whether the agent stays with the caller until an operator is there."""
    max_talk_seconds: int = Field(default=3600, ge=60, le=14_400)
    """Of a caller and an operator."""
    api_requests_per_minute: int = Field(default=600, ge=1)
    """Of one key."""
    webhook_private_addresses: bool = False
    """Whether webhooks may lead into our own networks."""
    metrics_token: SecretStr = SecretStr("")
    """What opens /metrics from elsewhere than this machine."""
    operator_ring_seconds: int = Field(default=20, ge=5, le=600)
    operator_attempts: int = Field(default=3, ge=1)
    operator_ringing: Literal["one_by_one", "all_at_once"] = "one_by_one"
    queue_most_waiting: int = Field(default=20, ge=0, le=500)
    """0: nobody waits in line."""
    queue_crowded: int = Field(default=10, ge=1)
    """More than so many, and those who come now are rung nobody for."""
    queue_longest_wait_seconds: float = Field(default=900, gt=0)
    ladder_seconds: float = Field(default=1200, gt=0)
    """One way to a person, ringing and waiting together."""
    operator_wrap_up_seconds: int = Field(default=30, ge=0)
    operator_missed_calls: int = Field(default=2, ge=1)
    """So many in a row, and an operator is away."""
    dial_countries: str = ""
    """Empty: those of the house's number and of the operators' file."""
    max_dials_per_hour: int = Field(default=300, ge=1)
    max_dials_per_day: int = Field(default=2_000, ge=1)
    max_dialled_minutes_per_day: float = Field(default=10_000, gt=0)
    max_cost_per_hour_usd: float = Field(default=100, gt=0)
    max_cost_per_day_usd: float = Field(default=1_000, gt=0)
    dial_callbacks: bool = False
    """Whether we call back ourselves; otherwise wishes are only listed."""
    callback_tries: int = Field(default=3, ge=1, le=10)
    callback_retry_minutes: float = Field(default=10, gt=0)
    callback_earliest_hour: int = Field(default=8, ge=0, le=23)
    callback_latest_hour: int = Field(default=21, ge=1, le=24)

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object, info: ValidationInfo) -> object:
        """`NAME=` is as good as no line; but an empty greeting says something."""
        if value != "" or info.field_name in {None, "greeting"}:
            return value
        return cls.model_fields[str(info.field_name)].get_default(
            call_default_factory=True, validated_data={}
        )

    @field_validator("log_level")
    @classmethod
    def _a_level(cls, level: str) -> str:
        """A level that nobody knows would be taken for another one."""
        if level.upper() not in LOG_LEVELS:
            raise ValueError(f"{level!r} is none of {', '.join(LOG_LEVELS)}")
        return level.upper()

    @field_validator("public_url")
    @classmethod
    def _an_address(cls, url: str) -> str:
        """Twilio needs scheme and host; a path in front of ours is a proxy's."""
        parts = urlsplit(url)
        whole = parts.scheme in {"http", "https"} and parts.hostname
        if url and (not whole or parts.query or parts.fragment):
            raise ValueError(f"{url!r} is not like https://calls.example.com")
        return url

    @model_validator(mode="after")
    def _one_after_the_other(self) -> Self:
        """A filler that comes after giving up would never be heard."""
        if not self.filler_seconds < self.ask_again_seconds < self.give_up_seconds:
            raise ValueError(
                f"FILLER_SECONDS ({self.filler_seconds:g}) must be less than "
                f"ASK_AGAIN_SECONDS ({self.ask_again_seconds:g}), and that less than "
                f"GIVE_UP_SECONDS ({self.give_up_seconds:g})"
            )
        return self

    @cached_property
    def cards(self) -> Path:
        """The folder of the cards: as set, or the ones that the package brings."""
        shipped = _PACKAGE / "_agents"
        if not self.agents_dir.exists() and "agents_dir" not in self.model_fields_set:
            return shipped if shipped.exists() else _PACKAGE.parent / "agents"
        return self.agents_dir

    @property
    def public_base(self) -> str:
        """The address that Twilio sees, without a slash at its end."""
        return self.public_url.rstrip("/")
