"""Looking at areas."""

from __future__ import annotations

from app.foundation.db import Row
from app.foundation.errors import NotFound
from app.people.access import require
from app.people.who import Who
from app.units.documents import THERE, Area

_BRIEF = {"shape": 0}


def find(code: str) -> Row | None:
    """The area with this code, as it is stored; None when there is none, or no more."""
    return Area.rows().find_one({"code": code, **THERE})


def see_area(who: Who, code: str) -> Row:
    """The same for somebody who looks. Raises Forbidden, and NotFound when there is none."""
    require(who, "area.see")
    found = find(code)
    if found is None:
        raise NotFound("not_found")
    return found


def areas(who: Who, *, page: int, page_size: int, kind: str | None = None) -> tuple[list[Row], int]:
    """A page of the areas without their shapes, by code, and how many there are. Raises Forbidden."""
    require(who, "area.see")
    query = {**THERE, **({"kind": kind} if kind else {})}
    rows = Area.rows().find(query, _BRIEF).sort("code", 1).skip((page - 1) * page_size)
    return list(rows.limit(page_size)), Area.rows().count_documents(query)
