"""Draws, checks, closures and cases in the states that their operations need."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import schemathesis
from bson import ObjectId

from app.foundation import clock
from app.issues.documents import Issue, Ticket
from app.oversight.cases_documents import Case
from app.oversight.draws_documents import Check
from tests.support.phone import Phone

LONG_AGO = datetime(2026, 1, 15, 4, tzinfo=UTC)
JANUARY = {"since": "2026-01-01", "until": "2026-01-31"}
PLAN: dict[str, Any] = {
    "name": "抽查",
    "kinds": ["tickets"],
    **JANUARY,
    "unit": None,
    "department_id": None,
    "category": None,
    "size": 1,
    "percent": None,
    "strata": None,
    "inspector_ids": [],
}
WORDS = {"text": "核查情况"}
STAFF_ONLY = {"audience": {"kind": "staff", "department_ids": [], "units": []}}
PROMISED = (
    *("dispatched_at", "accept_by", "reply_by", "resolve_by", "due_at"),
    *("accepted_at", "replied_at", "answered_at", "ended_at"),
)
ANSWER = {"text": "已办结", "result": "solved", "basis": "", "photos": [], "by_name": "某人"}
OPERATIONS = ("serve", "reply", "approve", "drop", "circulate", "publish")
LATER = ("appeal", "answer-appeal", "withdraw")


class CheckThings:
    """What `District` needs of spot checks and cases; it gives `phones`, `photos`, `department`."""

    phones: dict[str, Phone]
    photos: dict[str, str]
    department: Any

    def check_things(self) -> dict[str, Callable[[str], str]]:
        """By path, what the operation can be done to."""
        cases = {
            f"/api/v1/cases/{{key}}/{verb}": self._case_for(verb) for verb in (*OPERATIONS, *LATER)
        }
        closures = {
            f"/api/v1/closures/{{key}}{verb}": self._doubtful for verb in ("", "/confirm", "/clear")
        }
        return {
            **cases,
            **closures,
            "/api/v1/cases/{key}": lambda role: self._case_at("circulated"),
            **{f"/api/v1/draws/{{key}}{verb}": self._draw_planned for verb in ("", "/cancel")},
            "/api/v1/draws/{key}/draw": self._draw_of_something,
            **{
                f"/api/v1/draws/{{key}}/{verb}": self._draw_drawn
                for verb in ("population", "verify")
            },
            **{
                f"/api/v1/checks/{{key}}{verb}": self._check_open
                for verb in ("", "/assign", "/record")
            },
        }

    def fit_check(self, case: schemathesis.Case) -> None:
        """Bodies that fit together."""
        path = case.path.removeprefix("/api/v1")
        if path == "/closures/doubtful" and case.query:
            case.query.update(since="2026-01-01", until="2026-01-31")
        if not isinstance(case.body, dict):
            return
        fits: dict[str, Callable[[], dict[str, Any]]] = {
            "/draws": lambda: PLAN,
            "/checks/{key}/record": lambda: {"callback": None, "photo_ids": []},
            "/checks/{key}/assign": lambda: {"inspector_id": self._inspector()},
            "/closures/{key}/confirm": lambda: {"reopen": False},
            "/cases": self._case_body,
            "/cases/{key}/reply": lambda: {"photo_ids": []},
            "/cases/{key}/circulate": lambda: STAFF_ONLY,
            "/cases/{key}/publish": self._case_approval,
            "/cases/{key}/answer-appeal": lambda: {"upheld": False},
        }
        if path in fits:
            case.body |= fits[path]()

    def _inspector(self) -> str:
        return str(self.phones["inspector"].person.id)

    def _draw_planned(self, role: str) -> str:
        body = {**PLAN, "client_id": str(uuid.uuid4())}
        return str(self.phones["inspector"].do("/draws", body)["id"])

    def _draw_of_something(self, role: str) -> str:
        self._closed()
        return self._draw_planned(role)

    def _draw_drawn(self, role: str) -> str:
        key = self._draw_of_something(role)
        self.phones["inspector"].do(f"/draws/{key}/draw")
        return key

    def _check_open(self, role: str) -> str:
        drawn = ObjectId(self._draw_drawn(role))
        mine = {"inspector": self.phones["inspector"].person.id}
        Check.rows().update_many({"draw": drawn}, {"$set": mine})
        row = Check.rows().find_one({"draw": drawn}) or {}
        return str(row["_id"])

    def _closed(self, satisfaction: int = 5) -> ObjectId:
        """A lead ticket that was answered and closed long ago."""
        number, said = f"JY20260115-{uuid.uuid4()}", {"solved": "yes", "satisfaction": satisfaction}
        owner = self.phones["contact"].person.id
        once = {"client_id": str(uuid.uuid4()), "fingerprint": number, "number": number}
        at = {"created_at": LONG_AGO, "updated_at": LONG_AGO, "ended_at": LONG_AGO}
        issue = Issue(
            owner=owner, owner_role="contact", kind="request", text="已办结", **once, **at
        )
        issue.state, issue.outcome, issue.confirmation = "resolved", "solved", said
        issue.departments = [self.department]
        issue.insert()
        promised = dict.fromkeys(PROMISED, LONG_AGO)
        ticket = Ticket(issue=issue.id, number=number, role="lead", excerpt="已办结", **promised)
        ticket.state, ticket.live, ticket.department = "closed", False, self.department
        ticket.answer = {**ANSWER, "by": owner, "at": LONG_AGO}
        key: ObjectId = ticket.insert().id
        return key

    def _doubtful(self, role: str) -> str:
        return str(self._closed(satisfaction=1))

    def _case_body(self) -> dict[str, Any]:
        return {
            "client_id": str(uuid.uuid4()),
            "kind": "negative",
            "subject_kind": "department",
            "subject_id": str(self.department),
            "title": "办结不实",
            "text": "未办结而答复已解决",
            "evidence": [{"kind": "issue", "id": self._closed_issue(), "text": "现场并未解决"}],
        }

    def _closed_issue(self) -> str:
        row = Ticket.rows().find_one({"_id": self._closed()}) or {}
        return str(row["issue"])

    def _case_approval(self) -> dict[str, Any]:
        return {
            "approval": {
                "authority": "区纪委监委",
                "document_no": "纪通1号",
                "approved_on": "2026-01-05",
                "approved_by": "张主任",
                "photo_ids": [self.photos["inspector"]],
                "title": "办结不实",
                "public_text": "答复已解决而未解决",
            }
        }

    def _case_for(self, verb: str) -> Callable[[str], str]:
        state = {"serve": "proposed", "circulate": "approved", "publish": "circulated"}
        served = ("reply", "approve", "drop")
        then = "served" if verb in served else state.get(verb, "circulated")
        return lambda role: self._case_at(then, appealed=verb == "answer-appeal")

    def _case_at(self, state: str, *, appealed: bool = False) -> str:
        """A case in this state that is served on the head, replied to, proposed by the inspector."""
        key = self.phones["inspector"].do("/cases", self._case_body())["id"]
        now = clock.now()
        served = [self.phones["head"].person.id]
        said = {"by": ObjectId(), "by_name": "某人", "role": "head", "at": now, "text": "说明"}
        change: dict[str, Any] = {"state": state}
        if state != "proposed":
            replied = [{**said, "photos": []}]
            change |= {"served": said, "served_to": served, "known_to": served, "reply_by": now}
            change |= {"replies": replied}
        if state in ("approved", "circulated"):
            change |= {"decision": said, "appeal_by": datetime(2099, 1, 1, tzinfo=UTC)}
        if state == "circulated":
            shown = {**said, "audience": "staff", "departments": [], "units": [], "told": []}
            change |= {"circulation": shown, "open_to_staff": True}
        if appealed:
            change |= {"appeals": [{**said, "answer": None}]}
        Case.rows().update_one({"_id": ObjectId(key)}, {"$set": change})
        return str(key)
