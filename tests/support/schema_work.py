"""Issues and tickets in the states that the operations of work orders need."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bson import ObjectId

from app.departments import registry
from app.foundation import clock
from app.issues.documents import Issue, Ticket
from app.issues.pressing.climbing import Climb
from tests.support.factories import Given
from tests.support.phone import Phone

CATEGORY = "PERMIT"
STAFF = ("clerk", "head")
ANSWER = {"text": "已发放", "result": "solved"}
HELD_AT = "2026-01-05T15:00:00+08:00"

Prepare = Callable[[str], str]


class WorkThings:
    """What `District` needs of work orders."""

    given: Given
    phones: dict[str, Phone]

    def _issue(self, opener: Phone) -> str:
        raise NotImplementedError

    def _opener(self, role: str) -> Phone:
        raise NotImplementedError

    def work_things(self) -> dict[str, Prepare]:
        """By path, what the operation can be done to."""
        return {
            "/api/v1/issues/{key}": self._any_issue,
            "/api/v1/issues/{key}/comment": self._any_issue,
            "/api/v1/issues/{key}/conclude": lambda role: self._redone_twice(),
            "/api/v1/issues/{key}/confirm": lambda role: self._answered(),
            "/api/v1/issues/{key}/correct": self._any_issue,
            "/api/v1/issues/{key}/follow": self._any_issue,
            "/api/v1/issues/{key}/link": self._any_issue,
            "/api/v1/issues/{key}/meetings": self._any_issue,
            "/api/v1/issues/{key}/merge": self._any_issue,
            "/api/v1/issues/{key}/place": lambda role: self._returned(),
            "/api/v1/issues/{key}/plan": lambda role: self._plan_due(),
            "/api/v1/issues/{key}/remind": self._any_issue,
            "/api/v1/issues/{key}/reopen": lambda role: self._resolved(),
            "/api/v1/issues/{key}/reply": lambda role: self._asked(role)[1],
            "/api/v1/issues/{key}/restrict": self._any_issue,
            "/api/v1/issues/{key}/split": self._any_issue,
            "/api/v1/issues/{key}/supervise": self._any_issue,
            "/api/v1/issues/{key}/unfollow": self._any_issue,
            "/api/v1/issues/{key}/unlink": lambda role: self._linked(),
            "/api/v1/issues/{key}/unreachable": lambda role: self._answered(),
            "/api/v1/issues/{key}/withdraw": self._any_issue,
            "/api/v1/meetings/{key}/duties/{n}/done": lambda role: self._meeting(),
            "/api/v1/supervisions/{key}": lambda role: self._order(),
            "/api/v1/supervisions/{key}/close": lambda role: self._order(replied=True),
            "/api/v1/supervisions/{key}/reply": lambda role: self._order(),
            "/api/v1/tickets/{key}": self._any_ticket,
            "/api/v1/tickets/{key}/accept": self._any_ticket,
            "/api/v1/tickets/{key}/acknowledge": lambda role: self._climbed(),
            "/api/v1/tickets/{key}/answer": self._accepted,
            "/api/v1/tickets/{key}/answer-templates": self._any_ticket,
            "/api/v1/tickets/{key}/ask": self._accepted,
            "/api/v1/tickets/{key}/assign": self._any_ticket,
            "/api/v1/tickets/{key}/decide": lambda role: self._extension_asked(),
            "/api/v1/tickets/{key}/extend": self._accepted,
            "/api/v1/tickets/{key}/invite": self._accepted,
            "/api/v1/tickets/{key}/note": self._accepted,
            "/api/v1/tickets/{key}/object": lambda role: self._transferred(),
            "/api/v1/tickets/{key}/release": lambda role: self._held_back(),
            "/api/v1/tickets/{key}/return": self._any_ticket,
            "/api/v1/tickets/{key}/review": lambda role: self._drafted(),
            "/api/v1/tickets/{key}/rule": lambda role: self._returned_ticket(),
            "/api/v1/tickets/{key}/transfer": self._accepted,
        }

    def _any_issue(self, role: str) -> str:
        return self._issue(self._opener(role))

    def _any_ticket(self, role: str) -> str:
        return self._ticket()

    def _linked(self) -> str:
        master, issue = (self._issue(self.phones["commissioner"]) for _ in range(2))
        body = {"master_id": master, "reason": "同一原因"}
        return str(self.phones["dispatcher"].do(f"/issues/{issue}/link", body)["id"])

    def _ticket(self) -> str:
        issue = self._issue(self.phones["commissioner"])
        return str(self.phones["clerk"].see(f"/issues/{issue}")["tickets"][0]["id"])

    def _held_back(self) -> str:
        """What the restricted desk leads."""
        issue = self._issue(self.phones["commissioner"])
        why = {"restriction": "report", "reason": "举报同行"}
        self.phones["dispatcher"].post(f"/issues/{issue}/restrict", why)
        return str(Ticket.objects(issue=ObjectId(issue), live=True).first().id)

    def _accepted(self, role: str) -> str:
        ticket = self._ticket()
        self.phones[role if role in STAFF else "clerk"].do(f"/tickets/{ticket}/accept")
        return ticket

    def _returned(self) -> str:
        ticket = self._ticket()
        why = {"reason_code": "not_ours", "reason": "不属于本部门职责"}
        return str(self.phones["clerk"].do(f"/tickets/{ticket}/return", why)["issue_id"])

    def _answered(self) -> str:
        ticket = self._accepted("clerk")
        answer = {"text": "已发放", "result": "solved"}
        return str(self.phones["clerk"].do(f"/tickets/{ticket}/answer", answer)["issue_id"])

    def _plan_due(self) -> str:
        key = self._answered()
        plan = {"day": "2026-01-05", "state": "due"}
        Issue.rows().update_one({"_id": ObjectId(key)}, {"$set": {"plan": plan}})
        return key

    def _order(self, *, replied: bool = False) -> str:
        issue = self._issue(self.phones["commissioner"])
        seen = self.phones["inspector"].do(f"/issues/{issue}/supervise", {"text": "请说明原因"})
        key = str(seen["supervisions"][0]["id"])
        if replied:
            self.phones["head"].do(f"/supervisions/{key}/reply", {"text": "已办理"})
        return key

    def _meeting(self) -> str:
        issue = self._issue(self.phones["commissioner"])
        body = {
            "held_at": HELD_AT,
            "attendees": ["张三"],
            "agreed": "一周内办结",
            "duties": [self._agreed()],
        }
        seen = self.phones["dispatcher"].do(f"/issues/{issue}/meetings", body)
        return str(seen["meetings"][0]["id"])

    def _agreed(self) -> dict[str, str]:
        owner = str(self.phones["clerk"].person.id)
        return {"text": "办结", "owner_id": owner, "due_on": "2099-01-01"}

    def _asked(self, role: str) -> tuple[str, str]:
        """A ticket that waits for the enterprise, and its issue."""
        seen = self.phones["clerk"].do(f"/tickets/{self._accepted('clerk')}/ask", {"text": "补图"})
        return str(seen["id"]), str(seen["issue_id"])

    def _extension_asked(self) -> str:
        ticket = self._accepted("clerk")
        body = {"days": 2, "reason": "图审排队"}
        return str(self.phones["clerk"].do(f"/tickets/{ticket}/extend", body)["id"])

    def _drafted(self) -> str:
        """An answer that waits for the head, as after "not solved"."""
        ticket = self._accepted("clerk")
        level = {"level": 1, "draft": {}}
        Ticket.rows().update_one({"_id": ObjectId(ticket)}, {"$set": level})
        return str(self.phones["clerk"].do(f"/tickets/{ticket}/answer", ANSWER)["id"])

    def _transferred(self) -> str:
        """Handed on to the department of clerk and head."""
        issue = self._issue(self.phones["commissioner"])
        ecology = self.given.clerk("ECOLOGY")
        where = {"category": CATEGORY, "department_id": str(registry.by_code("ECOLOGY").id)}
        first = self.phones["clerk"].see(f"/issues/{issue}")["tickets"][0]["id"]
        why = {"reason_code": "not_ours", "reason": "不属于本部门职责"}
        self.phones["clerk"].do(f"/tickets/{first}/return", why)
        placed = self.phones["dispatcher"].do(f"/issues/{issue}/place", where)
        own = next(each for each in placed["tickets"] if each["ended_at"] is None)
        home = self.phones["clerk"].person.grants[0].department
        body = {"department_id": str(home), "reason": "归口住建"}
        ecology.do(f"/tickets/{own['id']}/accept")
        ecology.do(f"/tickets/{own['id']}/transfer", body)
        return str(Ticket.objects(issue=ObjectId(issue), live=True).first().id)

    def _returned_ticket(self) -> str:
        issue = self._returned()
        return str(Ticket.objects(issue=ObjectId(issue), state="returned").first().id)

    def _climbed(self) -> str:
        """A ticket whose last rung waits for somebody to take note."""
        key = ObjectId(self._accepted("clerk"))
        now, ticket = clock.now(), Ticket.get(key)
        Climb(
            ticket=key,
            issue=ticket.issue,
            department=ticket.department,
            promise_no=ticket.promise_no,
            rung="yellow",
            due_at=now - timedelta(hours=1),
            at=now,
        ).insert()
        Ticket.rows().update_one({"_id": key}, {"$set": {"climbed": ["yellow"]}})
        return str(key)

    def _resolved(self) -> str:
        issue = self._answered()
        return str(self.phones["contact"].do(f"/issues/{issue}/confirm", {"solved": "yes"})["id"])

    def _redone_twice(self) -> str:
        """The other side has proposed to close it for good."""
        issue = self._issue(self.phones["commissioner"])
        final: dict[str, Any] = {"redos": 2}
        Issue.rows().update_one({"_id": ObjectId(issue)}, {"$set": final})
        return issue
