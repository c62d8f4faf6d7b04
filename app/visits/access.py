"""Who may see and do what with visits, in terms of the one policy table."""

from __future__ import annotations

from app.foundation.errors import NotFound
from app.people.access import Columns, Ties, allowed, require
from app.people.who import Who
from app.visits.documents import Visit

COLUMNS = Columns(owner="owner", unit="unit", enterprise="enterprise")


def ties(visit: Visit) -> Ties:
    """What binds the visit to people."""
    return Ties(owner=visit.owner, enterprise=visit.enterprise, unit=visit.unit)


def see_visit(who: Who, key: str) -> Visit:
    """The visit, if `who` may know of it. Raises NotFound else."""
    visit = Visit.get(key)
    if not allowed(who, "visit.see", ties(visit)):
        raise NotFound("not_found")
    return visit


def require_visit(who: Who, action: str, visit: Visit) -> None:
    """Raise Forbidden unless `who` may do `action` to the visit."""
    require(who, action, ties(visit))


def sees_track(who: Who, visit: Visit) -> bool:
    """Whether the points of the way are for these eyes."""
    return allowed(who, "visit.see_track", ties(visit))
