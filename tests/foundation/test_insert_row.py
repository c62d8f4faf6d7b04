"""Inserting without the object stores what inserting the object does."""

from __future__ import annotations

from typing import Any

import pytest
from bson import ObjectId
from mongoengine.errors import ValidationError
from pymongo.errors import DuplicateKeyError

from app.foundation import clock
from app.issues.documents import Issue


def _values(**other: Any) -> dict[str, Any]:
    now = clock.now()
    values = {
        "number": f"JY-{ObjectId()}",
        "owner": ObjectId(),
        "owner_role": "contact",
        "client_id": str(ObjectId()),
        "fingerprint": "f",
        "kind": "request",
        "state": "submitted",
        "text": "配电房进水",
        "category": None,
        "urgent": False,
        "said_urgent": None,
        "unit": "321204002",
        "position": {"point": {"type": "Point", "coordinates": [120.1, 32.5]}},
        "photos": [ObjectId()],
        "created_at": now,
        "updated_at": now,
    }
    return {**values, **other}


@pytest.mark.parametrize(
    "other", [{}, {"said_urgent": True, "category": "WATER"}, {"position": None, "photos": []}]
)
def test_it_stores_what_the_object_would(clean, other):
    values = _values(**other)
    row = Issue.insert_row(**values)
    stored = Issue.rows().find_one({"_id": row["_id"]})
    Issue.rows().delete_one({"_id": row["_id"]})
    whole = Issue(**values).insert()
    assert {**stored, "_id": whole.id} == Issue.rows().find_one({"_id": whole.id})
    assert stored == row


def test_defaults_are_not_shared(clean):
    one, other = (Issue.insert_row(**_values()) for _ in range(2))
    assert one["departments"] is not other["departments"]


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"number": None}, ValidationError),
        ({"kind": "wish"}, ValidationError),
        ({"colour": "red"}, TypeError),
    ],
)
def test_what_cannot_be_stored_is_refused(clean, other, error):
    with pytest.raises(error):
        Issue.insert_row(**_values(**other))
    assert Issue.rows().count_documents({}) == 0


def test_a_unique_index_says_no(clean):
    values = _values()
    Issue.insert_row(**values)
    with pytest.raises(DuplicateKeyError):
        Issue.insert_row(**values)
