"""Filters that people keep under a name. What they hold was checked at the edge, by the list's own rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, IntField, ObjectIdField, StringField

from app.foundation.db import transaction
from app.foundation.documents import Document
from app.foundation.errors import Conflict, NotFound, Stale
from app.foundation.ids import fingerprint, object_id
from app.foundation.replay import create_once
from app.people.who import Who

LISTS = ("tickets", "issues")
MOST = 50
"""Filters that one person may keep."""


class SavedFilter(Document):
    """A filter of one person; unique by person and `client_id`."""

    person: ObjectId = ObjectIdField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    name: str = StringField(required=True)
    list: str = StringField(required=True, choices=LISTS)
    query: dict[str, Any] = DictField()
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "saved_filters"}


@dataclass(frozen=True, slots=True)
class FilterFacts:
    """What a filter is called, which list it is for, and that list's parameters."""

    name: str
    list: str
    query: Mapping[str, Any]


def saved(who: Who) -> list[SavedFilter]:
    """All filters of `who`, by name."""
    return list(SavedFilter.objects(person=who.id).order_by("name", "id"))


def save(who: Who, client_id: str, facts: FilterFacts, now: datetime) -> tuple[SavedFilter, bool]:
    """Keep a filter: (it, whether it is new). Raises Conflict for one too many, or another's client_id."""
    known = {"person": who.id, "client_id": client_id}
    print_ = fingerprint(asdict(facts))

    def find() -> SavedFilter | None:
        return SavedFilter.objects(**known).first()  # type: ignore[no-any-return]

    def make() -> SavedFilter:
        # A replay of the last one is answered, not refused.
        if SavedFilter.objects(person=who.id).count() >= MOST and find() is None:
            raise Conflict("filter.too_many", most=MOST)
        times = {"created_at": now, "updated_at": now}
        return SavedFilter(**known, fingerprint=print_, **asdict(facts), **times).insert()

    return create_once(make, find, print_)


def own_filter(who: Who, key: str) -> SavedFilter:
    """One's own filter. Raises NotFound for another's."""
    found = SavedFilter.objects(id=object_id(key), person=who.id).first()
    if found is None:
        raise NotFound("not_found")
    return found  # type: ignore[no-any-return]


def is_replay(found: SavedFilter, facts: FilterFacts) -> bool:
    """Whether the filter is like that already."""
    return FilterFacts(found.name, found.list, dict(found.query)) == facts


def change(who: Who, key: str, facts: FilterFacts, version: int, now: datetime) -> SavedFilter:
    """Change a filter as a whole. Raises Stale when it is no longer at `version`."""

    def work() -> SavedFilter:
        found = own_filter(who, key)
        guard = {"_id": found.id, "version": version}
        whole = {**asdict(facts), "updated_at": now}
        update = {"$set": whole, "$inc": {"version": 1}}
        if not SavedFilter.rows().update_one(guard, update).modified_count:
            raise Stale("request.stale")
        return own_filter(who, key)

    return transaction(work)


def delete(who: Who, key: str) -> None:
    """Drop one's own filter. Raises NotFound for another's, and for one that is gone."""
    own_filter(who, key)
    SavedFilter.rows().delete_one({"_id": object_id(key), "person": who.id})
