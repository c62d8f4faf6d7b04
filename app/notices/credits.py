"""How many more WeChat messages of a template a person agreed to. WeChat itself has the last word."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bson import ObjectId

from app.foundation import db
from app.foundation.district import pack
from app.foundation.errors import Invalid
from app.foundation.reasons import Reason
from app.people.who import Who

MOST = 1000


def rows() -> Any:
    """The bare collection: {person, template, count}."""
    return db.collection("credits")


def add(who: Who, template: str, accepted: int) -> None:
    """`who` agreed to so many more. Raises Invalid for a template that the district does not have."""
    if pack().notices.template(template) is None:
        raise Invalid(
            "notice.unknown_template",
            fields={"template": [Reason("request.one_of", {"choices": ", ".join(_ids())})]},
        )
    mine = {"person": who.id, "template": template}
    rows().update_one(mine, {"$inc": {"count": accepted}}, upsert=True)
    rows().update_one({**mine, "count": {"$gt": MOST}}, {"$set": {"count": MOST}})


def having(people: Collection[ObjectId], template: str) -> frozenset[ObjectId]:
    """Those of them who have some left."""
    query = {"person": {"$in": list(people)}, "template": template, "count": {"$gt": 0}}
    return frozenset(row["person"] for row in rows().find(query, {"person": 1}))


def use(person: ObjectId, template: str) -> None:
    """One message was sent. Joins the surrounding transaction."""
    some = {"person": person, "template": template, "count": {"$gt": 0}}
    rows().update_one(some, {"$inc": {"count": -1}})


def none_left(person: ObjectId, template: str) -> None:
    """WeChat says that the person agreed to none. Joins the surrounding transaction."""
    rows().update_one({"person": person, "template": template}, {"$set": {"count": 0}})


def of(who: Who) -> Mapping[str, int]:
    """How many `who` has left, by template."""
    return {row["template"]: row["count"] for row in rows().find({"person": who.id})}


def _ids() -> list[str]:
    return [each.id for each in pack().notices.templates]
