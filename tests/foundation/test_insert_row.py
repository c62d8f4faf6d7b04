"""Inserting without the object stores what inserting the object does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from bson import ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)
from mongoengine.errors import ValidationError
from pymongo.errors import DuplicateKeyError

from app.foundation import clock
from app.foundation.documents import Document


class Leaf(Document):
    """One field of each kind that documents have."""

    number: str = StringField(required=True)
    kind: str = StringField(required=True, choices=("request", "problem"))
    category: str | None = StringField()
    said_urgent: bool | None = BooleanField(null=True, default=None)
    position: dict[str, Any] | None = DictField(null=True, default=None)
    photos: list[ObjectId] = ListField(ObjectIdField())
    departments: list[ObjectId] = ListField(ObjectIdField())
    route: dict[str, Any] = DictField()
    created_at: Any = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta = {"collection": "test_leaves"}


@pytest.fixture(autouse=True)
def leaves(clean: None) -> Iterator[None]:
    Leaf.rows().create_index("number", unique=True)
    yield
    Leaf.rows().drop()


def _values(**other: Any) -> dict[str, Any]:
    values = {
        "number": str(ObjectId()),
        "kind": "request",
        "position": {"point": {"type": "Point", "coordinates": [120.1, 32.5]}},
        "photos": [ObjectId()],
        "created_at": clock.now(),
    }
    return {**values, **other}


@pytest.mark.parametrize(
    "other", [{}, {"said_urgent": True, "category": "WATER"}, {"position": None, "photos": []}]
)
def test_it_stores_what_the_object_would(other):
    values = _values(**other)
    row = Leaf.insert_row(**values)
    stored = Leaf.rows().find_one({"_id": row["_id"]})
    Leaf.rows().delete_one({"_id": row["_id"]})
    whole = Leaf(**values).insert()
    assert {**stored, "_id": whole.id} == Leaf.rows().find_one({"_id": whole.id})
    assert stored == row


def test_defaults_are_not_shared():
    one, other = (Leaf.insert_row(**_values()) for _ in range(2))
    assert one["departments"] is not other["departments"]


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"number": None}, ValidationError),
        ({"kind": "wish"}, ValidationError),
        ({"colour": "red"}, TypeError),
    ],
)
def test_what_cannot_be_stored_is_refused(other, error):
    with pytest.raises(error):
        Leaf.insert_row(**_values(**other))
    assert Leaf.rows().count_documents({}) == 0


def test_a_unique_index_says_no():
    values = _values()
    Leaf.insert_row(**values)
    with pytest.raises(DuplicateKeyError):
        Leaf.insert_row(**values)
