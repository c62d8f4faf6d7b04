"""Leader links, orders and leaders' weeks in the states that their operations need."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import schemathesis

from app.foundation import clock, days
from app.oversight.digests import Digest
from app.projects.documents import Project
from tests.support.factories import Given
from tests.support.phone import Phone

PATH = "/orders/{key}"
FIGURES = ("linked", "moved", "held", "red", "overdue", "instructions", "instructions_late")
ADDRESSED = ("owner_id", "department_id", "unit")
ABOUT = ("project_id", "issue_id", "enterprise_id", "about_unit", "about_department_id", "report")
WHEN = ("due_on", "working_days", "days")
ISSUERS = ("leader", "inspector")


class OrderThings:
    """What `District` needs of links and orders."""

    given: Given
    phones: dict[str, Phone]
    project: Project

    def order_things(self) -> dict[str, Callable[[str], str]]:
        """By path, what the operation can be done to."""
        plain = ("acknowledge", "reply", "ask-extension", "hand-over", "withdraw")
        return {
            "/api/v1/leader-links/{key}/end": lambda role: self._leader_linked(),
            "/api/v1/digests/{key}": self._leader_week,
            f"/api/v1{PATH}": self._inspected,
            **{f"/api/v1{PATH}/{action}": self._inspected for action in plain},
            f"/api/v1{PATH}/send-back": self._order_replied,
            f"/api/v1{PATH}/accept": self._order_replied,
            f"/api/v1{PATH}/close": self._order_accepted,
            f"/api/v1{PATH}/decide-extension": self._order_asked,
        }

    def fit_order(self, case: schemathesis.Case) -> None:
        """One subject, who answers, a day to come; leaders that there are."""
        path, post = case.path.removeprefix("/api/v1"), case.method.upper() == "POST"
        if not post or not isinstance(case.body, dict):
            return
        later = (days.today(clock.now()) + timedelta(days=60)).isoformat()
        leader = str(self.phones["leader"].person.id)
        fresh = {"since": None, "until": None, "leader_id": leader}
        fits: dict[str, dict[str, Any]] = {
            "/leader-links": {**fresh, "project_id": str(self._leaderless().id)},
            "/leader-links/{key}/end": {"on": None},
            "/instructions": self._order_said(),
            "/orders": {**self._order_said(), "kind": "inspection"},
            f"{PATH}/send-back": {"due_on": later},
            f"{PATH}/ask-extension": {"due_on": later},
            f"{PATH}/hand-over": {"owner_id": str(self.given.commissioner().person.id)},
        }
        case.body |= fits.get(path, {})

    def _order_said(self) -> dict[str, Any]:
        owner = {"owner_id": str(self.phones["commissioner"].person.id)}
        return {**dict.fromkeys((*ADDRESSED, *ABOUT, *WHEN)), **owner}

    def _leaderless(self) -> Project:
        return self.given.project(self.given.enterprise(unit=self.project.unit))

    def _leader_linked(self) -> str:
        leader = str(self.phones["leader"].person.id)
        body = {"project_id": str(self._leaderless().id), "leader_id": leader}
        about = {"client_id": str(uuid.uuid4()), "reason": "分工", "since": "2026-01-01"}
        return str(self.phones["admin"].do("/leader-links", {**body, **about})["id"])

    def _leader_week(self, role: str) -> str:
        whose, now = self.phones["leader"].person.id, clock.now()
        figures = dict.fromkeys(FIGURES, 0)
        week = {"week": uuid.uuid4().hex, "since": now, "as_of": now, "figures": figures}
        return str(Digest.insert_row(leader=whose, **week)["_id"])

    def _inspected(self, role: str) -> str:
        """Owned by this role, where it can be."""
        able = role if role not in ("contact", "service") else "commissioner"
        owner = {"owner_id": str(self.phones[able].person.id)}
        issuer = self.phones[role if role in ISSUERS else "leader"]
        said = {"client_id": str(uuid.uuid4()), "text": "请盯紧", **owner}
        return str(issuer.do("/orders", said)["id"])

    def _order_by_other(self, verb: str, body: dict[str, Any]) -> str:
        key = self._inspected("commissioner")
        self.phones["commissioner"].do(f"/orders/{key}/{verb}", body)
        return key

    def _order_replied(self, role: str) -> str:
        return self._order_by_other("reply", {"text": "已落实"})

    def _order_accepted(self, role: str) -> str:
        key = self._order_replied(role)
        self.phones["inspector"].do(f"/orders/{key}/accept")
        return key

    def _order_asked(self, role: str) -> str:
        later = (days.today(clock.now()) + timedelta(days=60)).isoformat()
        return self._order_by_other("ask-extension", {"due_on": later, "reason": "雨天"})
