"""What a case rests on: recorded checks, confirmed findings, issues and visits; and who may know of which."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.errors import Invalid
from app.foundation.ids import object_id
from app.issues.access import see_issue
from app.oversight.checks_hidden import hidden_from, seen_by
from app.oversight.checks_queries import see as see_check
from app.oversight.closures_documents import CONFIRMED, ClosureFinding
from app.oversight.closures_queries import see as see_closure
from app.oversight.draws_documents import RECORDED
from app.people.access import allowed
from app.people.who import Who
from app.visits.access import see_visit, ties
from app.visits.documents import Visit

CHECK, CLOSURE, ISSUE, VISIT = KINDS = ("check", "closure", "issue", "visit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One thing that a case rests on, and what it shows in the proposer's words."""

    kind: str
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of evidence as somebody may see it. `withheld`: what it is of is not for their eyes.

    Of what they may not open there is no id; of what is withheld no words either.
    """

    kind: str
    id: ObjectId | None
    name: str
    text: str
    withheld: bool


def gathered(who: Who, exhibits: Sequence[Exhibit]) -> list[Row]:
    """The evidence as it is stored. `who` must see all of it.

    Raises NotFound for what they may not know of; Invalid for a check that is not recorded or a finding
    that is not confirmed.
    """
    return [
        {"kind": each.kind, "text": each.text, **_FIND[each.kind](who, each.id)}
        for each in exhibits
    ]


def shown(who: Who, rows: Sequence[Mapping[str, Any]], *, inside: bool) -> list[Shown]:
    """The evidence for these eyes; `inside` are those whom the case names or who decide on it.

    Whoever may not see an issue as whole gets no way to it; if it is restricted, no word of it.
    """
    issues = [row["issue"] for row in rows]
    hidden, seen = hidden_from(who, issues), seen_by(who, issues)
    visits = _visits_seen(who, rows)
    found = []
    for row in rows:
        if row["issue"] in hidden:
            found.append(Shown(row["kind"], None, "", "", withheld=True))
            continue
        opens = row["issue"] in seen or (row["issue"] is None and row["visit"] in visits)
        key, name = (row["id"], row["name"]) if opens and inside else (None, "")
        found.append(Shown(row["kind"], key, name, row["text"], withheld=False))
    return found


def _check(who: Who, key: str) -> Row:
    row = see_check(who, key)
    if row["state"] != RECORDED:
        raise Invalid("case.check_not_recorded", fields={"evidence": [key]})
    visit = row["item_id"] if row["issue"] is None else None
    return {"id": row["_id"], "name": row["name"], "issue": row["issue"], "visit": visit}


def _closure(who: Who, key: str) -> Row:
    """By the id of its ticket, which is how closures are addressed."""
    see_closure(who, key)
    query = {"ticket": object_id(key), "state": CONFIRMED}
    row = ClosureFinding.rows().find_one(query, sort=[("answered_at", -1)])
    if row is None:
        raise Invalid("case.closure_not_confirmed", fields={"evidence": [key]})
    return {"id": row["ticket"], "name": row["number"], "issue": row["issue"], "visit": None}


def _issue(who: Who, key: str) -> Row:
    issue = see_issue(who, key)
    return {"id": issue.id, "name": issue.number, "issue": issue.id, "visit": None}


def _visit(who: Who, key: str) -> Row:
    visit = see_visit(who, key)
    return {"id": visit.id, "name": "", "issue": None, "visit": visit.id}


_FIND: Mapping[str, Callable[[Who, str], Row]] = {
    CHECK: _check,
    CLOSURE: _closure,
    ISSUE: _issue,
    VISIT: _visit,
}


def _visits_seen(who: Who, rows: Sequence[Mapping[str, Any]]) -> set[ObjectId]:
    keys = [row["visit"] for row in rows if row["visit"] is not None]
    found = Visit.objects(id__in=keys) if keys else ()
    return {visit.id for visit in found if allowed(who, "visit.see", ties(visit))}
