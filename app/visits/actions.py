"""What is done with visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import history
from app.foundation.errors import Invalid
from app.foundation.geo import Position
from app.foundation.ids import fingerprint
from app.foundation.replay import create_once
from app.people.access import Columns, Ties, require
from app.people.who import Who
from app.photos import actions as photos
from app.photos.documents import Photo
from app.projects.places import place
from app.visits.documents import Visit

COLUMNS = Columns(owner="owner", unit="unit", enterprise="enterprise")


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What the commissioner logs. Times are aware; ids are 24-hex strings."""

    client_id: str
    started_at: datetime
    ended_at: datetime | None = None
    enterprise_id: str | None = None
    project_id: str | None = None
    position: Position | None = None
    note: str = ""
    photo_ids: Sequence[str] = ()
    photo_client_ids: Sequence[str] = ()
    checklist: Mapping[str, Any] = field(default_factory=dict)


def log_visit(who: Who, facts: VisitFacts, now: datetime) -> tuple[Visit, bool]:
    """Log a visit: (visit, whether it is new).

    Raises Invalid when it names no enterprise or project, ends before it starts, or names photos that are
    not the commissioner's own; Conflict when the client_id was used for another visit.
    """
    require(who, "visit.make")
    if facts.ended_at and facts.ended_at < facts.started_at:
        raise Invalid("visit.ends_before_start", fields={"ended_at": [str(facts.ended_at)]})
    where = place(facts.enterprise_id, facts.project_id)
    if where.enterprise is None and where.project is None:
        raise Invalid("visit.nowhere")
    pictures = photos.attachable(who, facts.photo_ids)
    print_ = fingerprint(asdict(facts))

    def make() -> Visit:
        visit = Visit(
            owner=who.id,
            client_id=facts.client_id,
            fingerprint=print_,
            enterprise=where.enterprise,
            project=where.project,
            unit=where.unit,
            started_at=facts.started_at,
            ended_at=facts.ended_at,
            position=facts.position.stored() if facts.position else None,
            note=facts.note,
            photos=pictures,
            awaited=list(facts.photo_client_ids),
            checklist=dict(facts.checklist),
            created_at=now,
        ).insert()
        photos.attach(pictures, "visit", visit.id, where.site)
        history.append("visit", visit.id, "log", by=who.acting("commissioner"), now=now)
        return visit

    def find() -> Visit | None:
        return Visit.objects(owner=who.id, client_id=facts.client_id).first()  # type: ignore[no-any-return]

    return create_once(make, find, print_)


def photos_of(visit: Visit) -> list[ObjectId]:
    """The visit's photos, those among them that arrived after it."""
    if not visit.awaited:
        return list(visit.photos)
    late = Photo.rows().find(
        {"owner": visit.owner, "client_id": {"$in": list(visit.awaited)}}, {"_id": 1}
    )
    return list(dict.fromkeys([*visit.photos, *(row["_id"] for row in late)]))


def ties(visit: Visit) -> Ties:
    """What binds the visit to people."""
    return Ties(owner=visit.owner, enterprise=visit.enterprise, unit=visit.unit)
