"""What boards are read from: facts with the time that they were so, cells that count them, and one marker."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from bson import ObjectId
from mongoengine import DateTimeField, DictField, IntField, ListField, ObjectIdField, StringField

from app.foundation.documents import Document

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Until when a fact holds of which no end is known."""
ONE = "boards"


class Fact(Document):
    """What one thing (`key`) counted as from `since` to before `until`: it is in each of `cells`.

    Never changed but for `until`, once. `subject` is the record of a `kind` that it opens to, `owner` what
    is made anew together; `rank` is its place in lists, `sums` (by mark) what cells add up of it, `ties` what
    others count by. At `turns_at` it becomes another by the mere time. `gen`: which building it belongs to.
    """

    gen: int = IntField(required=True)
    key: str = StringField(required=True)
    owner: str = StringField(required=True)
    kind: str = StringField(required=True)
    subject: ObjectId = ObjectIdField(required=True)
    cells: list[str] = ListField(StringField())
    sums: dict[str, Any] = DictField()
    ties: list[Any] = ListField()
    rank: datetime = DateTimeField(required=True)
    turns_at: datetime | None = DateTimeField(null=True, default=None)
    since: datetime = DateTimeField(required=True)
    until: datetime = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "board_facts"}


class BoardCell(Document):
    """How many facts are in a cell (its id) now, `n`, and what they add up to, `sums`."""

    id: str = StringField(primary_key=True)  # type: ignore[assignment]
    n: int = IntField(default=0)
    sums: dict[str, Any] = DictField()

    meta: ClassVar[dict[str, Any]] = {"collection": "board_cells"}


class Marker(Document):
    """How far the facts are folded: there is one row.

    Cells and facts of the building `gen` are those of the moment `as_of`; lists can be opened as of any
    moment from `kept_from` on. By feed, `bases` are stamps up to which all is folded for good, `told` those
    past them that are folded too. `pending` changes were too many for one turn. `shape` names what the facts
    were made by.
    """

    id: str = StringField(primary_key=True)  # type: ignore[assignment]
    gen: int = IntField(required=True)
    shape: str = StringField(required=True)
    as_of: datetime = DateTimeField(required=True)
    kept_from: datetime = DateTimeField(required=True)
    bases: dict[str, int] = DictField()
    told: dict[str, list[int]] = DictField()
    pending: int = IntField(default=0)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "board_marker"}
