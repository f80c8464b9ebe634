"""What opens the console's doors, and the bus's: checked before anything is started.

Within a node's task group an error would come out wrapped in a group.
"""

from importlib.util import find_spec
from typing import Final

from callcenter.assembly.bus import check_url
from callcenter.assembly.clock import SystemClock
from callcenter.domain.company import CompanyRoles
from callcenter.errors import ConfigurationError
from callcenter.floor.ports import Clock
from callcenter.settings import Settings
from callcenter.storage.passwords import is_hash
from callcenter.web.oidc import Company, OpenIdCompany

NO_HASH: Final = (
    "CONSOLE_PASSWORD_HASH is not an argon2 hash: `callcenter users hash` makes one "
    "(in .env, between single quotes: it has dollar signs)."
)


def check_doors(settings: Settings) -> None:
    """Raises ConfigurationError for settings that make no sense."""
    hash_ = settings.console_password_hash.get_secret_value()
    if hash_ and not is_hash(hash_):
        raise ConfigurationError(NO_HASH)
    company(settings, SystemClock())
    check_url(settings)


def company(settings: Settings, clock: Clock) -> Company | None:
    """Raises ConfigurationError for OIDC settings that make no sense."""
    if not settings.oidc_issuer:
        return None
    if find_spec("authlib") is None:
        raise ConfigurationError("OIDC_ISSUER needs the extra: callcenter[oidc].")
    try:
        roles = CompanyRoles.read(settings.oidc_roles)
    except ValueError as error:
        raise ConfigurationError(f"OIDC_ROLES: {error}.") from error
    if not (settings.oidc_client_id and roles.roles):
        raise ConfigurationError("OIDC_ISSUER needs OIDC_CLIENT_ID and OIDC_ROLES.")
    return OpenIdCompany(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        roles,
        clock.now,
    )
