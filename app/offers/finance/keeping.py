"""Finance tools as people enter and change them, and look at them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import days
from app.foundation.db import Row
from app.foundation.errors import Invalid, NotFound
from app.foundation.ids import object_id
from app.foundation.reasons import Reason
from app.offers.access import page_of
from app.offers.finance.documents import FinanceTool, offered_on
from app.offers.finance.offering import directions
from app.offers.finance.register import REGISTER, tool_ties
from app.people.access import allowed, require
from app.people.who import Who
from app.registers.stating import batch_of, loaded, state_line, whole


def create(
    who: Who, raw: Mapping[str, Any], client_id: str, now: datetime
) -> tuple[ObjectId, bool]:
    """Enter a tool by the names of the register's fields: (it, whether it is new).

    Raises Invalid by field, Forbidden; Conflict when the code is taken, or the client_id was used for
    something else.
    """
    line = loaded(REGISTER, raw)
    draft, new = state_line(REGISTER, batch_of(who, now), line, client_id=client_id)
    return draft.after["_id"], new


def change(who: Who, key: str, raw: Mapping[str, Any], version: int, now: datetime) -> None:
    """Change a tool as a whole, if it still is this `version`; its code stays.

    Raises like `create`; NotFound, Stale.
    """
    tool = see(who, key)
    if raw.get("code") != tool["code"]:
        raise Invalid("request.invalid", fields={"code": [Reason("register.key_stays")]})
    state_line(REGISTER, batch_of(who, now), whole(REGISTER, raw), version=version)


def see(who: Who, key: str | ObjectId) -> Row:
    """The stored tool, which is no secret. Raises NotFound, Forbidden."""
    require(who, "finance_tool.see")
    row = FinanceTool.rows().find_one({"_id": object_id(str(key))})
    if row is None:
        raise NotFound("not_found")
    return row


def may_change(who: Who, tool: Row) -> bool:
    """Whether `who` may change a stored tool."""
    return allowed(who, "finance_tool.write", tool_ties(tool))


def listed(
    who: Who,
    now: datetime,
    *,
    page: int,
    page_size: int,
    q: str | None = None,
    kind: str | None = None,
    industry: str | None = None,
    offered: bool | None = None,
) -> tuple[list[Row], int]:
    """A page of the tools by code, and how many.

    `industry` finds those for it, those for a direction that takes it in today, and those for all.
    """
    require(who, "finance_tool.see")
    parts: list[Row] = [{}]
    if kind:
        parts.append({"kind": kind})
    if industry:
        taken = directions(days.today(now).isoformat())
        into = [code for code, inside in taken.items() if industry in inside]
        for_all: Row = {"industries": [], "directions": []}
        asked = ({"industries": industry}, {"directions": {"$in": into}}, for_all)
        parts.append({"$or": list(asked)})
    if q:
        pattern = {"$regex": re.escape(q), "$options": "i"}
        parts.append({"$or": [{name: pattern} for name in ("code", "name", "provider")]})
    if offered:
        parts.append(offered_on(days.today(now).isoformat()))
    query = {"$and": parts}
    found = FinanceTool.rows().find(query).sort("code", 1)
    return page_of(found, page, page_size), FinanceTool.rows().count_documents(query)
