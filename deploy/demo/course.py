"""The course of one issue of the demo, played through the real actions to the state it ends in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.foundation.district import local
from app.foundation.errors import Conflict
from app.issues.desk import merging, placing
from app.issues.documents import Issue, Ticket
from app.issues.ending import concluding, confirming
from app.issues.pressing import climbing, planning, reminding, supervising
from app.issues.pressing.orders import Supervision
from app.issues.work import answering, asking, extending, noting, passing, taking
from app.notices import actions as notices
from app.people.who import Who
from deploy.demo.cast import Cast
from deploy.demo.due import Work, do_due, next_due
from deploy.demo.times import DAY_MINUTES, Chance, Diary, chance

Row = Mapping[str, Any]

ANSWERED = ("answered", "resolved", "reopened")
LATE_SHARE = 0.12


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo that comes with an answer."""

    by: Who
    id: str
    taken_at: datetime


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
        if not do_due(self._id, {"issues.route": placing.route_issue}, at=self._diary.at):
            return  # a worker was faster: what it does stands
        self._tell()
        self._live()
        self._pass(self._diary.now)

    def _live(self) -> None:
        """What people do with it."""
        ticket = Ticket.objects(issue=self._id, live=True).first()
        ends = self._entry["ends"]
        if ends == "withdrawn":
            self._withdraw()
        elif ends == "merged":
            self._merge()
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
        at = self._diary.later(self._luck.randint(low, high))
        self._pass(at)
        return at

    def _pass(self, until: datetime) -> None:
        """What falls due by then, each at its own time: rungs, limits, reminders, deadlines."""
        while found := next_due(self._subjects(), WORKS, until):
            do_due(found.subject, WORKS, at=found.due_at)
            do_due(self._id, {"notices.deliver": notices.deliver}, at=found.due_at)

    def _subjects(self) -> list[ObjectId]:
        tickets = [row["_id"] for row in Ticket.rows().find({"issue": self._id}, {"_id": 1})]
        orders = [row["_id"] for row in Supervision.rows().find({"issue": self._id}, {"_id": 1})]
        return [self._id, *tickets, *orders]

    def _withdraw(self) -> None:
        issue = Issue.get(self._key)
        who = self._cast.by_id(issue.owner)
        concluding.withdraw(who, self._key, self._entry["comment"], self._minutes(40, 700))
        self._tell()

    def _merge(self) -> None:
        """The dispatcher finds that it was told before: by the same firm, else by another."""
        issue, dispatcher = Issue.get(self._key), self._cast.dispatcher()
        others = Issue.objects(state="dispatched", id__ne=issue.id, created_at__lt=self._diary.at)
        same = others.filter(enterprise=issue.enterprise).first() or others.first()
        if same and dispatcher:
            at = self._minutes(20, 200)
            into = str(same.id)
            merging.merge(dispatcher, self._key, into_id=into, reason=self._entry["merge"], now=at)
            self._tell()

    def _return(self, ticket: Ticket, clerk: Who) -> None:
        passing.return_ticket(
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
        taking.accept(clerk, key, self._minutes(*quick))
        self._tell()
        if note := self._entry.get("note"):
            at = self._minutes(15, 500)
            noting.note(clerk, key, noting.Words(note), at)
            self._tell()
        if further := FURTHER.get(ends):
            further(self, clerk, key)
            self._tell()
        if ends in ANSWERED:
            self._answer(ticket, clerk)
        if ends == "resolved":
            self._confirm(self._minutes(60, 5 * DAY_MINUTES))
        elif ends == "reopened":
            # "Weeks later it is still not done": the word comes in the last days.
            self._confirm(self._diary.before_now(self._luck.randint(60, 3 * DAY_MINUTES)))
            self._take_up_again(ticket)

    def ask(self, clerk: Who, key: str) -> None:
        """The clerk asks the enterprise, which has not replied yet."""
        question = self._entry["question"]
        asking.ask(clerk, key, text=question, photo_ids=(), now=self._minutes(20, 200))

    def extend(self, clerk: Who, key: str) -> None:
        """The clerk asks for more time, early enough, and the head has not decided yet."""
        reason, at = self._entry["extension"], self._minutes(20, 60)
        with suppress(Conflict):  # a promise of one day leaves no time to ask
            extending.extend(clerk, key, days=3, reason=reason, now=at)

    def transfer(self, clerk: Who, key: str) -> None:
        """The clerk hands it on."""
        target = registry.by_code(self._entry["transfer_to"])
        if target.id != Ticket.get(key).department:
            at, reason = self._minutes(20, 200), self._entry["transfer"]
            passing.transfer(clerk, key, department_id=str(target.id), reason=reason, now=at)

    def _answer(self, ticket: Ticket, clerk: Who) -> None:
        given = self._entry["answer"]
        late = self._luck.random() < LATE_SHARE
        share = self._luck.uniform(1.05, 1.4) if late else self._luck.uniform(0.3, 0.95)
        at = self._diary.towards(ticket.dispatched_at, ticket.resolve_by, share)
        picture = self._picture if self._picture and self._picture.by == clerk else None
        if picture:
            at = self._diary.not_before(picture.taken_at)
        days = given.get("date_in_days")
        answer = answering.Answer(
            text=given["text"],
            result=given["result"],
            basis=given.get("basis", ""),
            planned_for=local(at).date() + timedelta(days=days) if days else None,
            photo_ids=(picture.id,) if picture else (),
        )
        answering.answer(clerk, str(ticket.id), answer, at)
        self._tell()

    def _confirm(self, at: datetime) -> None:
        who = self._cast.contact(self._entry) or self._cast.by_id(Issue.get(self._key).owner)
        verdict = confirming.Verdict(
            self._entry["solved"], self._entry["satisfaction"], self._entry["comment"]
        )
        confirming.confirm(who, self._key, verdict, at)
        self._tell()

    def _take_up_again(self, ticket: Ticket) -> None:
        """Every other time the head has taken it by now."""
        head = self._cast.head(ticket.department)
        if head and self._luck.random() < 0.5:
            taking.accept(head, str(ticket.id), self._minutes(20, 300))
            self._tell()


WORKS: Mapping[str, Work] = {
    "issues.climb": climbing.climb,
    "issues.go_on": asking.go_on,
    "issues.lapse": confirming.lapse,
    "issues.confirm_soon": reminding.confirm_soon,
    "issues.check_plan": planning.check_plan,
    "issues.supervision_due": supervising.overdue,
}
"""What falls due by itself while people do other things."""

FURTHER: Mapping[str, Callable[[Course, Who, str], None]] = {
    "waiting_enterprise": Course.ask,
    "extension_requested": Course.extend,
    "transferred": Course.transfer,
}
"""What is done last with a ticket that ends in this state."""
