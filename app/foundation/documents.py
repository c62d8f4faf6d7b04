"""The base of all documents."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import mongoengine
from bson import ObjectId
from mongoengine.errors import ValidationError
from pymongo.collection import Collection

from app.foundation.db import collection
from app.foundation.errors import NotFound
from app.foundation.ids import object_id


class Document(mongoengine.Document):
    """A stored thing. Indexes are built by migrations only: a first use inside a transaction must not."""

    id: ObjectId
    meta: ClassVar[dict[str, Any]] = {"abstract": True, "auto_create_index": False}
    objects: ClassVar[Any]

    @classmethod
    def _get_collection(cls) -> Collection[dict[str, Any]]:
        """Never mongoengine's own kept one: it may belong to a client that was closed since."""
        return collection(cls._get_collection_name())

    @classmethod
    def rows(cls) -> Collection[dict[str, Any]]:
        """The bare collection, for guarded updates and hot paths."""
        return collection(cls._get_collection_name())

    @classmethod
    def get(cls, key: str | ObjectId) -> Self:
        """The one with this id. Raises NotFound, for a malformed id too."""
        found = cls.objects(id=object_id(str(key))).first()
        if found is None:
            raise NotFound("not_found")
        return found  # type: ignore[no-any-return]

    @classmethod
    def insert_row(cls, **values: Any) -> dict[str, Any]:
        """Insert as new what was checked already, without building the object, and give the stored row.

        What is left out or None gets its field's default. Types are not looked at, which on a hot path
        costs more than the insert. Joins the surrounding transaction. Raises TypeError for an unknown
        name, mongoengine's ValidationError for a value that is required or not among the field's choices,
        and pymongo's DuplicateKeyError when a unique index says no.
        """
        if unknown := values.keys() - cls._fields.keys():
            raise TypeError(f"{cls.__name__} has no {', '.join(sorted(unknown))}")
        row: dict[str, Any] = {"_id": ObjectId()}
        for name, field in cls._fields.items():
            value = values.get(name)
            if value is None:
                value = field.default() if callable(field.default) else field.default
            if value is not None or field.null:
                row[field.db_field] = value
            elif field.required:
                raise ValidationError(f"{cls.__name__}.{name} is required")
            if field.choices and value is not None and value not in field.choices:
                raise ValidationError(f"{cls.__name__}.{name} cannot be {value}")
        cls.rows().insert_one(row)
        return row

    def insert(self) -> Self:
        """Validate and insert as new, giving it an id. Joins the surrounding transaction.

        Raises pymongo's DuplicateKeyError when a unique index says no.
        """
        self.validate()
        row = self.to_mongo()
        self.rows().insert_one(row)
        self.id = row["_id"]
        return self
