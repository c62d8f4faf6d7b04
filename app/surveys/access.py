"""Who may see and do what with surveys and replies, in terms of the one policy table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.enterprises.ties import COLUMNS as FIRMS
from app.foundation.db import Row
from app.foundation.errors import NotFound
from app.foundation.ids import object_id
from app.people.access import NOTHING, Columns, Ties, allowed, may, scope
from app.people.who import Who
from app.surveys.documents import Reply, Survey
from app.surveys.states import DRAFT

SEE, INSIDE, WRITE = "survey.see", "survey.see_inside", "survey.write"
SEE_REPLY, ANSWER, MARK = "survey_reply.see", "survey_reply.answer", "survey_reply.mark"
COLUMNS = Columns(unit="unit", departments="department")
_OF_DEPARTMENT = Columns(departments="department")


def ties(row: Mapping[str, Any]) -> Ties:
    """What binds a survey, stored or about to be, to people: whose it is."""
    home = row.get("department")
    return Ties(unit=row.get("unit"), departments=(home,) if home else ())


def reply_ties(row: Mapping[str, Any], firm: Mapping[str, Any]) -> Ties:
    """What binds a stored reply of a stored firm to people: the firm as it is now, and whose survey it is."""
    return Ties(
        enterprise=row["enterprise"],
        unit=firm.get("unit"),
        served_by=firm.get("commissioner"),
        departments=(row["department"],) if row["department"] else (),
    )


def see(who: Who, key: str | ObjectId) -> Row:
    """The stored survey, if `who` may know of it: firms know of those that they are asked by.

    Raises NotFound else.
    """
    row = Survey.rows().find_one({"_id": object_id(str(key))})
    if row is None or not (_open_to(who, row) or inside(who, row) or _asked(who, row)):
        raise NotFound("not_found")
    return row


def inside(who: Who, row: Mapping[str, Any]) -> bool:
    """Whether `who` sees drafts of it, and figures of however few firms."""
    return allowed(who, INSIDE, ties(row))


def _open_to(who: Who, row: Row) -> bool:
    return row["state"] != DRAFT and may(who, SEE)


def _asked(who: Who, row: Row) -> bool:
    query = {"$and": [{"survey": row["_id"]}, within(who)]}
    return Reply.rows().find_one(query, {"_id": 1}) is not None


def seen(who: Who) -> Row:
    """The filter of surveys that `who` may know of."""
    branches: list[Row] = [scope(who, INSIDE, COLUMNS)]
    if may(who, SEE):
        branches.append({"state": {"$ne": DRAFT}})
    elif who.has("contact"):
        branches.append({"_id": {"$in": Reply.rows().distinct("survey", within(who))}})
    return {"$or": branches}


def within(who: Who, action: str = SEE_REPLY) -> Row:
    """The replies to which `who` may do `action`: by the firm as it is now, or whose survey it is."""
    own = scope(who, action, _OF_DEPARTMENT)
    if not own:
        return {}
    theirs = scope(who, action, FIRMS)
    if theirs == NOTHING:
        return own
    return {"$or": [own, {"enterprise": {"$in": Enterprise.rows().distinct("_id", theirs)}}]}


def see_reply(who: Who, key: str | ObjectId) -> tuple[Row, Row]:
    """A stored reply and its firm, if `who` may know of it. Raises NotFound else."""
    row = Reply.rows().find_one({"_id": object_id(str(key))})
    firm = firm_of(row) if row else {}
    if row is None or not allowed(who, SEE_REPLY, reply_ties(row, firm)):
        raise NotFound("not_found")
    return row, firm


def firm_of(reply: Mapping[str, Any]) -> Row:
    """The firm of a stored reply; of one that is no more, what has only its id."""
    key = reply["enterprise"]
    return Enterprise.rows().find_one({"_id": key}) or {"_id": key, "name": ""}
