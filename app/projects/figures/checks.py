"""The checks of monthly figures and annual plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.foundation import days
from app.projects.figures.documents import (
    ENTERPRISE,
    MEASURES,
    MonthLock,
    about_figure,
    about_plan,
)
from app.registers.register import Batch, Draft

PLANS_AHEAD = "planned_investment"
"""The one measure that a month to come may have."""
_STATED = (*MEASURES, "basis")


def figure_of(row: Mapping[str, Any]) -> str:
    """Of what stated or stored figures are. Raises KeyError where they do not say."""
    return about_figure(row["kind"], row["subject"], row["month"])


def plan_of(row: Mapping[str, Any]) -> str:
    """Of what a stated or stored plan is. Raises KeyError where it does not say."""
    return about_plan(row["project"], row["year"])


def check_figures(batch: Batch, drafts: Sequence[Draft]) -> None:
    """Months that are not over yet, nothing stated, tax of unknown source, months that are locked."""
    month = days.month_of(days.today(batch.now))
    locked = locked_months(draft.after["month"] for draft in drafts)
    for draft in drafts:
        _settle(draft)
        line, after = draft.line, draft.after
        known = [name for name in MEASURES if after.get(name) is not None]
        if after["month"] > month and set(known) - {PLANS_AHEAD}:
            line.blame("month", "figure.month_to_come")
        if not known and draft.before is None:
            line.blame(None, "figure.nothing_stated")
        taxed = after["kind"] == ENTERPRISE and after.get("tax") is not None
        if taxed and not after["basis"]:
            line.blame("basis", "figure.basis_needed")
        if after["month"] in locked and _says_more(draft):
            after["correction"] = True
            if not batch.reason:
                line.blame("month", "figure.month_locked", month=after["month"])


def locked_months(months: Iterable[str]) -> set[str]:
    """Which of the months are locked; one look."""
    query = {"month": {"$in": list(set(months))}}
    return {row["month"] for row in MonthLock.rows().find(query, {"month": 1})}


def _settle(draft: Draft) -> None:
    """What was void says nothing of what is stated anew; else what is not named stays as it was."""
    void = draft.before is not None and draft.before["void"]
    for name in _STATED if void else ():
        if name not in draft.line.values:
            draft.after[name] = None
    draft.after["basis"] = draft.after.get("basis") or ""


def _says_more(draft: Draft) -> bool:
    before = draft.before
    if before is None or before["void"]:
        return True
    return any(draft.after.get(name) != before.get(name) for name in _STATED)


def check_plans(batch: Batch, drafts: Sequence[Draft]) -> None:
    """The first plan of a year stays the first, whatever follows."""
    for draft in drafts:
        before = draft.before
        draft.after["first"] = before["first"] if before else draft.after["investment"]
