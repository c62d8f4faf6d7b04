"""Who may see what of things that belong to a firm and to people: one of them, and lists of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.enterprises.ties import COLUMNS as FIRMS
from app.foundation.db import Row
from app.people.access import NOTHING, Columns, Ties, scope
from app.people.who import Who


def firm_ties(
    firm: Mapping[str, Any],
    *,
    owner: ObjectId | None = None,
    departments: Iterable[ObjectId | None] = (),
) -> Ties:
    """What binds a thing of a stored firm to people: its owner, its departments, and the firm."""
    return Ties(
        owner=owner,
        served_by=firm.get("commissioner"),
        enterprise=firm.get("_id"),
        unit=firm.get("unit"),
        departments=tuple(filter(None, departments)),
    )


def within(who: Who, action: str, columns: Columns, firm: str = "enterprise") -> Row:
    """The filter of things to which `who` may do `action`: by their own columns, or by their firm."""
    own = scope(who, action, columns)
    if not own:
        return {}
    theirs = scope(who, action, FIRMS)
    if theirs == NOTHING:
        return own
    return {"$or": [own, {firm: {"$in": Enterprise.rows().distinct("_id", theirs)}}]}


def page_of(found: Any, page: int, page_size: int) -> list[Row]:
    """The rows of one page of a cursor."""
    return list(found.skip((page - 1) * page_size).limit(page_size))
