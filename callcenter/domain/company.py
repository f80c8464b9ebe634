"""Who of the company's own accounts may enter the console, and as what."""

from dataclasses import dataclass
from typing import Self

from callcenter.domain.people import Role


@dataclass(frozen=True, slots=True)
class CompanyRoles:
    """By address, or by what follows the @: the address itself wins."""

    roles: tuple[tuple[str, Role], ...]

    @classmethod
    def read(cls, text: str) -> Self:
        """Of "ada@example.com=admin, @example.com=viewer". Raises ValueError."""
        return cls(tuple(_entry(one) for one in text.split(",") if one.strip()))

    def of(self, email: str) -> Role | None:
        """What somebody may be; None: nobody, the console is not for them."""
        known, email = dict(self.roles), email.casefold()
        _, at, domain = email.rpartition("@")
        if not at:
            return None
        return known.get(email) or known.get(f"@{domain}")


def _entry(text: str) -> tuple[str, Role]:
    whom, equals, role = (one.strip().casefold() for one in text.partition("="))
    name, at, domain = whom.rpartition("@")
    if not (equals and at and domain) or "@" in name or role not in set(Role):
        roles = ", ".join(Role)
        raise ValueError(
            f"{text.strip()!r} is not like ada@example.com=admin or "
            f"@example.com=viewer (roles: {roles})"
        )
    return whom, Role(role)
