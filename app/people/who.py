"""Who is acting: a person with the roles held right now, or the system."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bson import ObjectId

from app.foundation.history import Actor

ROLES = (
    "commissioner",
    "contact",
    "clerk",
    "head",
    "dispatcher",
    "inspector",
    "leader",
    "unit_admin",
    "admin",
    "service",
)


@dataclass(frozen=True, slots=True)
class Held:
    """A role and where it holds."""

    role: str
    department: ObjectId | None = None
    unit: str | None = None
    enterprise: ObjectId | None = None


@dataclass(frozen=True, slots=True)
class Who:
    """The acting person, as loaded for this request."""

    id: ObjectId
    name: str
    held: tuple[Held, ...]
    session: ObjectId | None = None

    def having(self, *roles: str) -> Iterator[Held]:
        """The grants with one of these roles."""
        return (grant for grant in self.held if grant.role in roles)

    def has(self, *roles: str) -> bool:
        """Whether one of these roles is held anywhere."""
        return any(self.having(*roles))

    def acting(self, *roles: str) -> Actor:
        """How history names this person: by the first of `roles` held, else by the first role at all."""
        role = next((grant.role for grant in self.having(*roles)), None)
        return Actor(self.id, self.name, role or (self.held[0].role if self.held else "none"))
