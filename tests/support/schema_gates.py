"""Reviews, parcels and commitments that the operations of the gates need."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

import schemathesis

from app.enterprises.documents import Enterprise
from app.foundation.district import pack
from tests.support.factories import Given
from tests.support.phone import Phone

UNIT = "321204002"
REVIEWERS = ("clerk", "head", "dispatcher", "inspector", "leader", "unit_admin", "admin")


class GateThings:
    """What `District` needs of reviews and land."""

    given: Given
    phones: dict[str, Phone]
    enterprise: Enterprise

    def gate_things(self) -> dict[str, Callable[[str], str]]:
        """By path, what the operation can be done to."""
        project, review = (lambda role: self._served()), (lambda role: self._review())
        parcel = lambda role: self._parcel()  # noqa: E731 - as the two above
        return {
            "/api/v1/projects/{key}/reviews": project,
            "/api/v1/projects/{key}/commitments": project,
            **{
                f"/api/v1/reviews/{{key}}{action}": review
                for action in ("", "/score", "/red-lines", "/decide")
            },
            "/api/v1/parcels/{key}": parcel,
            "/api/v1/parcels/{key}/history": parcel,
        }

    def fit_gate(self, case: schemathesis.Case) -> None:
        """Reviewers that exist, marks of the district's criteria, parcels and commitments that can be."""
        fitting = self._fitting().get(case.path.removeprefix("/api/v1"))
        if isinstance(case.body, dict) and fitting is not None:
            case.body |= fitting(case)

    def _fitting(self) -> Mapping[str, Callable[[schemathesis.Case], dict[str, Any]]]:
        terms = pack().reviews
        clean = {each.code: {"hit": False} for each in terms.red_lines}
        return {
            "/projects/{key}/reviews": lambda case: self._opening(),
            "/reviews/{key}/score": lambda case: {
                "marks": {each.code: 70 for each in terms.criteria}
            },
            "/reviews/{key}/red-lines": lambda case: {"answers": clean},
            "/reviews/{key}/decide": lambda case: {"decision": "revise"},
            "/projects/{key}/commitments": lambda case: _committed(case.body),
            "/parcels": lambda case: _plain(),
            "/parcels/{key}": lambda case: {**_plain(), "code": self._code(case)},
        }

    def _code(self, case: schemathesis.Case) -> str:
        found = self.phones["admin"].see(f"/parcels/{case.path_parameters['key']}")
        return str(found["code"])

    def _served(self) -> str:
        """A new project of the firm, served by the commissioner."""
        commissioner = self.phones["commissioner"].person.id
        return str(self.given.project(self.enterprise, commissioner=commissioner).id)

    def _parcel(self) -> str:
        body = {"client_id": str(uuid.uuid4()), **_plain()}
        return str(self.phones["admin"].do("/parcels", body)["id"])

    def _opening(self) -> dict[str, Any]:
        return {"reviewer_ids": [str(self.phones[role].person.id) for role in REVIEWERS]}

    def _review(self) -> str:
        body = {"client_id": str(uuid.uuid4()), **self._opening()}
        return str(self.phones["admin"].do(f"/projects/{self._served()}/reviews", body)["id"])


def _plain() -> dict[str, Any]:
    names = ("name", "note", "platform_id", "project", "since", "area", "contract_start_on")
    known = {"code": f"DK-{uuid.uuid4().hex}", "unit": UNIT, "mu": "33.335", "state": "planned"}
    return {**dict.fromkeys(names), **known}


def _committed(body: dict[str, Any]) -> dict[str, Any]:
    """Nothing but amounts, after a signature."""
    days = {name: None for name in body if name.endswith(("_by", "_actual"))}
    return {**days, "signed_on": "2026-03-01", "sales": "12000", "note": None}
