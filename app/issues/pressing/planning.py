"""A promise to a date, looked at when the date has come: was it kept?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.foundation import duties
from app.foundation.db import Row, transaction
from app.foundation.duties import Duty
from app.foundation.errors import Conflict, Forbidden, Invalid
from app.foundation.history import SYSTEM
from app.foundation.reasons import Reason
from app.issues.access import issue_ties
from app.issues.documents import Issue
from app.issues.ending.tickets import redo_lead
from app.issues.moves import lead_of, machine_of, move_issue
from app.issues.work.steps import STAFF, on_issue
from app.people.access import allowed, roles_reaching
from app.people.who import Who
from app.photos import actions as photos

ASKERS = ("contact", "commissioner")
RUNNING, DUE, KEPT, BROKEN = "running", "due", "kept", "broken"


def check_plan(duty: Duty, now: datetime) -> None:
    """The promised date has come: those concerned are asked, if it is still this promise."""

    def work() -> None:
        issue = Issue.get(duty.subject)
        plan = dict(issue.plan)
        still = plan.get("state") == RUNNING and plan["due_at"] == duty.payload["due_at"]
        if still and "plan_due" in machine_of("issue").legal(issue.state):
            move_issue(
                issue,
                "plan_due",
                SYSTEM,
                now,
                change={"plan": {**plan, "state": DUE}},
                data={"day": plan["day"]},
                tell="issue.plan_due",
            )
        duties.finish(duty, now)

    transaction(work)


def tell(
    who: Who, key: str, *, kept: bool, text: str, photo_ids: Sequence[str], now: datetime
) -> Issue:
    """Say whether a promised date was kept, once it has come.

    A department shows it, by words or a photo, and the enterprise may say otherwise; its own word is the
    last. "Not kept" from the enterprise takes the issue up again, one level up, however long ago it ended.
    Raises Conflict before the date and after the last word, Invalid for a department's word without proof,
    Forbidden for departments that have not the lead.
    """

    def step(issue: Issue) -> None:
        side = _side(who, issue)
        _check_turn(issue, side)
        if side == "department" and not (text.strip() or photo_ids):
            raise Invalid("plan.proof_needed", fields={"text": [Reason("request.required")]})
        pictures = photos.attachable(who, photo_ids)
        photos.attach(pictures, "issue", issue.id)
        by = who.acting(*(ASKERS if side == "enterprise" else STAFF))
        plan: Row = {**issue.plan, "state": KEPT if kept else BROKEN, "told_by": side}
        again = side == "enterprise" and not kept
        event = "issue.plan_kept" if kept else "issue.plan_broken"
        data = {"day": plan["day"], "photos": pictures}
        move_issue(
            issue,
            "plan_kept" if kept else "plan_broken",
            by,
            now,
            change={"plan": plan},
            text=text,
            data=data,
            # Taken up again, that is what the department is told.
            tell=None if again else event,
        )
        if again:
            redo_lead(issue, by, now, change={"plan": plan}, text=text, data=data)

    return on_issue(who, key, "issue.plan", step)


def steps_for(who: Who, issue: Issue) -> list[str]:
    """`plan`, when `who` may say now whether the date was kept."""
    if not issue.plan or not allowed(who, "issue.plan", issue_ties(issue)):
        return []
    try:
        _check_turn(issue, _side(who, issue))
    except (Conflict, Forbidden):
        return []
    return ["plan"] if "plan_kept" in machine_of("issue").legal(issue.state) else []


def _side(who: Who, issue: Issue) -> str:
    """Whose word it is; who is of both sides speaks for the enterprise."""
    if set(roles_reaching(who, "issue.plan", issue_ties(issue))) & {*ASKERS}:
        return "enterprise"
    lead = lead_of(issue.id)
    if lead is None or lead.department not in {held.department for held in who.having(*STAFF)}:
        raise Forbidden("forbidden")
    return "department"


def _check_turn(issue: Issue, side: str) -> None:
    state, told_by = issue.plan.get("state"), issue.plan.get("told_by")
    if state in (None, RUNNING):
        raise Conflict("plan.not_due")
    if state != DUE and (told_by == "enterprise" or side == "department"):
        raise Conflict("plan.told_already")
