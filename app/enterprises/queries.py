"""Looking at enterprises."""

from __future__ import annotations

import re

from app.enterprises.documents import Enterprise
from app.enterprises.ties import COLUMNS
from app.foundation.errors import NotFound
from app.people.access import Ties, allowed, scope
from app.people.who import Who


def see_enterprise(who: Who, key: str) -> Enterprise:
    """The enterprise, if `who` may know of it. Raises NotFound else."""
    found = Enterprise.get(key)
    if not allowed(who, "enterprise.see", Ties(enterprise=found.id, unit=found.unit)):
        raise NotFound("not_found")
    return found


def enterprises(
    who: Who,
    *,
    page: int,
    page_size: int,
    q: str | None = None,
    unit: str | None = None,
    tag: str | None = None,
) -> tuple[list[Enterprise], int]:
    """A page of the enterprises `who` may see, by name, and how many there are."""
    parts = [scope(who, "enterprise.see", COLUMNS)]
    if unit:
        parts.append({"unit": unit})
    if tag:
        parts.append({"tags": tag})
    if q:
        pattern = {"$regex": re.escape(q), "$options": "i"}
        parts.append({"$or": [{"name": pattern}, {"credit_code": pattern}]})
    found = Enterprise.objects(__raw__={"$and": parts})
    ordered = found.order_by("name", "id").skip((page - 1) * page_size).limit(page_size)
    return list(ordered), found.count()
