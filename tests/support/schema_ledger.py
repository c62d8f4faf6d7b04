"""Enterprises, projects and portraits, for the run of the OpenAPI document."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable

import schemathesis

from app.enterprises.documents import Enterprise
from app.projects.documents import Project
from tests.support.factories import credit_code

UNIT = "321204002"
_serials = itertools.count(500_000)
FIRM = {
    "unit": UNIT,
    "sector": None,
    "growth_class": "new",
    "founded_on": "2020-01-01",
    "production_on": "2021-01-01",
    "tags": [],
    "commissioner": None,
    "platform_id": None,
    "contacts": [],
}
PROJECT = {
    "unit": UNIT,
    "territorial_unit": None,
    "tax_unit": None,
    "industry": None,
    "kind": "new",
    "level": "city",
    "enterprise": None,
    "equipment_investment": None,
    "investment": "12000",
    "land_mu": "20.5",
    "promised_sales": "9000",
    "promised_tax": "500",
    "funding": [],
    "pools": [],
    "mechanism_531": [],
    "commissioner": None,
    "leader": None,
    "platform_id": None,
    "area": None,
}


class LedgerThings:
    """What `District` needs of the registers of enterprises and projects."""

    enterprise: Enterprise
    project: Project

    def ledger_things(self) -> dict[str, Callable[[str], str]]:
        """By path, what the operation can be done to."""
        return {"/api/v1/projects/{key}/portrait": lambda role: str(self.project.id)}

    def fit_ledger(self, case: schemathesis.Case) -> None:
        """Codes that exist, amounts that can be."""
        if not isinstance(case.body, dict):
            return
        if case.path.endswith("/enterprises"):
            case.body |= {**FIRM, "name": "甲厂", "credit_code": credit_code(next(_serials))}
        elif case.path.endswith("/enterprises/{key}"):
            own = {"credit_code": self.enterprise.credit_code, "name": "甲厂"}
            case.body |= {**FIRM, **own}
        elif case.path.endswith("/projects"):
            case.body |= {**PROJECT, "name": "甲项目", "code": uuid.uuid4().hex}
        elif case.path.endswith("/projects/{key}"):
            case.body |= {**PROJECT, "name": "甲项目", "code": self.project.code}
        else:
            return
        case.body.pop("site", None)
