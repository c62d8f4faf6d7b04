"""Stating figures and plans, one at a time, and locking months."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from app.enterprises.queries import see_enterprise
from app.foundation import days, history
from app.foundation.db import Row, transaction
from app.foundation.errors import Invalid
from app.foundation.reasons import Reason
from app.people.access import require
from app.people.who import Who
from app.projects.figures.documents import MonthLock
from app.projects.figures.registers import ENTERPRISE_FIGURES, PLANS, PROJECT_FIGURES
from app.projects.queries import see_project
from app.registers.fields import Month, Unfit
from app.registers.register import SAME, Draft, Register
from app.registers.stating import batch_of, loaded, state_line

_MONTH = Month(name="month")


def state_project_figures(
    who: Who, key: str, client_id: str, raw: Mapping[str, Any], reason: str, now: datetime
) -> tuple[Draft, bool]:
    """State what a month brought a project: (the draft, whether it says anything new).

    Measures that are not named stay as they were stated. Raises NotFound, Forbidden; Invalid by field;
    Conflict for a client_id that was used for something else.
    """
    said = {**raw, "project": str(see_project(who, key).id)}
    return _state(PROJECT_FIGURES, who, client_id, said, reason, now)


def state_enterprise_figures(
    who: Who, key: str, client_id: str, raw: Mapping[str, Any], reason: str, now: datetime
) -> tuple[Draft, bool]:
    """The same of an enterprise as a whole."""
    said = {**raw, "enterprise": str(see_enterprise(who, key).id)}
    return _state(ENTERPRISE_FIGURES, who, client_id, said, reason, now)


def state_plan(
    who: Who, key: str, client_id: str, raw: Mapping[str, Any], reason: str, now: datetime
) -> tuple[Draft, bool]:
    """State what a project is to invest in a year. Raises like `state_project_figures`."""
    return _state(
        PLANS, who, client_id, {**raw, "project": str(see_project(who, key).id)}, reason, now
    )


def _state(
    register: Register,
    who: Who,
    client_id: str,
    raw: Mapping[str, Any],
    reason: str,
    now: datetime,
) -> tuple[Draft, bool]:
    batch = batch_of(who, now, reason=reason)
    draft, _ = state_line(register, batch, loaded(register, raw), client_id=client_id)
    return draft, draft.outcome != SAME


def lock_month(who: Who, month: str, now: datetime) -> tuple[Row, bool]:
    """Close a month for the district: (the lock, whether it is new).

    What is entered of it from then on is a correction. Raises Forbidden, and Invalid for what is no month
    or is not over yet.
    """
    require(who, "month.lock")
    _must_be_over(month, now)

    def work() -> Row:
        lock = MonthLock.insert_row(month=month, by=who.id, at=now)
        by = who.acting("admin")
        history.append("month_lock", lock["_id"], "lock", by=by, now=now, data={"month": month})
        return lock

    try:
        return transaction(work), True
    except DuplicateKeyError:
        earlier = MonthLock.rows().find_one({"month": month})
        if earlier is None:
            raise
        return earlier, False


def _must_be_over(month: str, now: datetime) -> None:
    try:
        _MONTH.load(month)
    except Unfit as unfit:
        raise Invalid("request.invalid", fields={"month": [unfit.reason]}) from unfit
    if month >= days.month_of(days.today(now)):
        not_over = Reason("figure.month_not_over")
        raise Invalid("request.invalid", fields={"month": [not_over]})


def locks(who: Who, *, page: int, page_size: int) -> tuple[list[Row], int]:
    """A page of the months that are locked, the latest first, and how many there are. Raises Forbidden."""
    require(who, "figure.see")
    rows = MonthLock.rows()
    found = rows.find().sort("month", -1).skip((page - 1) * page_size).limit(page_size)
    return list(found), rows.count_documents({})
