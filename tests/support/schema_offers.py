"""Finance tools, opportunities, leads, pools and events in the states that their operations need."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import schemathesis
from bson import ObjectId

from app.foundation import clock, days
from app.offers.finance.documents import FinanceTool
from app.offers.leads.documents import Lead
from tests.support.schema_offers_made import TEMPLATE, UNIT, OffersMade

TOOL = "/api/v1/finance-tools/{key}"
INTRODUCTIONS = {
    "": "proposed",
    "/accept": "proposed",
    "/decline": "proposed",
    "/introduce": "accepted",
    "/follow-up": "introduced",
    "/outcome": "introduced",
    "/assign": "proposed",
    "/withdraw": "proposed",
}
INTERESTS = {
    "": "expressed",
    "/follow-up": "expressed",
    "/release": "expressed",
    "/match": "following",
    "/no-match": "expressed",
    "/take-back": "expressed",
}
LEADS = {
    "": "new",
    "/contact": "new",
    "/talk": "contacted",
    "/sign": "talking",
    "/drop": "new",
    "/assign": "new",
}
PATHS = (
    "finance-tools",
    "introductions",
    "opportunities",
    "interests",
    "leads",
    "pool",
    "event",
    "industry",
)


class OfferThings(OffersMade):
    """What `District` needs of what is offered."""

    def offer_things(self) -> dict[str, Callable[[str], str]]:
        """By path, what the operation can be done to."""
        found: dict[str, Callable[[str], str]] = {
            TOOL: lambda role: str(self._offer_tool()),
            f"{TOOL}/introductions": lambda role: str(self._offer_tool()),
            "/api/v1/enterprises/{key}/finance-tools": self._offer_served,
            "/api/v1/issues/{key}/finance-tools": lambda role: self._offer_finance_issue(),
            "/api/v1/pool-members/{key}/end": lambda role: str(self._offer_member()),
        }
        for verb, state in INTRODUCTIONS.items():
            found[f"/api/v1/introductions/{{key}}{verb}"] = lambda role, state=state: str(
                self._offer_introduction(state, role)
            )
        for verb, state in {"": "published", "/publish": "draft"}.items():
            found[f"/api/v1/opportunities/{{key}}{verb}"] = lambda role, state=state: str(
                self._offer_opportunity(state)
            )
        for verb in ("/close", "/withdraw", "/interests"):
            found[f"/api/v1/opportunities/{{key}}{verb}"] = lambda role: str(
                self._offer_opportunity("published")
            )
        for verb, state in INTERESTS.items():
            found[f"/api/v1/interests/{{key}}{verb}"] = lambda role, state=state: str(
                self._offer_interest(state, role)
            )
        for verb, state in LEADS.items():
            found[f"/api/v1/leads/{{key}}{verb}"] = lambda role, state=state: str(
                self._offer_lead(state, role)
            )
        for verb in ("", "/move", "/cancel", "/leads", "/close"):
            found[f"/api/v1/events/{{key}}{verb}"] = lambda role, verb=verb: str(
                self._offer_event(items=verb != "/close")
            )
        for verb in ("/done", "/skip", "/assign"):
            found[f"/api/v1/event-items/{{key}}{verb}"] = lambda role: self._offer_item()
        return found

    def fit_offer(self, case: schemathesis.Case) -> None:
        """Codes and days that there are, nothing narrowed that is not there."""
        path = case.path.removeprefix("/api/v1/")
        if not (path.startswith(PATHS) or path.endswith("finance-tools")):
            return
        if "pool" in case.path_parameters:
            case.path_parameters["pool"] = self._offer_pool()
        self._offer_terms()
        if "template" in case.path_parameters:
            case.path_parameters["template"] = TEMPLATE
        if isinstance(case.query, dict):
            kept = ("page", "page_size", "by")
            case.query = {name: each for name, each in case.query.items() if name in kept}
        if isinstance(case.body, dict):
            self._offer_fit_offered(case, path)

    def _offer_fit_offered(self, case: schemathesis.Case, path: str) -> None:
        body, soon = case.body, (days.today(clock.now()) + timedelta(days=9)).isoformat()
        given: dict[str, Any] = {
            "follow_up_on": soon,
            "on": soon,
            "until": soon,
            "amount": None,
            "owner_id": None,
            "issue_id": None,
            "contact_id": None,
            "industry": None,
            "guests": [],
            "units": [UNIT],
            "enterprise_ids": [],
            "department_id": None,
            "responsible": {},
        }
        body |= {name: each for name, each in given.items() if name in body}
        if path.startswith("event-templates"):
            item = {"code": "B1", "phase": "before", "name": "准备", "role": "owner", "days": -3}
            case.body = {"name": "对接会", "items": [item]}
            case.headers["If-Match"] = "*"
        elif path == "events":
            body["template"] = TEMPLATE
        elif path == "opportunities":
            body |= {"unit": None, "enterprise_id": str(self.enterprise.id)}
        elif path in ("leads", "leads/{key}", "events/{key}/leads"):
            case.body = self._offer_lead_body(case, path)
        elif path in ("finance-tools", "finance-tools/{key}"):
            case.body = self._offer_tool_body(case, path)
        elif path.startswith("pools"):
            one = {"project_id": None, "lead_id": None, "since": "2026-01-01", "until": None}
            firm = str(self.given.enterprise(unit=UNIT).id)
            case.body = {"client_id": str(uuid.uuid4()), "enterprise_id": firm, "note": "", **one}
        elif path.endswith("/outcome"):
            case.body = {"outcome": "unanswered", "amount": None, "text": ""}

    def _offer_tool_body(self, case: schemathesis.Case, path: str) -> dict[str, Any]:
        self._offer_terms()
        code, own = f"T{uuid.uuid4().hex[:20]}", {"client_id": str(uuid.uuid4())}
        if path.endswith("{key}"):
            row = FinanceTool.rows().find_one({"_id": ObjectId(case.path_parameters["key"])}) or {}
            code, own = row.get("code", code), {}
        return {
            **own,
            "code": code,
            "name": "贷款",
            "kind": "loan",
            "provider": "某银行",
            "department": str(self.department),
        }

    def _offer_lead_body(self, case: schemathesis.Case, path: str) -> dict[str, Any]:
        body = {
            "enterprise": str(self.enterprise.id),
            "company": "某外地企业",
            "department": str(self.department),
        }
        if not path.endswith("leads/{key}"):
            return {**body, "client_id": str(uuid.uuid4())}
        row = Lead.rows().find_one({"_id": ObjectId(case.path_parameters["key"])}) or {}
        return {**body, "code": row.get("code", "X"), "found_on": "2026-11-20"}
