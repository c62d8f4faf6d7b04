"""The demo's issues, each played through the real actions to the state it ends in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.foundation.db import transaction
from app.foundation.district import local
from app.issues import closing, desk, work
from app.issues.documents import Issue, Ticket
from app.issues.opening import IssueFacts, open_issue
from app.notices import actions as notices
from app.people.who import Who
from app.sla.calendar import WorkingCalendar
from deploy.demo.cast import Cast
from deploy.demo.due import client_id, do_due
from deploy.demo.times import DAY_MINUTES, Chance, Diary, chance, opening_moment
from deploy.demo.visits import Camera, make_visit

Row = Mapping[str, Any]

ANSWERED = ("answered", "resolved", "reopened")
LATE_SHARE, PICTURE_SHARE = 0.12, 0.06


def key_of(entry: Row) -> str:
    """What tells this issue of the demo from all others: its text."""
    return f"issue:{entry['text']}"


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo that comes with an answer."""

    by: Who
    id: str
    taken_at: datetime


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
        return opening_moment(self._calendar, self._now, entry["days_ago"], luck)

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
        decision = desk.decide_for(
            issue.kind, issue.text, issue.chosen_category, issue.unit, issue.said_urgent
        )
        if decision.department is None:
            return None
        clerk = self._cast.clerk(registry.by_code(decision.department).id)
        if clerk is None:
            return None
        at = Diary(self._calendar, opened.at, self._now).later(luck.randint(20, 90))
        key = f"photo:answer:{entry['text']}"
        return Picture(clerk, self._camera.shoot(clerk, key, self._cast.place(entry), at), at)


class Course:
    """The course of one issue after it was opened, inside one transaction."""

    def __init__(
        self, cast: Cast, entry: Row, issue: ObjectId, diary: Diary, picture: Picture | None
    ):
        self._cast, self._entry, self._diary, self._picture = cast, entry, diary, picture
        self._id, self._key = issue, str(issue)
        self._luck: Chance = chance(f"course:{entry['text']}")

    def run(self) -> None:
        """From routing to where the entry ends, as far as the district's rules and people allow."""
        self._diary.moments_later(self._luck.randint(1, 3))
        if not do_due(self._id, {"issues.route": desk.route_issue}, at=self._diary.at):
            return  # a worker was faster: what it does stands
        self._tell()
        ticket = Ticket.objects(issue=self._id, live=True).first()
        ends = self._entry["ends"]
        if ends == "withdrawn":
            self._withdraw()
        elif ticket is None or ends in ("dispatched", "dispatching"):
            return
        elif clerk := self._cast.clerk(ticket.department):
            if ends == "returned":
                self._return(ticket, clerk)
            else:
                self._handle(ticket, clerk)

    def _tell(self) -> None:
        """Everybody is told a moment after something happened."""
        do_due(self._id, {"notices.deliver": notices.deliver}, at=self._diary.moments_later(1))

    def _minutes(self, low: int, high: int) -> datetime:
        return self._diary.later(self._luck.randint(low, high))

    def _withdraw(self) -> None:
        issue = Issue.get(self._key)
        who = self._cast.by_id(issue.owner)
        closing.withdraw(who, self._key, self._entry["comment"], self._minutes(40, 700))
        self._tell()

    def _return(self, ticket: Ticket, clerk: Who) -> None:
        work.return_ticket(
            clerk,
            str(ticket.id),
            reason_code=self._entry["reason_code"],
            reason=self._entry["note"],
            now=self._minutes(20, 380),
        )
        self._tell()

    def _handle(self, ticket: Ticket, clerk: Who) -> None:
        ends, key = self._entry["ends"], str(ticket.id)
        quick = (3, 40) if ticket.urgent else (10, 380)
        work.accept(clerk, key, self._minutes(*quick))
        self._tell()
        if note := self._entry.get("note"):
            at = self._minutes(15, 500)
            work.note(clerk, key, text=note, internal=False, photo_ids=(), now=at)
            self._tell()
        if ends in ANSWERED:
            self._answer(ticket, clerk)
        if ends == "resolved":
            self._confirm(self._minutes(60, 5 * DAY_MINUTES))
        elif ends == "reopened":
            # "Weeks later it is still not done": the word comes in the last days.
            self._confirm(self._diary.before_now(self._luck.randint(60, 3 * DAY_MINUTES)))
            self._take_up_again(ticket)

    def _answer(self, ticket: Ticket, clerk: Who) -> None:
        given = self._entry["answer"]
        late = self._luck.random() < LATE_SHARE
        share = self._luck.uniform(1.05, 1.4) if late else self._luck.uniform(0.3, 0.95)
        at = self._diary.towards(ticket.dispatched_at, ticket.resolve_by, share)
        picture = self._picture if self._picture and self._picture.by == clerk else None
        if picture:
            at = self._diary.not_before(picture.taken_at)
        days = given.get("date_in_days")
        answer = work.Answer(
            text=given["text"],
            result=given["result"],
            basis=given.get("basis", ""),
            planned_for=local(at).date() + timedelta(days=days) if days else None,
            photo_ids=(picture.id,) if picture else (),
        )
        work.answer(clerk, str(ticket.id), answer, at)
        self._tell()

    def _confirm(self, at: datetime) -> None:
        who = self._cast.contact(self._entry) or self._cast.by_id(Issue.get(self._key).owner)
        verdict = closing.Verdict(
            self._entry["solved"], self._entry["satisfaction"], self._entry["comment"]
        )
        closing.confirm(who, self._key, verdict, at)
        self._tell()

    def _take_up_again(self, ticket: Ticket) -> None:
        """Every other time the head has taken it by now."""
        head = self._cast.head(ticket.department)
        if head and self._luck.random() < 0.5:
            work.accept(head, str(ticket.id), self._minutes(20, 300))
            self._tell()
