"""Projects as people enter and change them, one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.foundation.db import Row
from app.foundation.errors import Invalid
from app.foundation.reasons import Reason
from app.people.who import Who
from app.projects.documents import Project
from app.projects.queries import see_project
from app.projects.register import REGISTER
from app.registers.stating import batch_of, loaded, state_line, whole
from app.units.shapes import Unsound, shape_of

STAYS = ("commissioner",)
"""What a change of the whole does not touch: who serves a project is changed by an assignment."""


def create(
    who: Who, raw: Mapping[str, Any], area: Any, client_id: str, now: datetime
) -> tuple[Project, bool]:
    """Enter a project by the names of the register's fields: (it, whether it is new).

    `area` is a GeoJSON polygon in WGS-84, or None. Raises Invalid by field, Forbidden; Conflict when its
    code is taken, or the client_id was used for something else.
    """
    named = dict(raw)
    if who.has("commissioner") and not named.get("commissioner"):
        named["commissioner"] = str(who.id)
    line, batch = loaded(REGISTER, named), batch_of(who, now)
    extra = {"area": _shape(area)}
    draft, new = state_line(REGISTER, batch, line, extra=extra, client_id=client_id)
    return Project.get(draft.after["_id"]), new


def change(
    who: Who, key: str, raw: Mapping[str, Any], area: Any, version: int, now: datetime
) -> Project:
    """Change a project as a whole, if it still is this `version`. Its code stays.

    Raises like `create`; NotFound, Stale when it was changed meanwhile.
    """
    project = see_project(who, key)
    if raw.get("code") != project.code:
        raise Invalid("request.invalid", fields={"code": [Reason("register.key_stays")]})
    line, batch = whole(REGISTER, raw, but=STAYS), batch_of(who, now)
    state_line(REGISTER, batch, line, extra={"area": _shape(area)}, version=version)
    return Project.get(key)


def _shape(area: Any) -> Row | None:
    if area is None:
        return None
    try:
        return shape_of(area, "wgs84").geometry
    except Unsound as unsound:
        raise Invalid("request.invalid", fields={"area": list(unsound.reasons)}) from unsound
