"""Opening an issue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from bson import ObjectId

from app.foundation import duties, history
from app.foundation.district import pack
from app.foundation.errors import Invalid
from app.foundation.geo import Position
from app.foundation.ids import fingerprint
from app.foundation.replay import create_once
from app.issues.documents import Issue
from app.issues.numbers import next_number
from app.people.access import Ties, require, roles_reaching
from app.people.who import Who
from app.photos import actions as photos
from app.projects.places import Place, place
from app.visits.documents import Visit


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """What a person says of an issue. Ids are 24-hex strings, `category` a code of the pack."""

    client_id: str
    kind: str
    text: str
    category: str | None = None
    enterprise_id: str | None = None
    project_id: str | None = None
    visit_id: str | None = None
    position: Position | None = None
    photo_ids: Sequence[str] = ()
    urgent: bool | None = None


def open_issue(who: Who, facts: IssueFacts, now: datetime) -> tuple[Issue, bool]:
    """Open an issue: (issue, whether it is new). The duty to route it is in the same transaction.

    Raises Forbidden for an enterprise that is not the contact's own, Invalid for references that do not
    exist or belong to others, Conflict when the client_id was used for another issue.
    """
    require(who, "issue.open")
    _check_category(facts.category)
    visit = _visit(who, facts.visit_id)
    where = _place(who, facts, visit)
    ties = Ties(owner=who.id, enterprise=where.enterprise, unit=where.unit)
    require(who, "issue.open", ties)
    role = roles_reaching(who, "issue.open", ties)[0]
    pictures = photos.attachable(who, facts.photo_ids)
    print_ = fingerprint(asdict(facts))
    number = next_number(now)

    def make() -> Issue:
        issue = Issue(
            number=number,
            owner=who.id,
            owner_role=role,
            client_id=facts.client_id,
            fingerprint=print_,
            kind=facts.kind,
            state="submitted",
            text=facts.text,
            chosen_category=facts.category,
            category=facts.category,
            urgent=bool(facts.urgent),
            said_urgent=facts.urgent,
            enterprise=where.enterprise,
            project=where.project,
            visit=visit.id if visit else None,
            unit=where.unit,
            commissioner=who.id if role == "commissioner" else where.commissioner,
            position=facts.position.stored() if facts.position else None,
            photos=pictures,
            created_at=now,
            updated_at=now,
        ).insert()
        photos.attach(pictures, "issue", issue.id, where.site)
        by = who.acting(role)
        history.append("issue", issue.id, "open", by=by, now=now, after="submitted")
        duties.add("issues.route", issue.id, now=now)
        return issue

    def find() -> Issue | None:
        return Issue.objects(owner=who.id, client_id=facts.client_id).first()  # type: ignore[no-any-return]

    return create_once(make, find, print_)


def _check_category(code: str | None) -> None:
    if code is not None and code not in {entry.code for entry in pack().categories}:
        raise Invalid("category.unknown", fields={"category": [code]})


def _visit(who: Who, key: str | None) -> Visit | None:
    if key is None:
        return None
    visit = Visit.objects(id=ObjectId(key), owner=who.id).first()
    if visit is None:
        raise Invalid("reference.unknown", fields={"visit_id": [key]})
    return visit  # type: ignore[no-any-return]


def _place(who: Who, facts: IssueFacts, visit: Visit | None) -> Place:
    """Where it belongs: as said, else as the visit says, else the one enterprise of the contact."""
    enterprise, project = facts.enterprise_id, facts.project_id
    if not (enterprise or project) and visit:
        enterprise = str(visit.enterprise) if visit.enterprise else None
        project = str(visit.project) if visit.project else None
    if not (enterprise or project):
        own = {str(held.enterprise) for held in who.having("contact") if held.enterprise}
        enterprise = own.pop() if len(own) == 1 else None
    return place(enterprise, project)
