"""A project whose standing says what a test wants, and those around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.foundation import clock
from app.foundation.db import transaction
from app.projects.documents import Project
from app.projects.rates.documents import PastParticulars, StoredStanding
from app.projects.rates.standing import particulars, row_of
from app.projects.warnings import keeping
from app.projects.warnings.documents import KeptWarning
from tests.projects.rates.made import standing
from tests.support.factories import Given
from tests.support.phone import Phone

UNIT = "321204002"
NOT_STARTED = {"signed": "2024-01-10"}
LONG_FILED = {"signed": "2024-01-10", "filed": "2024-02-10"}
STARTED = {**LONG_FILED, "started": "2026-11-01"}


@dataclass
class Story:
    project: Project
    commissioner: Phone
    unit_admin: Phone
    contact: Phone

    @property
    def path(self) -> str:
        return f"/projects/{self.project.id}"

    def stands(self, **fields: Any) -> None:
        """Its standing from now on; dates as text."""
        row = row_of(standing(id=self.project.id, unit=self.project.unit, **fields))
        one, past = {"_id": row["_id"]}, {"project": row["_id"], "superseded_at": None}
        StoredStanding.rows().delete_one(one)
        StoredStanding.rows().insert_one({**row, "version": 1})
        known = {**past, **particulars(row), "known_at": clock.now()}
        PastParticulars.rows().replace_one(past, known, upsert=True)

    def judged(self, **fields: Any) -> list[dict[str, Any]]:
        """Its warnings after it stands so and was judged; the standing as it is without fields."""
        if fields:
            self.stands(**fields)
        transaction(lambda: keeping.judge_projects([self.project.id], clock.now()))
        return self.kept()

    def kept(self) -> list[dict[str, Any]]:
        return list(KeptWarning.rows().find({"project": self.project.id}).sort("_id", 1))


def begun(given: Given, **fields: Any) -> Story:
    commissioner = given.commissioner()
    enterprise = given.enterprise(unit=UNIT)
    project = given.project(enterprise, commissioner=commissioner.person.id, **fields)
    return Story(
        project,
        commissioner,
        given.role("unit_admin", unit=UNIT),
        given.contact(enterprise),
    )


def day(text: str) -> date:
    return date.fromisoformat(text)
