"""Milestones and approvals in the states that their operations need."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

import schemathesis

from app.enterprises.documents import Enterprise
from tests.support.factories import Given
from tests.support.phone import Phone

ITEM = "DRAWINGS"
DOCUMENT = "勘察报告"
PAST, TO_COME = "2026-01-05", "2099-01-05"


class ApprovalThings:
    """What `District` needs of milestones and approvals."""

    given: Given
    phones: dict[str, Phone]
    enterprise: Enterprise

    def approval_things(self) -> dict[str, Callable[[str], str]]:
        """By path, what the operation can be done to."""
        approval, running = (lambda role: self._approval()), (lambda role: self._submitted())
        return {
            "/api/v1/projects/{key}/milestones": lambda role: self._for_nodes(),
            "/api/v1/projects/{key}/milestones/from-template": lambda role: self._for_nodes(),
            "/api/v1/projects/{key}/approvals": lambda role: self._for_nodes(),
            **{
                f"/api/v1/milestones/{{key}}{action}": self._milestone
                for action in ("", "/done", "/move", "/assign", "/cancel")
            },
            **{
                f"/api/v1/approvals/{{key}}{action}": approval
                for action in ("", "/submit", "/waive", "/documents")
            },
            **{
                f"/api/v1/approvals/{{key}}{action}": running
                for action in ("/return", "/grant", "/refuse")
            },
        }

    def fit_approval(self, case: schemathesis.Case, role: str) -> None:
        """Days that can be, people who may know of the project, items and documents of the district."""
        path = case.path.removeprefix("/api/v1")
        if path == "/pledges":
            case.query.update({name: PAST for name in ("from", "to") if name in case.query})
        if isinstance(case.body, dict) and path in (fitting := self._fitting_approvals(role)):
            case.body |= fitting[path]

    def _fitting_approvals(self, role: str) -> Mapping[str, dict[str, Any]]:
        clerk, decided = str(self.phones["clerk"].person.id), {"on": PAST}
        return {
            "/projects/{key}/milestones": _node(clerk),
            "/projects/{key}/milestones/from-template": {"template": "new", "person_id": clerk},
            "/milestones/{key}/done": {"on": PAST},
            "/milestones/{key}/move": {"due_on": TO_COME},
            "/projects/{key}/approvals": {"items": [ITEM]},
            "/approvals/{key}/submit": decided,
            "/approvals/{key}/return": decided,
            "/approvals/{key}/grant": decided,
            "/approvals/{key}/refuse": decided,
            "/approvals/{key}/documents": {"got": [DOCUMENT], "missing": []},
        }

    def _for_nodes(self) -> str:
        """A new project of the firm, served by the commissioner."""
        commissioner = self.phones["commissioner"].person.id
        return str(self.given.project(self.enterprise, commissioner=commissioner).id)

    def _milestone(self, role: str) -> str:
        """One that this role's person answers for."""
        body = {"client_id": str(uuid.uuid4()), **_node(str(self.phones[role].person.id))}
        made = self.phones["admin"].do(f"/projects/{self._for_nodes()}/milestones", body)
        return str(made["id"])

    def _approval(self) -> str:
        path = f"/projects/{self._for_nodes()}/approvals"
        return str(self.phones["admin"].do(path, {"items": [ITEM]})["items"][0]["id"])

    def _submitted(self) -> str:
        key = self._approval()
        return str(self.phones["clerk"].do(f"/approvals/{key}/submit", {"on": PAST})["id"])


def _node(person: str) -> dict[str, Any]:
    return {
        "code": uuid.uuid4().hex,
        "name": "取得施工许可证",
        "due_on": TO_COME,
        "responsible_id": person,
        "depends_on": [],
        "stage": None,
    }
