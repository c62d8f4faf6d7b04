"""The enterprise's word: solved or not, and how satisfied; or no word at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.foundation import duties
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.duties import Duty
from app.foundation.errors import Invalid
from app.foundation.history import SYSTEM, Actor
from app.foundation.reasons import Reason
from app.issues.access import issue_ties
from app.issues.documents import Issue
from app.issues.ending.tickets import close_all, redo_lead
from app.issues.moves import machine_of, move_issue
from app.issues.work.steps import on_issue
from app.people.access import actor, roles_reaching
from app.people.who import Who
from app.photos import actions as photos

CHANNELS = ("app", "phone", "visit")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`solved` is yes, partly or no; `satisfaction` 1 (very bad) to 5 (very good).

    `channel` is how a word that somebody gives on behalf of the enterprise was taken.
    """

    solved: str
    satisfaction: int | None = None
    comment: str = ""
    channel: str | None = None
    photo_ids: Sequence[str] = ()


def confirm(who: Who, key: str, verdict: Verdict, now: datetime) -> Issue:
    """The enterprise's word. "yes" resolves; "partly" and "no" reopen, one level up, with a new clock.

    A commissioner's or inspector's word for an enterprise is recorded as given on its behalf, with its
    channel, and counted apart. Where there is no enterprise, a photo must show what is said: Invalid else.
    """

    def step(issue: Issue) -> None:
        # Whatever the word is: a resolved issue comes back by `reopen` alone, with its own conditions.
        machine_of("issue").after("resolve", issue.state)
        reached_by = roles_reaching(who, "issue.confirm", issue_ties(issue))
        by = who.acting(*(role for role in ("contact", *reached_by) if role in reached_by))
        if issue.enterprise is None and not verdict.photo_ids:
            raise Invalid("issue.photo_needed", fields={"photo_ids": [Reason("request.required")]})
        pictures = photos.attachable(who, verdict.photo_ids)
        photos.attach(pictures, "issue", issue.id)
        on_behalf = issue.enterprise is not None and by.role != "contact"
        row = {
            "solved": verdict.solved,
            "satisfaction": verdict.satisfaction,
            "comment": verdict.comment,
            "on_behalf": on_behalf,
            "channel": verdict.channel or ("phone" if on_behalf else "app"),
            "photos": pictures,
            "by": who.id,
            "by_name": who.name,
            "role": by.role,
            "at": now,
        }
        if verdict.solved == "yes":
            _resolve(issue, by, row, now)
        else:
            _reopen(issue, by, row, now)

    return on_issue(who, key, "issue.confirm", step)


def unreachable(who: Who, key: str, *, channel: str, text: str, now: datetime) -> Issue:
    """A call or visit in vain. After the district's number of them the issue closes as "no reply"."""

    def step(issue: Issue) -> None:
        _not_reached(issue, actor(who, "issue.unreachable", issue_ties(issue)), channel, text, now)

    return on_issue(who, key, "issue.unreachable", step)


def call_in_vain(duty: Duty, now: datetime) -> None:
    """A call duty ended with nobody reached: counted, where the answer still waits for a word."""

    def work() -> None:
        issue = Issue.get(duty.subject)
        if issue.state == "answered":
            caller = duty.payload["by"]
            by = Actor(caller["id"], caller["name"], caller["role"])
            _not_reached(issue, by, "phone", str(duty.payload.get("note", "")), now)
        duties.finish(duty, now)

    transaction(work)


def lapse(duty: Duty, now: datetime) -> None:
    """The time to confirm is over in silence: closed as "no reply", if it is still this answer."""

    def work() -> None:
        issue = Issue.get(duty.subject)
        if issue.state == "answered" and issue.confirm_by == duty.payload["confirm_by"]:
            _lapse(issue, Reason("confirm.silence"), now)
        duties.finish(duty, now)

    transaction(work)


def _not_reached(issue: Issue, by: Actor, channel: str, text: str, now: datetime) -> None:
    count = issue.unreachable + 1
    change = {"unreachable": count}
    data = {"channel": channel, "count": count}
    move_issue(issue, "unreachable", by, now, change=change, text=text, data=data)
    if count >= pack().work.unreachable_calls:
        _lapse(issue, Reason("confirm.unreachable", {"count": count}), now)


def _lapse(issue: Issue, why: Reason, now: datetime) -> None:
    change = {"outcome": "no_reply", "confirm_by": None}
    move_issue(issue, "lapse", SYSTEM, now, change=change, reasons=[why], tell="issue.no_reply")
    close_all(issue, SYSTEM, now)


def _resolve(issue: Issue, by: Actor, row: Row, now: datetime) -> None:
    move_issue(
        issue,
        "resolve",
        by,
        now,
        change={"confirmation": row, "outcome": "solved", "confirm_by": None},
        text=row["comment"],
        data=row,
        tell="issue.resolved",
    )
    close_all(issue, by, now)


def _reopen(issue: Issue, by: Actor, row: Row, now: datetime) -> None:
    redo_lead(
        issue,
        by,
        now,
        change={"confirmation": row},
        text=row["comment"],
        data=row,
    )
