"""Stages, figures and plans that the operations of the ledger need."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import schemathesis

from app.enterprises.documents import Enterprise
from app.projects.documents import Project
from tests.support.factories import Given
from tests.support.phone import Phone

PLANNED = {"stage": "filed", "kind": "planned", "on": "2026-12-01"}


class StageThings:
    """What `District` needs of ledgers."""

    given: Given
    phones: dict[str, Phone]
    enterprise: Enterprise
    project: Project
    _phases = 0

    def stage_things(self) -> dict[str, Callable[[str], str]]:
        """By path, what the operation can be done to."""
        project, firm = (lambda role: str(self.project.id)), (lambda role: str(self.enterprise.id))
        return {
            "/api/v1/projects/{key}/stages": project,
            "/api/v1/projects/{key}/figures": project,
            "/api/v1/projects/{key}/plans": project,
            "/api/v1/enterprises/{key}/figures": firm,
            "/api/v1/enterprises/{key}/scale": firm,
            "/api/v1/scale-entries/{key}/void": lambda role: self._entered(),
            "/api/v1/stages/{key}/verify": lambda role: self._stage(),
            "/api/v1/stages/{key}/void": lambda role: self._stage(),
        }

    def fit_stage(self, case: schemathesis.Case) -> None:
        """Days and months that can be, words that there are."""
        if "as_of" in case.query:
            case.query["as_of"] = "2026-11-01"
        if not isinstance(case.body, dict):
            return
        if case.path.endswith("/projects/{key}/stages"):
            case.body |= {**PLANNED, "turn": None}
        elif case.path.endswith("/figures"):
            case.body |= {"jobs": 12, "basis": "企业授权"}
            for name in case.body.keys() & {"planned_investment", "actual_investment", "paid_in"}:
                case.body[name] = "120.50"
        elif case.path.endswith("/plans"):
            case.body |= {"year": 2026, "investment": "8000"}
        elif case.path.endswith("/scale"):
            case.body |= {"event": "entered", "turn": None, "on": "2026-02-01"}

    def _entered(self) -> str:
        """That a firm of its own is above scale."""
        body = {"client_id": str(uuid.uuid4()), "event": "entered", "on": "2026-02-01"}
        firm = self.given.enterprise(unit=self.enterprise.unit)
        return str(self.phones["unit_admin"].do(f"/enterprises/{firm.id}/scale", body)["id"])

    def _stage(self) -> str:
        """Something that happened in a phase of its own."""
        self._phases += 1
        body = {"stage": "land", "kind": "actual", "on": "2026-05-01", "phase": self._phases}
        path = f"/projects/{self.project.id}/stages"
        made = self.phones["unit_admin"].do(path, {**body, "client_id": str(uuid.uuid4())})
        return str(made["id"])
