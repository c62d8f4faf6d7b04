"""Surveys and replies in the states that their operations need."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import schemathesis
from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.foundation import clock
from app.surveys.documents import Reply, Survey
from tests.support.factories import Given
from tests.support.phone import Phone

QUESTIONS = [{"key": "funds", "text": "资金需求", "type": "money"}]
MARKS = ("tags", "sectors", "units", "growth_classes", "enterprises")
CHOSEN: dict[str, list[str]] = {name: [] for name in MARKS}
SIGNED = {"by_name": "人员", "role": "admin"}
SURVEY, REPLY = "/api/v1/surveys/{key}", "/api/v1/survey-replies/{key}"


class SurveyThings:
    """What `District` needs of surveys."""

    given: Given
    phones: dict[str, Phone]
    enterprise: Enterprise

    def survey_things(self) -> dict[str, Callable[[str], str]]:
        """By path, what the operation can be done to."""
        opened = ("/add", "/forms", "/extend", "/close", "/reach", "/results", "/export")
        return {
            SURVEY: lambda role: str(self._survey("draft")),
            f"{SURVEY}/open": lambda role: str(self._survey("draft")),
            **{f"{SURVEY}{path}": lambda role: str(self._survey("open")) for path in opened},
            f"{SURVEY}/replies": lambda role: self._surveyed("waiting", survey=True),
            REPLY: lambda role: self._surveyed("begun"),
            f"{REPLY}/submit": lambda role: self._surveyed("begun"),
            f"{REPLY}/correct": lambda role: self._surveyed("submitted"),
            f"{REPLY}/mark": lambda role: self._surveyed("waiting"),
            f"{REPLY}/intent": lambda role: self._surveyed("submitted"),
        }

    def fit_survey(self, case: schemathesis.Case) -> None:
        """A form that can be answered, firms that there are, days to come."""
        path = case.path.removeprefix("/api/v1")
        if not path.startswith(("/surveys", "/survey-replies")):
            return
        if isinstance(case.query, dict):
            case.query.pop("answer", None)
        if not isinstance(case.body, dict):
            return
        more = {
            "questions": QUESTIONS,
            "until": "2099-01-01",
            "chosen": {},
            "enterprise_ids": [str(self.given.enterprise().id)],
            "answers": {"funds": "1.00"},
            "form": None,
            "visit_id": None,
            "photo_ids": [],
            "unit": None,
            "department_id": None,
            "outcome": "refused",
        }
        case.body |= {name: each for name, each in more.items() if name in case.body}

    def _survey(self, state: str) -> ObjectId:
        now = clock.now()
        form = {"version": 1, "questions": QUESTIONS, "reason": "", "at": now, **SIGNED}
        row = Survey.insert_row(
            title="资金需求摸排",
            chosen=CHOSEN,
            until="2098-12-31",
            state=state,
            forms=[{**form, "by": ObjectId()}],
            by=ObjectId(),
            client_id=str(uuid.uuid4()),
            fingerprint="-",
            created_at=now,
            updated_at=now,
            **SIGNED,
        )
        return row["_id"]  # type: ignore[no-any-return]

    def _surveyed(self, state: str, *, survey: bool = False) -> str:
        """The firm is served by the commissioner, who may answer for it."""
        served = {"commissioner": self.phones["commissioner"].person.id}
        Enterprise.rows().update_one({"_id": self.enterprise.id}, {"$set": served})
        now = clock.now()
        row = Reply.insert_row(
            survey=self._survey("open"),
            enterprise=self.enterprise.id,
            state=state,
            form=None if state == "waiting" else 1,
            submitted_at=now if state == "submitted" else None,
            created_at=now,
            updated_at=now,
        )
        return str(row["survey"] if survey else row["_id"])
