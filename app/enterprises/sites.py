"""Sites: an enterprise may have several, each in a unit of its own and with somebody to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import BooleanField, DateTimeField, DictField, IntField, ObjectIdField, StringField

from app.enterprises.documents import Enterprise
from app.foundation import history
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.documents import Document
from app.foundation.errors import Conflict, Invalid, NotFound, Stale
from app.foundation.geo import Position
from app.foundation.history import Actor
from app.foundation.ids import fingerprint
from app.foundation.reasons import Reason
from app.foundation.replay import create_once
from app.people.access import Ties, actor, allowed
from app.people.documents import Person
from app.people.who import Who
from app.units import areas


class Site(Document):
    """A place where the enterprise works. `position` is a stored position, `radius_m` the site's extent.

    `contact` is {person} (a contact of the enterprise) or {name, phone}. One that is not `active` was
    closed: it cannot be chosen any more, and tells nothing of what is near. `draft` is the fingerprint of
    the content as it is now, `fingerprint` of what it was made from.
    """

    enterprise: ObjectId = ObjectIdField(required=True)
    by: ObjectId = ObjectIdField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    draft: str = StringField(required=True)
    name: str = StringField(required=True)
    unit: str = StringField(required=True)
    position: dict[str, Any] = DictField(required=True)
    radius_m: int = IntField(required=True)
    address: str = StringField(default="")
    contact: dict[str, Any] | None = DictField(null=True, default=None)
    active: bool = BooleanField(default=True)
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "sites"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A site as somebody states it. Without a `unit` it is the one whose area the position lies in.

    `contact` is {person_id}, somebody who speaks for the enterprise here, or {name, phone?}.
    """

    name: str
    position: Position
    unit: str | None = None
    radius_m: int = 500
    address: str = ""
    contact: Mapping[str, Any] | None = None


def create(
    who: Who, enterprise_id: str, client_id: str, said: Said, now: datetime
) -> tuple[Site, bool]:
    """Add a site to an enterprise: (it, whether it is new).

    Raises NotFound for an enterprise that `who` may not know of, Forbidden; Invalid for an unknown unit,
    one that neither is said nor follows from the position, or a person who is no contact of the
    enterprise; Conflict when the client_id was used for another site.
    """
    firm = Enterprise.get(enterprise_id)
    if not (_sees(who, firm, None) or who.has("unit_admin")):
        raise NotFound("not_found")
    content = _content(firm, said)
    by = _may_write(who, firm, content["unit"])
    print_ = fingerprint({"enterprise": enterprise_id, **asdict(said)})

    def make() -> Site:
        made = Site(
            enterprise=firm.id,
            by=who.id,
            client_id=client_id,
            fingerprint=print_,
            created_at=now,
            updated_at=now,
            **content,
        ).insert()
        history.append("site", made.id, "create", by=by, now=now, data={"after": content})
        return made

    def find() -> Site | None:
        return Site.objects(by=who.id, client_id=client_id).first()  # type: ignore[no-any-return]

    return create_once(make, find, print_)


def is_replay(site: Site, said: Said) -> bool:
    """Whether the site is stated as just that already."""
    return site.draft == _draft(said)


def change(who: Who, key: str, said: Said, version: int, now: datetime) -> Site:
    """Change a site as a whole, if it still is the `version` that the change was made from.

    Raises like `create`; Stale when it was changed meanwhile, Conflict when it is closed.
    """

    def work() -> None:
        site, firm, by = _writable(who, key)
        content = _content(firm, said)
        _write(site, version, {**content, "updated_at": now})
        before = {name: site[name] for name in content}
        data = {"before": before, "after": content}
        history.append("site", site.id, "change", by=by, now=now, data=data)

    transaction(work)
    return Site.get(key)


def close(who: Who, key: str, now: datetime) -> None:
    """Close a site for good. Raises like `change`."""

    def work() -> None:
        site, _, by = _writable(who, key)
        _write(site, site.version, {"active": False, "updated_at": now})
        history.append("site", site.id, "close", by=by, now=now)

    transaction(work)


def see_site(who: Who, key: str) -> Site:
    """The site, if `who` may know of it: of the enterprise, or as of a unit. Raises NotFound else."""
    site = Site.get(key)
    if not _sees(who, Enterprise.get(site.enterprise), site.unit):
        raise NotFound("not_found")
    return site


def of_enterprise(
    who: Who, enterprise_id: str, *, page: int, page_size: int, closed: bool = False
) -> tuple[list[Site], int]:
    """A page of the enterprise's sites that `who` may know of, by name, closed ones too if asked for.

    Raises NotFound where there is nothing to know.
    """
    firm = Enterprise.get(enterprise_id)
    known = {} if closed else {"active": True}
    found = Site.objects(enterprise=firm.id, **known).order_by("name", "id")
    shown = [site for site in found if _sees(who, firm, site.unit)]
    if not shown and not _sees(who, firm, None):
        raise NotFound("not_found")
    return shown[(page - 1) * page_size : page * page_size], len(shown)


def contact_of(who: Who, site: Site) -> Row | None:
    """Whom to ask there: {person_id, name, phone}, the phone for those who may ring them up."""
    said = site.contact
    if not said:
        return None
    if key := said.get("person"):
        said = _speaks(key, site.enterprise)
        if said is None:
            return None
    firm = Enterprise.get(site.enterprise)
    rings = any(allowed(who, "site.see_phone", ties) for ties in _ties(firm, site.unit))
    return {"person_id": key, "name": said["name"], "phone": said.get("phone") if rings else None}


def chosen(key: str | ObjectId, enterprise: ObjectId | None) -> Row:
    """The site as it is stored, if it is an open one of the enterprise. Raises Invalid else."""
    row = Site.rows().find_one({"_id": ObjectId(key), "enterprise": enterprise, "active": True})
    if row is None or enterprise is None:
        raise Invalid("site.of_another_enterprise", fields={"site_id": [str(key)]})
    return row


def _ties(firm: Enterprise, unit: str | None) -> tuple[Ties, ...]:
    """A site is its enterprise's, and the business of the enterprise's unit and of its own."""
    either = dict.fromkeys((firm.unit, unit or firm.unit))
    return tuple(Ties(enterprise=firm.id, unit=each) for each in either)


def _sees(who: Who, firm: Enterprise, unit: str | None) -> bool:
    return any(allowed(who, "enterprise.see", ties) for ties in _ties(firm, unit))


def _may_write(who: Who, firm: Enterprise, unit: str) -> Actor:
    """How history names who does it. Raises Forbidden."""
    either = _ties(firm, unit)
    ties = next((each for each in either if allowed(who, "site.write", each)), either[0])
    return actor(who, "site.write", ties)


def _writable(who: Who, key: str) -> tuple[Site, Enterprise, Actor]:
    site = see_site(who, key)
    firm = Enterprise.get(site.enterprise)
    by = _may_write(who, firm, site.unit)
    if not site.active:
        raise Conflict("site.closed")
    return site, firm, by


def _write(site: Site, version: int, said: Row) -> None:
    same = {"_id": site.id, "version": version}
    if not Site.rows().update_one(same, {"$set": said, "$inc": {"version": 1}}).modified_count:
        raise Stale("changed_meanwhile")


def _content(firm: Enterprise, said: Said) -> Row:
    """What is stored of what was said. Raises Invalid."""
    return {
        "name": said.name,
        "unit": _unit(said),
        "position": said.position.stored(),
        "radius_m": said.radius_m,
        "address": said.address,
        "contact": _contact(firm, said.contact),
        "draft": _draft(said),
    }


def _unit(said: Said) -> str:
    if said.unit is None:
        found = areas.at(said.position).unit
        if found is None:
            raise Invalid("site.unit_needed", fields={"unit": [Reason("site.unit_needed")]})
        return found
    if said.unit not in {each.code for each in pack().units}:
        raise Invalid("unit.unknown", fields={"unit": [said.unit]})
    return said.unit


def _contact(firm: Enterprise, said: Mapping[str, Any] | None) -> Row | None:
    if said is None or not (key := said.get("person_id")):
        return dict(said) if said else None
    if _speaks(ObjectId(key), firm.id) is None:
        raise Invalid("site.no_contact", fields={"contact.person_id": [key]})
    return {"person": ObjectId(key)}


def _speaks(person: ObjectId, enterprise: ObjectId) -> Row | None:
    """The person, as long as they speak for the enterprise here."""
    grant = {"$elemMatch": {"role": "contact", "enterprise": enterprise}}
    query = {"_id": person, "active": True, "grants": grant}
    return Person.rows().find_one(query, {"name": 1, "phone": 1})


def _draft(said: Said) -> str:
    return fingerprint(asdict(said))
