"""One cause behind many issues: they are linked to a master, which is answered once for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bson import ObjectId

from app.foundation import duties, history
from app.foundation.db import Row, transaction
from app.foundation.duties import Duty
from app.foundation.errors import Conflict
from app.foundation.history import SYSTEM, Actor
from app.foundation.messages import say
from app.foundation.reasons import Reason
from app.issues import barring
from app.issues.desk.merging import other_issue, take_part
from app.issues.documents import Issue, Ticket
from app.issues.moves import lead_of, machine_of, move_issue, move_ticket
from app.issues.work.answering import owe_linked, send
from app.issues.work.steps import on_issue
from app.people.who import Who

LEASE = timedelta(minutes=2)
SLICE = 50
ROLES = ("dispatcher", "inspector")


def link(who: Who, key: str, *, master_id: str, reason: str, now: datetime) -> Issue:
    """Link the issue to a master of the same cause; where that is answered already, so is this one, soon.

    Raises Invalid for a master that does not exist or is the issue itself, Conflict for one that is not
    open, and for what would make a chain: a master has no master.
    """

    def step(issue: Issue) -> None:
        barring.check_ordinary(issue)
        master = other_issue(issue, master_id, "master_id")
        tie(issue, master, who.acting(*ROLES), now, text=reason)

    return on_issue(who, key, "issue.link", step)


def tie(
    issue: Issue,
    master: Issue,
    by: Actor,
    now: datetime,
    *,
    text: str = "",
    why: Sequence[Reason] = (),
) -> None:
    """The step itself, inside the caller's transaction; `why` says more than which master it is.

    Raises Conflict like `link`.
    """
    if master.master or Issue.rows().find_one({"master": issue.id}, {"_id": 1}):
        raise Conflict("issue.no_chains")
    if issue.master == master.id:
        raise Conflict("issue.linked_already", number=master.number)
    take_part(master, "gather", "master_id")
    # A step of both, so that of two people who would make a chain together one is refused.
    reasons = [Reason("link.from", {"number": issue.number}), *why]
    told: dict[str, Any] = {"reasons": reasons, "data": {"linked": issue.id}}
    move_issue(master, "gather", by, now, text=text, internal=True, **told)
    move_issue(
        issue,
        "link",
        by,
        now,
        change={"master": master.id},
        text=text,
        reasons=[Reason("link.to", {"number": master.number}), *why],
        data={"master": master.id},
        tell="issue.linked",
    )
    if master.state == "answered":
        owe_linked(master, now)


def unlink(who: Who, key: str, *, reason: str, now: datetime) -> Issue:
    """Let the issue go its own way again. Raises Conflict when it is not linked."""

    def step(issue: Issue) -> None:
        if issue.master is None:
            raise Conflict("issue.not_linked")
        data, change = {"master": issue.master}, {"master": None}
        move_issue(issue, "unlink", who.acting(*ROLES), now, change=change, text=reason, data=data)

    return on_issue(who, key, "issue.link", step)


def answer_linked(duty: Duty, now: datetime) -> None:
    """Give the master's answer to each linked issue that a department has to answer.

    Issue by issue, each in a transaction of its own and once for an answer, so a worker that dies costs
    nothing. An answer that was taken up again meanwhile is given to nobody else.
    """
    master = Issue.get(duty.subject)
    lead = lead_of(master.id)
    if lead is not None and lead.state in ("answered", "closed"):
        keys = [row["_id"] for row in Issue.rows().find({"master": master.id}, {"_id": 1})]
        for n, key in enumerate(sorted(keys)):
            if n % SLICE == 0:
                transaction(lambda: duties.renew(duty, now=now, lease=LEASE))
            transaction(partial(give_answer, key, master, dict(lead.answer), now))
    transaction(lambda: duties.finish(duty, now))


def give_answer(key: ObjectId, master: Issue, answer: Row, now: datetime) -> None:
    """Give the answer to one linked issue, where it still needs it; inside the caller's transaction."""
    issue = Issue.get(key)
    ticket = Ticket.objects(issue=key, role="lead", live=True).first()
    if issue.master != master.id or ticket is None or _has(issue, master, answer):
        return
    if ticket.state == "dispatched":
        change = {"accepted_at": ticket.accepted_at or now}
        move_ticket(ticket, "accept", SYSTEM, now, issue=issue, change=change)
    if "answer" not in machine_of("ticket").legal(ticket.state):
        return
    without = answer["without_assisting"] or say("link.not_awaited", number=master.number)
    draft = {**answer, "pairs": [], "without_assisting": without}
    reasons = [Reason("link.answered", {"number": master.number})]
    send(ticket, issue, draft, SYSTEM, now, reasons=reasons, data=_source(master, answer))


def _source(master: Issue, answer: Row) -> Row:
    """Which answer it was: the master's, given at that time."""
    return {"master": master.id, "master_answered_at": answer["at"]}


def _has(issue: Issue, master: Issue, answer: Row) -> bool:
    given = {f"data.{name}": value for name, value in _source(master, answer).items()}
    row = {"thing": "issue", "thing_id": issue.id, "action": "answer", **given}
    return history.rows().find_one(row, {"_id": 1}) is not None
