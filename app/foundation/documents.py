"""The base of all documents."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import mongoengine
from bson import ObjectId
from pymongo.collection import Collection

from app.foundation.errors import NotFound
from app.foundation.ids import object_id


class Document(mongoengine.Document):
    """A stored thing. Indexes are built by migrations only: a first use inside a transaction must not."""

    id: ObjectId
    meta: ClassVar[dict[str, Any]] = {"abstract": True, "auto_create_index": False}
    objects: ClassVar[Any]

    @classmethod
    def rows(cls) -> Collection[dict[str, Any]]:
        """The bare collection, for guarded updates and hot paths."""
        return cls._get_collection()  # type: ignore[no-any-return]

    @classmethod
    def get(cls, key: str | ObjectId) -> Self:
        """The one with this id. Raises NotFound, for a malformed id too."""
        found = cls.objects(id=object_id(str(key))).first()
        if found is None:
            raise NotFound("not_found")
        return found  # type: ignore[no-any-return]

    def insert(self) -> Self:
        """Validate and insert as new, giving it an id. Joins the surrounding transaction.

        Raises pymongo's DuplicateKeyError when a unique index says no.
        """
        self.validate()
        row = self.to_mongo()
        self.rows().insert_one(row)
        self.id = row["_id"]
        return self
