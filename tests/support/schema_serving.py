"""Assignments and expansion intents in the states that their operations need."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import schemathesis

from app.enterprises.documents import Enterprise
from app.projects.documents import Project
from tests.support.factories import Given
from tests.support.phone import Phone

POOL = "/expansion-intents"
MINUTES = {"on": "2026-01-05", "attended": ["发改委"], "text": "统筹指标", "agreed": []}


class ServingThings:
    """What `District` needs of who serves whom, and of the pool."""

    given: Given
    phones: dict[str, Phone]
    enterprise: Enterprise
    project: Project

    def serving_things(self) -> dict[str, Callable[[str], str]]:
        """By path, what the operation can be done to."""
        actions = ("coordinate", "meet", "land", "drop", "assign")
        return {
            "/api/v1/assignments/{key}/end": lambda role: self._assigned()[0],
            f"/api/v1{POOL}/{{key}}": lambda role: self._intent(),
            f"/api/v1{POOL}/{{key}}/confirm": lambda role: self._intent(),
            **{
                f"/api/v1{POOL}/{{key}}/{action}": lambda role: self._confirmed()
                for action in actions
            },
        }

    def fit_serving(self, case: schemathesis.Case) -> None:
        """One subject, people who serve, days that can be."""
        fits: dict[str, Callable[[], dict[str, Any]]] = {
            "/assignments": self._assignment,
            "/assignments/hand-over": self._handing_over,
            "/assignments/{key}/end": lambda: {"on": None},
            POOL: lambda: {"owner_id": None, "code": None, "caught_on": None},
            f"{POOL}/{{key}}/meet": lambda: MINUTES,
        }
        fit = fits.get(case.path.removeprefix("/api/v1"))
        if fit is not None and case.method.upper() == "POST" and isinstance(case.body, dict):
            case.body |= fit()

    def _assignment(self) -> dict[str, Any]:
        person = str(self.phones["commissioner"].person.id)
        subject = {"enterprise_id": str(self.enterprise.id), "project_id": None}
        return {"person_id": person, **subject, "since": None, "until": None}

    def _handing_over(self) -> dict[str, Any]:
        _, firm, server = self._assigned()
        new = str(self.phones["commissioner"].person.id)
        every = {"enterprise_ids": [firm], "project_ids": [], "since": None}
        return {"from_id": server, "to_id": new, **every}

    def _assigned(self) -> tuple[str, str, str]:
        """An assignment of this year, its enterprise and who serves it."""
        firm = str(self.given.enterprise(unit=self.enterprise.unit).id)
        server = str(self.given.commissioner().person.id)
        body = {"client_id": str(uuid.uuid4()), "enterprise_id": firm, "person_id": server}
        body["reason"] = "分片包干"
        made = self.phones["admin"].do("/assignments", {**body, "since": "2026-01-01"})
        return str(made["id"]), firm, server

    def _intent(self) -> str:
        """Caught by the commissioner, at the district's enterprise."""
        said = {"direction": "market", "text": "拟扩建二期", "amount": "1200.00"}
        firm = {"enterprise_id": str(self.enterprise.id), "client_id": str(uuid.uuid4())}
        return str(self.phones["commissioner"].do(POOL, {**said, **firm})["id"])

    def _confirmed(self) -> str:
        key = self._intent()
        self.phones["commissioner"].do(f"{POOL}/{key}/confirm")
        return key
