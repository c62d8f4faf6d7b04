"""Opening an issue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from app.enterprises.actions import quick_create
from app.foundation import duties, history
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import Invalid
from app.foundation.geo import Position
from app.foundation.ids import fingerprint
from app.foundation.reasons import Reason
from app.foundation.replay import create_once
from app.issues import barring, search_terms
from app.issues.documents import Issue
from app.issues.numbers import next_number
from app.people.access import Ties, require, roles_reaching
from app.people.policy import TABLE
from app.people.who import Who
from app.photos import actions as photos
from app.photos.arrivals import arrived
from app.projects.places import Place, place, place_again
from app.visits.awaiting import remind
from app.visits.documents import Visit

OPENERS = tuple(TABLE["issue.open"])


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """What a person says of an issue. Ids are 24-hex strings, `category` a code of the pack.

    `photo_client_ids` and `visit_client_id` may name what is still on the phone: it joins when it comes.
    `on_behalf_of` and `contact` (on site) are {name, phone}. `enterprise_name` is of a firm that is not
    registered yet, in `enterprise_unit` if that is known.
    """

    client_id: str
    kind: str
    text: str
    category: str | None = None
    enterprise_id: str | None = None
    project_id: str | None = None
    site_id: str | None = None
    enterprise_name: str | None = None
    enterprise_unit: str | None = None
    visit_id: str | None = None
    visit_client_id: str | None = None
    position: Position | None = None
    photo_ids: Sequence[str] = ()
    photo_client_ids: Sequence[str] = ()
    urgent: bool | None = None
    source: str | None = None
    external_number: str | None = None
    on_behalf_of: Mapping[str, Any] | None = None
    anonymous: bool = False
    contact: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """An issue as it is stored, and what a replay knows it by."""

    id: ObjectId
    fingerprint: str
    row: Row


def open_issue(who: Who, facts: IssueFacts, now: datetime) -> tuple[Opened, bool]:
    """Open an issue: (what is stored, whether it is new). The duty to route it is in the same transaction.

    Where no unit can be found it is opened without one. Raises Forbidden for an enterprise that is not the
    contact's own, Invalid for references that do not exist or belong to others, Conflict when the client_id
    was used for another issue.
    """
    require(who, "issue.open")
    _check(facts)
    visit = _visit(who, facts)
    where = _place(who, facts, visit)
    ties = Ties(owner=who.id, enterprise=where.enterprise, unit=where.home or where.unit)
    require(who, "issue.open", ties)
    by = who.acting(roles_reaching(who, "issue.open", ties)[0])
    said = {
        **_said(facts),
        **_named(who, facts, visit),
        "fingerprint": fingerprint(asdict(facts)),
    }
    known = {
        **_known(who, by.role, where),
        "number": next_number(now),
        "state": "submitted",
        "created_at": now,
        "updated_at": now,
    }
    withheld = barring.at_first(facts.kind, facts.text, known["unit"])
    found_by = search_terms.of_issue(known["number"], facts.text, facts.external_number)

    def make() -> Opened:
        if facts.enterprise_name:
            known["enterprise"] = quick_create(who, facts.enterprise_name, where.home, now)
        row = Issue.insert_row(**said, **known, **withheld, **found_by)
        photos.attach(row["photos"], "issue", row["_id"], where.site)
        told = history.append("issue", row["_id"], "open", by=by, now=now, after="submitted")
        owe_placing(row, told, now)
        return Opened(row["_id"], row["fingerprint"], row)

    def find() -> Opened | None:
        row = Issue.rows().find_one({"owner": who.id, "client_id": facts.client_id})
        return Opened(row["_id"], row["fingerprint"], row) if row else None

    return create_once(make, find, said["fingerprint"])


def owe_placing(row: Row, told: ObjectId, now: datetime) -> None:
    """What must be done about a new issue: place it, and see to what is still on its way.

    Inside the transaction that makes it; `told` is its first history row.
    """
    key, visit = row["_id"], row.get("awaited_visit")
    nowhere = not (row.get("enterprise") or row.get("project"))
    # Where it goes may depend on where the visit was; what is urgent waits for nothing.
    waits = pack().visits.issue_waits_minutes if visit and nowhere and not row["urgent"] else 0
    duties.add("issues.route", key, now=now, due_at=now + timedelta(minutes=waits), first=True)
    if visit or row["awaited"]:
        duties.add("issues.join", key, now=now, first=True, payload={"thing": "issue"})
        remind(key, "issue", told, now)


def _said(facts: IssueFacts) -> dict[str, Any]:
    """What is stored of the person's own words."""
    return {
        "client_id": facts.client_id,
        "kind": facts.kind,
        "text": facts.text,
        "chosen_category": facts.category,
        "category": facts.category,
        "urgent": bool(facts.urgent),
        "said_urgent": facts.urgent,
        "position": facts.position.stored() if facts.position else None,
        "external_number": facts.external_number,
        "on_behalf_of": dict(facts.on_behalf_of) if facts.on_behalf_of else None,
        "anonymous": facts.anonymous,
        "contact": dict(facts.contact) if facts.contact else None,
    }


def _named(who: Who, facts: IssueFacts, visit: Visit | None) -> dict[str, Any]:
    """What it refers to: what is here of it, and what is awaited."""
    pictures = photos.attachable(who, facts.photo_ids)
    here = arrived(who.id, facts.photo_client_ids)
    from_visit = facts.visit_id or facts.visit_client_id
    return {
        "source": facts.source or ("visit" if from_visit else "wechat"),
        "visit": visit.id if visit else None,
        "awaited_visit": None if visit else facts.visit_client_id,
        "photos": list(dict.fromkeys([*pictures, *here.values()])),
        "awaited": [name for name in dict.fromkeys(facts.photo_client_ids) if name not in here],
    }


def _known(who: Who, role: str, where: Place) -> dict[str, Any]:
    """What is stored of whose it is."""
    return {
        "owner": who.id,
        "owner_role": role,
        "enterprise": where.enterprise,
        "project": where.project,
        "site": where.chosen,
        **where.found(),
        "commissioner": who.id if role == "commissioner" else where.commissioner,
    }


def _check(facts: IssueFacts) -> None:
    if facts.category is not None and facts.category not in _codes(pack().categories):
        raise Invalid("category.unknown", fields={"category": [facts.category]})
    if facts.enterprise_unit is not None and facts.enterprise_unit not in _codes(pack().units):
        raise Invalid("unit.unknown", fields={"enterprise_unit": [facts.enterprise_unit]})
    if facts.enterprise_unit and not facts.enterprise_name:
        raise Invalid(
            "issue.unit_of_no_firm", fields={"enterprise_name": [Reason("request.required")]}
        )
    if facts.enterprise_name and (facts.enterprise_id or facts.project_id or facts.site_id):
        raise Invalid("issue.enterprise_twice", fields={"enterprise_name": [facts.enterprise_name]})
    if facts.visit_id and facts.visit_client_id:
        raise Invalid("issue.visit_twice", fields={"visit_client_id": [facts.visit_client_id]})


def _codes(entries: Iterable[Any]) -> set[str]:
    return {entry.code for entry in entries}


def _visit(who: Who, facts: IssueFacts) -> Visit | None:
    """The visit meant, if it is here: one's own."""
    if facts.visit_client_id:
        return Visit.objects(client_id=facts.visit_client_id, owner=who.id).first()  # type: ignore[no-any-return]
    if facts.visit_id is None:
        return None
    visit = Visit.objects(id=ObjectId(facts.visit_id), owner=who.id).first()
    if visit is None:
        raise Invalid("reference.unknown", fields={"visit_id": [facts.visit_id]})
    return visit  # type: ignore[no-any-return]


def _place(who: Who, facts: IssueFacts, visit: Visit | None) -> Place:
    """Where it belongs: as said, else as the visit says, else the one enterprise of the contact."""
    position = _position(who, facts, visit)
    if facts.enterprise_name:
        return _of_new_firm(who, facts, visit, position)
    enterprise, project = facts.enterprise_id, facts.project_id
    if not (enterprise or project) and visit:
        enterprise, project = (
            str(key) if key else None for key in (visit.enterprise, visit.project)
        )
    if not (enterprise or project):
        enterprise = own_enterprise(who)
    return place(enterprise, project, facts.site_id, position=position)


def own_enterprise(who: Who) -> str | None:
    """The one enterprise that a contact speaks for; None for whoever speaks for none or several."""
    own = {str(held.enterprise) for held in who.having("contact") if held.enterprise}
    return own.pop() if len(own) == 1 else None


def _of_new_firm(who: Who, facts: IssueFacts, visit: Visit | None, position: Row | None) -> Place:
    """A firm that is not registered has no place but a unit: as said, the visit's, or the person's own.

    The issue's own unit may be another, where the position tells one.
    """
    own_unit = next((held.unit for held in who.held if held.unit), None)
    said = facts.enterprise_unit or (visit.unit if visit else None) or own_unit
    return replace(place(None, None, position=position, said_unit=said), home=said)


def _position(who: Who, facts: IssueFacts, visit: Visit | None) -> Row | None:
    """The position that may tell the unit: the issue's own, else where the visit began.

    None for who opens issues of a unit only: they file for their unit, wherever they stand.
    """
    if all(held.role == "unit_admin" for held in who.having(*OPENERS)):
        return None
    return facts.position.stored() if facts.position else visit.position if visit else None


def place_of(visit: Visit, position: Row | None = None) -> Place:
    """Where the visit was; `position` is the stored one of what was found there, if it has its own."""
    return place_again(visit.enterprise, visit.project, position=position or visit.position)
