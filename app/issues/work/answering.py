"""Answering: the lead to the enterprise, an assisting department to the lead, a clerk past the head."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from app.departments import registry
from app.foundation import duties
from app.foundation.db import Row
from app.foundation.district import local, pack
from app.foundation.errors import Conflict, Invalid
from app.foundation.history import Actor
from app.foundation.reasons import Reason
from app.issues import clocks
from app.issues.barring import known
from app.issues.documents import Issue, Ticket
from app.issues.moves import move_ticket
from app.issues.pairs import checked
from app.issues.pressing.reminding import owe_confirm_reminder
from app.issues.work.asking import resumed_issue
from app.issues.work.steps import acting, check_owner, needs_review, on_ticket
from app.people.who import Who
from app.photos import actions as photos

NOT_OURS = "not_ours_by_law"
"""The result that names the lawful way on, where the issue is restricted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`result` is a code of the pack; some need a `basis` (law or rule), some a date.

    `pairs` are {before_photo_id, after_photo_id}: which photo of the issue each of these answers.
    `without_assisting` says why the lead does not wait for departments that assist.
    """

    text: str
    result: str
    basis: str = ""
    planned_for: date | None = None
    photo_ids: Sequence[str] = ()
    pairs: Sequence[dict[str, str]] = ()
    without_assisting: str = ""


def answer(who: Who, key: str, given: Answer, now: datetime) -> Ticket:
    """Answer; where the department wants it, the head sees it first.

    Raises Invalid when the result needs a basis or a date that is missing, or for a pair whose photos
    are not the issue's and the answer's; Conflict while assisting departments work and no reason is given.
    """
    _check_answer(given, now)

    def step(ticket: Ticket, issue: Issue) -> None:
        check_owner(who, ticket)
        pictures = photos.attachable(who, given.photo_ids)
        row = {
            "text": given.text,
            "result": given.result,
            "basis": given.basis,
            "planned_for": given.planned_for.isoformat() if given.planned_for else None,
            "way": _way(given.result, issue),
            "photos": pictures,
            "without_assisting": given.without_assisting,
            "by": who.id,
            "by_name": who.name,
            "at": now,
        }
        draft = {**row, "pairs": checked(issue, given.pairs, pictures)}
        _check_assisting(ticket, given.without_assisting)
        by = acting(who, "ticket.answer", ticket)
        if needs_review(who, ticket):
            photos.attach(pictures, "ticket", ticket.id)
            change = {"draft": draft}
            move_ticket(
                ticket,
                "propose",
                by,
                now,
                issue=issue,
                change=change,
                text=given.text,
                internal=True,
                data=row,
                tell="ticket.review_asked",
            )
        else:
            send(ticket, issue, draft, by, now)

    return on_ticket(who, key, "ticket.answer", step)


def review(who: Who, key: str, *, approved: bool, text: str, now: datetime) -> Ticket:
    """The head lets a draft go out under its writer's name, or sends it back with words.

    Raises Conflict when there is no draft.
    """

    def step(ticket: Ticket, issue: Issue) -> None:
        draft, by = dict(ticket.draft), acting(who, "ticket.review", ticket)
        if not draft:
            raise Conflict("ticket.nothing_to_review")
        if approved:
            _check_assisting(ticket, draft["without_assisting"])
            send(ticket, issue, {**draft, "approved_by": who.name}, by, now)
        else:
            move_ticket(
                ticket,
                "send_back",
                by,
                now,
                issue=issue,
                change={"draft": {}},
                text=text,
                internal=True,
                tell="ticket.review_refused",
            )

    return on_ticket(who, key, "ticket.review", step)


def send(
    ticket: Ticket,
    issue: Issue,
    draft: Row,
    by: Actor,
    now: datetime,
    *,
    reasons: Iterable[Reason] = (),
    data: Mapping[str, Any] | None = None,
) -> None:
    """The answer goes out: to the enterprise, which is asked whether it is solved, or to the lead.

    `reasons` and `data` are told in its history row beside the answer. Inside the caller's transaction.
    """
    row, lead = {k: v for k, v in draft.items() if k != "pairs"}, ticket.role == "lead"
    photos.attach(row["photos"], "issue", issue.id)
    move_ticket(
        ticket,
        "answer",
        by,
        now,
        issue=issue,
        issue_change={
            "pairs": [*issue.pairs, *draft["pairs"]],
            **(_answered_issue(ticket, issue, row, now) if lead else {}),
        },
        change={
            **clocks.resume(ticket.clock, now, clocks.calendar()).of_ticket(),
            "answer": row,
            "answered_at": now,
            "replied_at": ticket.replied_at or now,
            "draft": {},
            "question": {},
            "extension": {},
        },
        text=row["text"],
        reasons=reasons,
        data={**row, **(data or {})},
        tell="issue.answered" if lead else "ticket.assist_answered",
    )
    if lead:
        _owe(issue, now)


def _answered_issue(ticket: Ticket, issue: Issue, row: Row, now: datetime) -> Row:
    """What the lead's answer changes of its issue."""
    days = clocks.calendar()
    confirm_by = days.deadline(now, pack().promises.confirm_wd)
    asked = {"confirm_by": confirm_by, "final": {}, **_plan(row)}
    return asked | resumed_issue(ticket, issue, now, days)


def _owe(issue: Issue, now: datetime) -> None:
    """What follows an answer: the end of silence, the look at a promised date, issues of the same cause."""
    assert issue.confirm_by is not None  # noqa: S101  # set with the answer
    duties.add(
        "issues.lapse",
        issue.id,
        now=now,
        due_at=issue.confirm_by,
        key=f"issues.lapse:{issue.id}:{issue.version}",
        payload={"confirm_by": issue.confirm_by},
    )
    owe_confirm_reminder(issue, now)
    if issue.plan:
        duties.add(
            "issues.check_plan",
            issue.id,
            now=now,
            due_at=issue.plan["due_at"],
            key=f"issues.check_plan:{issue.id}:{issue.version}",
            payload={"due_at": issue.plan["due_at"]},
        )
    if Issue.rows().find_one({"master": issue.id}, {"_id": 1}):
        owe_linked(issue, now)


def owe_linked(master: Issue, now: datetime) -> None:
    """Owe the master's answer to the issues that are linked to it, inside the caller's transaction."""
    key = f"issues.answer_linked:{master.id}:{master.version}"
    duties.add("issues.answer_linked", master.id, now=now, key=key)


def _plan(row: Row) -> Row:
    """A promise to a date is looked at when the date has come: at 9:00 of it, local."""
    if not row["planned_for"]:
        return {"plan": {}}
    day = date.fromisoformat(row["planned_for"])
    due = datetime.combine(day, time(9), pack().zone)
    return {"plan": {"due_at": due, "day": row["planned_for"], "state": "running"}}


def _way(result: str, issue: Issue) -> str | None:
    """The lawful way on, for a result that says it is not dealt with here."""
    found = known().get(issue.restricted or "") if result == NOT_OURS else None
    return found.way if found else None


def _check_assisting(ticket: Ticket, reason: str) -> None:
    if ticket.role != "lead" or reason.strip():
        return
    working = {"issue": ticket.issue, "role": "assist", "live": True, "state": {"$ne": "answered"}}
    rows = list(Ticket.rows().find(working, {"department": 1}))
    if rows:
        names = registry.names(row["department"] for row in rows)
        raise Conflict("ticket.assisting_open", fields={"departments": list(names.values())})


def _check_answer(given: Answer, now: datetime) -> None:
    known = {each.code: each for each in pack().results}
    if given.result not in known:
        raise Invalid("ticket.unknown_result", fields={"result": [given.result]})
    needs = known[given.result].needs
    if needs == "basis" and not given.basis.strip():
        raise Invalid("ticket.basis_needed", fields={"basis": [given.result]})
    if needs == "date" and (given.planned_for is None or given.planned_for <= local(now).date()):
        raise Invalid("ticket.date_needed", fields={"planned_for": [given.result]})
