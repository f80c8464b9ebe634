"""The settings as people may see them: without what opens a door."""

from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from callcenter.settings import Settings
from callcenter.web.console.house_desk import ShownSetting

SET: Final = "set"
NOT_SET: Final = "not set"
MADE_UP: Final = "made up at the start"


def shown_settings(settings: Settings) -> list[ShownSetting]:
    """All of them, in their own order."""
    return [_shown(name, settings) for name in type(settings).model_fields]


def _shown(name: str, settings: Settings) -> ShownSetting:
    value = getattr(settings, name)
    given = name in settings.model_fields_set
    if isinstance(value, SecretStr):
        said = SET if value.get_secret_value() else NOT_SET
        if not given and said == SET:
            said = MADE_UP
        return ShownSetting(name.upper(), said, changed=given, secret=True)
    fields = type(settings).model_fields
    as_it_comes = fields[name].get_default(call_default_factory=True, validated_data={})
    return ShownSetting(
        name.upper(), plain(value), changed=value != as_it_comes, secret=False
    )


def plain(value: Any) -> str:  # noqa: ANN401  # whatever a setting holds
    """As `.env` would have it. An address loses its password and its query."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | Path) and "://" in str(value):
        return _address(str(value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _address(url: str) -> str:
    """Whoever has it cannot enter with it."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"
