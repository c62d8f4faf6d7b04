"""Who is acting: a person with the roles held right now, or the system."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bson import ObjectId

from app.foundation.history import Actor
from app.foundation.messages import say

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
    """A role and where it holds. Whoever stands in for somebody holds it `instead_of` them.

    `whose` is then the name of the absent person.
    """

    role: str
    department: ObjectId | None = None
    unit: str | None = None
    enterprise: ObjectId | None = None
    instead_of: ObjectId | None = None
    whose: str = ""


@dataclass(frozen=True, slots=True)
class Who:
    """The acting person, as loaded for this request; `standing_for` are the absent whose deputy it is."""

    id: ObjectId
    name: str
    held: tuple[Held, ...]
    session: ObjectId | None = None
    standing_for: tuple[ObjectId, ...] = ()

    @property
    def ids(self) -> tuple[ObjectId, ...]:
        """The own id, then those of the persons stood in for."""
        return (self.id, *self.standing_for)

    def having(self, *roles: str) -> Iterator[Held]:
        """The grants with one of these roles."""
        return (grant for grant in self.held if grant.role in roles)

    def has(self, *roles: str) -> bool:
        """Whether one of these roles is held anywhere."""
        return any(self.having(*roles))

    def alone(self) -> Who:
        """The same person with their own grants only."""
        own = tuple(grant for grant in self.held if grant.instead_of is None)
        return replace(self, held=own, standing_for=())

    def acting(self, *roles: str) -> Actor:
        """How history names this person: by the first of `roles` held, else by the first role at all.

        An own grant comes before one that is held for somebody absent.
        """
        return self.acting_by(*self.having(*roles))

    def acting_by(self, *grants: Held) -> Actor:
        """How history names this person when one of `grants` allows the act; the id is always the own."""
        own_first = sorted(grants or self.held, key=lambda grant: grant.instead_of is not None)
        if not own_first:
            return Actor(self.id, self.name, "none")
        grant, name = own_first[0], self.name
        if grant.instead_of is not None:
            name = say("person.standing_in", name=self.name, absent=grant.whose)
        return Actor(self.id, name, grant.role)
