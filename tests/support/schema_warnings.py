"""Warnings, delays and exit cases in the states that their operations need."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import schemathesis
from bson import ObjectId

from app.foundation import clock, days
from app.projects.documents import Project
from app.projects.exits.documents import ExitCase, deciding_departments
from app.projects.warnings.documents import KeptWarning
from tests.support.factories import Given
from tests.support.phone import Phone

DELAY = {
    "since": "2026-03-01",
    "until": "2026-03-31",
    "cause": "government",
    "text": "规划调整",
    "basis": "函〔2026〕7 号",
}
FINDING = {"on": "2026-11-20", "text": "虚报开票", "basis": "核查报告"}
SAID = {"by": None, "by_name": "人员", "role": "inspector", "text": "告知"}


class WarningThings:
    """What `District` needs of warnings and exits."""

    given: Given
    phones: dict[str, Phone]
    enterprise: Any
    project: Project

    def warning_things(self) -> dict[str, Callable[[str], str]]:
        """By path, what the operation can be done to."""
        project, case = (lambda role: str(self.project.id)), "/api/v1/exit-cases/{key}"
        return {
            "/api/v1/projects/{key}/warnings": project,
            "/api/v1/projects/{key}/delays": project,
            "/api/v1/projects/{key}/falsifications": project,
            "/api/v1/projects/{key}/exit-cases": lambda role: str(self._fresh().id),
            "/api/v1/warnings/{key}": lambda role: self._warning(),
            "/api/v1/warnings/{key}/acknowledge": lambda role: self._warning(),
            "/api/v1/delays/{key}/end": lambda role: self._delay(),
            "/api/v1/delays/{key}/withdraw": lambda role: self._delay(),
            "/api/v1/falsifications/{key}/withdraw": lambda role: self._falsified(),
            case: lambda role: self._case("served"),
            f"{case}/serve": lambda role: self._case("proposed"),
            f"{case}/rectify": lambda role: self._case("served"),
            f"{case}/extend": lambda role: self._case("rectifying"),
            f"{case}/reply": lambda role: self._case("served"),
            f"{case}/decide": lambda role: self._case("served"),
            f"{case}/close": lambda role: self._case("rectifying"),
            f"{case}/reject": lambda role: self._case("served"),
            f"{case}/withdraw": lambda role: self._case("proposed"),
        }

    def fit_warning(self, case: schemathesis.Case) -> None:
        """Days that can be, measures that there are."""
        if "/exit-cases" in case.path and isinstance(case.query, dict):
            case.query.pop("unit", None)
        if not isinstance(case.body, dict):
            return
        if case.path.endswith("/delays"):
            case.body |= DELAY
        elif case.path.endswith("/delays/{key}/end"):
            case.body |= {"until": "2026-03-31"}
        elif case.path.endswith("/falsifications"):
            case.body |= FINDING
        elif case.path.endswith("/acknowledge") and "by_on" in case.body:
            case.body["by_on"] = "2099-01-01"
        elif "/exit-cases/" in case.path:
            given = {"due_on": "2099-01-01", "on": "2026-11-01", "measure": "rectify"}
            case.body |= {name: value for name, value in given.items() if name in case.body}

    def _fresh(self) -> Project:
        return self.given.project(self.enterprise)

    def _warning(self) -> str:
        now, project = clock.now(), self._fresh()
        row = KeptWarning.insert_row(
            about=f"{project.id}:NO_START",
            kind="NO_START",
            level="yellow",
            project=project.id,
            unit=project.unit,
            since=days.today(now).isoformat(),
            opened_at=now,
            updated_at=now,
        )
        return str(row["_id"])

    def _delay(self) -> str:
        body = {**DELAY, "until": None, "client_id": str(uuid.uuid4())}
        path = f"/projects/{self.project.id}/delays"
        return str(self.phones["unit_admin"].do(path, body)["id"])

    def _falsified(self) -> str:
        body = {**FINDING, "client_id": str(uuid.uuid4())}
        path = f"/projects/{self.project.id}/falsifications"
        return str(self.phones["inspector"].do(path, body)["id"])

    def _case(self, state: str) -> str:
        """Everybody may do to it what their role allows: the time to reply is over."""
        now, project = clock.now(), self._fresh()
        signed = {**SAID, "at": now}
        rectification = {**signed, "due_on": "2026-12-31"} if state == "rectifying" else None
        row = ExitCase.insert_row(
            project=project.id,
            state=state,
            by=ObjectId(),
            by_name="人员",
            role="inspector",
            departments=deciding_departments(),
            shown_to=None if state == "proposed" else self.enterprise.id,
            notice=None if state == "proposed" else signed,
            reply_by=None if state == "proposed" else now,
            rectification=rectification,
            created_at=now,
            updated_at=now,
        )
        return str(row["_id"])
