"""Nudges: a reminder by those who ask, and one to them before their silence closes an issue."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from app.foundation import duties
from app.foundation.db import transaction
from app.foundation.district import local, pack
from app.foundation.duties import Duty
from app.foundation.errors import TooMany
from app.foundation.history import SYSTEM
from app.issues import clocks
from app.issues.access import issue_ties
from app.issues.documents import Issue
from app.issues.moves import lead_of, machine_of, move_issue
from app.issues.work.steps import on_issue
from app.people.access import actor
from app.people.who import Who


def remind(who: Who, key: str, *, text: str, now: datetime) -> Issue:
    """Nudge whoever has the issue: counted, and once in the district's hours, whoever does it.

    Raises TooMany before they are over.
    """

    def step(issue: Issue) -> None:
        machine_of("issue").after("remind", issue.state)
        _check_rate(issue, now)
        count, lead = issue.reminders + 1, lead_of(issue.id)
        move_issue(
            issue,
            "remind",
            actor(who, "issue.remind", issue_ties(issue)),
            now,
            change={"reminders": count, "reminded_at": now},
            text=text,
            data={"count": count, "ticket": lead.id if lead and lead.live else None},
            tell="issue.reminded",
        )

    return on_issue(who, key, "issue.remind", step)


def _check_rate(issue: Issue, now: datetime) -> None:
    hours = pack().work.remind_hours
    if issue.reminded_at is None:
        return
    left = issue.reminded_at + timedelta(hours=hours) - now
    if left > timedelta():
        raise TooMany("issue.reminded_already", retry_after=ceil(left.total_seconds()), hours=hours)


def owe_confirm_reminder(issue: Issue, now: datetime) -> None:
    """Owe those who ask a reminder before their silence closes the issue, inside the caller's transaction.

    There is none where the district gives no more time than that.
    """
    if issue.confirm_by is None:
        return
    days, ahead = clocks.calendar(), pack().work.confirm_reminder_wd
    due = days.closing(days.add_working_days(local(issue.confirm_by).date(), -ahead))
    if due > now:
        duties.add(
            "issues.confirm_soon",
            issue.id,
            now=now,
            due_at=due,
            key=f"issues.confirm_soon:{issue.id}:{issue.version}",
            payload={"confirm_by": issue.confirm_by},
        )


def confirm_soon(duty: Duty, now: datetime) -> None:
    """Remind those who ask that an answer waits for their word, if it is still this one and in time."""

    def work() -> None:
        issue, by = Issue.get(duty.subject), duty.payload["confirm_by"]
        if issue.state == "answered" and issue.confirm_by == by > now:
            move_issue(
                issue, "confirm_soon", SYSTEM, now, data={"due": by}, tell="issue.confirm_soon"
            )
        duties.finish(duty, now)

    transaction(work)
