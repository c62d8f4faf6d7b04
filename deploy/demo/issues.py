"""The demo's issues, each played through the real actions to the state it ends in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.departments import registry
from app.foundation.db import transaction
from app.issues.desk import placing
from app.issues.desk.facts import of_issue
from app.issues.documents import Issue
from app.issues.intake.opening import IssueFacts, open_issue
from app.sla.calendar import WorkingCalendar
from deploy.demo.cast import Cast
from deploy.demo.course import LATE_SHARE, Course, Picture
from deploy.demo.due import client_id
from deploy.demo.times import Diary, chance, opening_moment
from deploy.demo.visits import Camera, make_visit

Row = Mapping[str, Any]

ENDED = ("resolved", "withdrawn")
PICTURE_SHARE = 0.06
# An answer waits five working days for a word; what is open and on time is younger than its promise.
ANSWERED_DAYS, OPEN_DAYS = 3, 5


def key_of(entry: Row) -> str:
    """What tells this issue of the demo from all others: its text."""
    return f"issue:{entry['text']}"


@dataclass(frozen=True, slots=True)
class Opened:
    """An issue of the demo, just opened or found."""

    entry: Row
    issue: Issue
    at: datetime


class Stage:
    """Where issues are played: the people, the calendar, and the moment that counts as now."""

    def __init__(self, cast: Cast, calendar: WorkingCalendar, camera: Camera, now: datetime):
        self._cast, self._calendar, self._camera, self._now = cast, calendar, camera, now

    def starts(self, entry: Row) -> datetime:
        """When the matter of this entry begins."""
        luck = chance(key_of(entry))
        days = entry["days_ago"]
        if entry["ends"] in ("answered", "reopened"):
            days = min(days, luck.randint(1, ANSWERED_DAYS))
        elif entry["ends"] not in ENDED and luck.random() > LATE_SHARE:
            days = min(days, luck.randint(0, OPEN_DAYS))
        return opening_moment(self._calendar, self._now, days, luck)

    def open(self, entry: Row) -> Opened:
        """Open the issue, if it is not there."""
        diary = Diary(self._calendar, self.starts(entry), self._now)
        issue = self._open(entry, diary)
        return Opened(entry, issue, diary.at)

    def play(self, opened: Opened) -> None:
        """Take the issue to its end, unless it is on its way already."""
        entry, issue = opened.entry, opened.issue
        if entry["ends"] == "submitted" or issue.state != "submitted":
            return
        picture = self._picture(opened)

        def whole() -> None:
            diary = Diary(self._calendar, opened.at, self._now)
            Course(self._cast, entry, issue.id, diary, picture).run()

        # All steps or none: a run that dies never leaves an issue in the middle of its story.
        transaction(whole)

    def _open(self, entry: Row, diary: Diary) -> Issue:
        place = self._cast.place(entry)
        visit: str | None = None
        pictures: Sequence[str] = ()
        contact = self._cast.contact(entry) if entry["kind"] == "request" else None
        who = contact or self._cast.commissioner(entry)
        if entry["kind"] == "problem":
            key = f"visit:{entry['text']}"
            note = "走访时发现问题，已现场拍照上报。"
            visit, pictures = make_visit(
                who, key, place, diary, self._camera, pictures=1, note=note
            )
            diary.later(2)
        facts = IssueFacts(
            client_id=client_id(key_of(entry)),
            kind=entry["kind"],
            text=entry["text"],
            category=entry.get("category"),
            enterprise_id=place.enterprise_id,
            project_id=place.project_id,
            visit_id=visit,
            photo_ids=pictures,
            urgent=entry.get("urgent"),
        )
        return Issue.get(open_issue(who, facts, diary.at)[0].id)

    def _picture(self, opened: Opened) -> Picture | None:
        """What some answers show; taken before the story's one transaction, which keeps no files."""
        entry, issue = opened.entry, opened.issue
        luck = chance(f"picture:{entry['text']}")
        if "answer" not in entry or luck.random() > PICTURE_SHARE:
            return None
        decision = placing.decision_for(of_issue(issue, issue.chosen_category))
        if decision.department is None:
            return None
        clerk = self._cast.clerk(registry.by_code(decision.department).id)
        if clerk is None:
            return None
        at = Diary(self._calendar, opened.at, self._now).later(luck.randint(20, 90))
        key = f"photo:answer:{entry['text']}"
        return Picture(clerk, self._camera.shoot(clerk, key, self._cast.place(entry), at), at)
