"""Commitments as people state them, and looking at them beside what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.foundation import days
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.entries import STANDING
from app.people.access import require
from app.people.who import Who
from app.projects.commitments.compare import Compared, compare
from app.projects.commitments.documents import Commitment
from app.projects.commitments.register import REGISTER
from app.projects.queries import see_project
from app.projects.rates import standing
from app.projects.rates.documents import StoredStanding
from app.projects.ties import project_ties
from app.registers.register import SAME
from app.registers.stating import batch_of, loaded, state_line


@dataclass(frozen=True, slots=True)
class Looked:
    """What a project's firm is committed to now, how that goes, and all entries of it, newest first."""

    current: Row | None
    compared: list[Compared]
    entries: list[Row]


def commit(
    who: Who, key: str, raw: Mapping[str, Any], client_id: str, reason: str, now: datetime
) -> tuple[Row, bool]:
    """State what the firm of a project committed itself to: (the entry, whether it is new).

    What `raw`, by the names of the register's fields, leaves out stays as it was. Where the project promises
    no sales or tax, it promises these from now on. Raises NotFound, Forbidden, Invalid by field; Conflict
    when the client_id was used for something else.
    """
    project = see_project(who, key)
    line = loaded(REGISTER, {**raw, "project": project.code})
    batch = batch_of(who, now, reason=reason)
    draft, _ = state_line(REGISTER, batch, line, client_id=client_id)
    return draft.after, draft.outcome != SAME


def look(who: Who, key: str, now: datetime, *, history: bool = False) -> Looked:
    """The commitment of a project beside its actuals. Raises NotFound, Forbidden."""
    project = see_project(who, key)
    require(who, "commitment.see", project_ties(project))
    current = Commitment.rows().find_one({"project": project.id, **STANDING})
    entries: list[Row] = []
    if history:
        found = Commitment.rows().find({"project": project.id})
        entries = list(found.sort([("known_at", -1), ("_id", -1)]))
    if current is None:
        return Looked(None, [], entries)
    stored = StoredStanding.rows().find_one({"_id": project.id})
    known = standing.of_row(stored) if stored else None
    months = pack().rates.target.until_month
    return Looked(current, compare(current, known, days.today(now), months), entries)
