"""Dictionaries that admins fill: industries, tags, pools, kinds of funding, and whatever else has names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.foundation import history
from app.foundation.db import Row, transaction
from app.foundation.errors import Invalid, NotFound, Stale
from app.foundation.reasons import Reason
from app.people.access import require
from app.people.who import Who
from app.registers.documents import Term


@dataclass(frozen=True, slots=True)
class Names:
    """The codes of a dictionary with their names, past ones too: what is stored keeps its word."""

    dictionary: str

    def __call__(self) -> Mapping[str, Sequence[str]]:
        """All of them."""
        rows = Term.rows().find({"dictionary": self.dictionary}).sort("code", 1)
        return {row["code"]: (row["name"],) for row in rows}

    def offered(self, day: str) -> Mapping[str, Sequence[str]]:
        """Those that are valid on a day (`2026-11-24`): what a new row may have."""
        return {row["code"]: (row["name"],) for row in of(self.dictionary, on=day)}


def names(dictionary: str) -> Names:
    """For a field of choices: what new rows may have are only the terms that are valid on the day."""
    return Names(dictionary)


def of(dictionary: str | None = None, *, on: str | None = None) -> list[Row]:
    """The terms of a dictionary, or of all, valid on a day (`2026-11-24`) where one is named."""
    query: Row = {"dictionary": dictionary} if dictionary else {}
    if on is not None:
        query["$and"] = [
            {"$or": [{"since": None}, {"since": {"$lte": on}}]},
            {"$or": [{"until": None}, {"until": {"$gt": on}}]},
        ]
    return list(Term.rows().find(query).sort([("dictionary", 1), ("code", 1)]))


def see(dictionary: str, code: str) -> Row:
    """A term. Raises NotFound."""
    row = Term.rows().find_one({"dictionary": dictionary, "code": code})
    if row is None:
        raise NotFound("not_found")
    return row


def put(
    who: Who, dictionary: str, code: str, said: Mapping[str, Any], version: int, now: datetime
) -> Row:
    """Define a term (`version` 0), or say anew what it is: {name, since, until, attributes}.

    Raises Forbidden; Invalid when it would end before it begins; Stale when it was changed meanwhile.
    """
    require(who, "dictionary.change")
    if said["since"] and said["until"] and said["until"] <= said["since"]:
        raise Invalid(
            "request.invalid", fields={"until": [Reason("dictionary.ends_before_it_begins")]}
        )
    key = {"dictionary": dictionary, "code": code}

    def work() -> None:
        before = Term.rows().find_one(key)
        if (before or {"version": 0})["version"] != version:
            raise Stale("changed_meanwhile")
        if before is None:
            made = Term.insert_row(**key, **said, updated_at=now)
        else:
            Term.rows().update_one(
                {"_id": before["_id"], "version": version},
                {"$set": {**said, "updated_at": now}, "$inc": {"version": 1}},
            )
            made = before
        was = {name: before.get(name) for name in said} if before else {}
        thing: ObjectId = made["_id"]
        data = {"before": was, "after": dict(said)}
        action = "change" if before else "create"
        history.append("term", thing, action, by=who.acting("admin"), now=now, data=data)

    try:
        transaction(work)
    except DuplicateKeyError as error:  # two define it at once
        raise Stale("changed_meanwhile") from error
    return see(dictionary, code)
