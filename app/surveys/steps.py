"""One step of a survey, and what steps share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import days, history
from app.foundation.db import Row
from app.foundation.district import pack
from app.foundation.errors import Conflict, Invalid
from app.foundation.history import Actor
from app.foundation.reasons import Reason
from app.surveys import forms
from app.surveys.documents import SURVEY, Survey


def step(
    row: Row,
    action: str,
    before: str,
    after: str,
    by: Actor,
    now: datetime,
    values: Row,
    *,
    push: Row | None = None,
    text: str = "",
    data: Mapping[str, Any] | None = None,
) -> ObjectId:
    """One step of a stored survey with its history row, which it gives; inside a transaction.

    Raises Conflict when the state forbids it, or somebody was faster.
    """
    if row["state"] != before:
        fields = {"action": [action], "state": [row["state"]]}
        raise Conflict("survey.transition_not_allowed", fields=fields)
    update: Row = {
        "$set": {**values, "state": after, "updated_at": now},
        "$inc": {"version": 1},
        **({"$push": push} if push else {}),
    }
    same = {"_id": row["_id"], "version": row["version"], "state": before}
    if not Survey.rows().update_one(same, update).modified_count:
        raise Conflict("changed_meanwhile")
    version = row["version"] + 1
    return history.append(
        SURVEY,
        row["_id"],
        action,
        by=by,
        now=now,
        before=before,
        after=after,
        text=text,
        data=data,
        version=version,
    )


def ahead(until: str, now: datetime) -> None:
    """Raise Invalid for a last day that is over."""
    if until < days.today(now).isoformat():
        raise Invalid("request.invalid", fields={"until": [Reason("survey.day_is_over")]})


def form_of(questions: Sequence[Mapping[str, Any]], version: int, by: Actor, now: datetime) -> Row:
    """A version of the form as it is stored. Raises Invalid for one that cannot be answered."""
    form = forms.questions(questions)
    forms.check(form, {each.code for each in pack().categories})
    rows = [each.stored() for each in form]
    return {"version": version, "questions": rows, "reason": "", **signed(by, now)}


def signed(by: Actor, now: datetime) -> Row:
    """Who says it, and when."""
    return {"by": by.id, "by_name": by.name, "role": by.role, "at": now}
