"""Policies, claims, objections and proposals in the states that their operations need."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import schemathesis
from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.enterprises.payouts import Payout
from app.foundation import clock, days
from app.foundation.amounts import ZERO, money, stored
from app.foundation.entries import PHONE
from app.policies.claims.documents import Claim, Objection
from app.policies.documents import Policy
from app.policies.proposals.documents import Proposal
from tests.support.factories import Given
from tests.support.phone import Phone

RULES = {
    "conditions": {"kind": "unit", "values": ["321204002"]},
    "amount_rule": {"kind": "fixed", "amount": "50.00"},
}
SIGNED = {"by_name": "人员", "role": "clerk"}
CLAIM = "/api/v1/claims/{key}"


class PolicyThings:
    """What `District` needs of policies."""

    given: Given
    phones: dict[str, Phone]
    enterprise: Enterprise
    department: ObjectId

    def policy_things(self) -> dict[str, Callable[[str], str]]:
        """By path, what the operation can be done to."""
        policy, firm = "/api/v1/policies/{key}", (lambda role: str(self.enterprise.id))
        claims = {
            "": "submitted",
            "/match": "found",
            "/submit": "matched",
            "/withdraw": "submitted",
            "/review": "submitted",
            "/return": "submitted",
            "/refuse": "submitted",
            "/publicise": "reviewed",
            "/approve": "publicised",
            "/payouts": "approved",
        }
        return {
            policy: lambda role: str(self._policy("draft")),
            f"{policy}/publish": lambda role: str(self._policy("draft")),
            **{
                f"{policy}{action}": lambda role: str(self._policy("published"))
                for action in ("/close", "/editions", "/enterprises", "/claims", "/proposals")
            },
            "/api/v1/enterprises/{key}/policies": firm,
            "/api/v1/enterprises/{key}/payouts": firm,
            **{
                f"{CLAIM}{action}": lambda role, state=state: str(self._claim(state))
                for action, state in claims.items()
            },
            "/api/v1/payouts/{key}/void": lambda role: self._payout(),
            "/api/v1/public-notices/{key}/objections": lambda role: str(
                self._claim("publicised", runs=True)
            ),
            "/api/v1/objections/{key}": lambda role: self._objection(),
            "/api/v1/objections/{key}/decide": lambda role: self._objection(),
            "/api/v1/policy-proposals/{key}": lambda role: self._proposal(),
            "/api/v1/policy-proposals/{key}/decide": lambda role: self._proposal(),
        }

    def fit_policy(self, case: schemathesis.Case) -> None:
        """Rules that can be read, codes that there are, nothing narrowed that is not there."""
        if case.path.endswith(("/claims", "/claims/figures")) and isinstance(case.query, dict):
            case.query = {name: each for name, each in case.query.items() if name == "by"}
        if not isinstance(case.body, dict):
            return
        if case.path.endswith(("/policies", "/policies/{key}")):
            case.body |= self._content(case)
        elif case.path.endswith("/claims"):
            case.body |= {"project_id": None, "issue_id": None}
        elif "/claims/{key}" in case.path:
            self._fit_claim(case.body)
        elif case.path.endswith("/proposals"):
            case.body |= {"claim_ids": [], "objection_ids": [], "issue_ids": []}
        elif case.path.endswith("/decide") and "edition_id" in case.body:
            case.body["edition_id"] = None

    def _fit_claim(self, body: dict[str, Any]) -> None:
        today = days.today(clock.now()).isoformat()
        given = {"reason_codes": ["late"], "amount": "1.00", "on": today}
        body |= {name: each for name, each in given.items() if name in body}
        if "papers" in body:
            body |= {"papers": [], "asked": None, "account": None}

    def _content(self, case: schemathesis.Case) -> dict[str, Any]:
        code = f"HQ-{uuid.uuid4().hex[:20]}"
        if case.path.endswith("{key}"):
            row = Policy.rows().find_one({"_id": ObjectId(case.path_parameters["key"])}) or {}
            code = row.get("code", code)
        open_ended = dict.fromkeys(("since", "until", "notice_wd", "several", "shows_amount"))
        return {**RULES, **open_ended, "code": code, "department": str(self.department)} | {
            "papers": []
        }

    def _policy(self, state: str) -> ObjectId:
        now = clock.now()
        row = Policy.insert_row(
            code=f"HQ-{uuid.uuid4().hex}",
            state=state,
            title="设备补助",
            department=self.department,
            text="补助",
            created_at=now,
            **RULES,
        )
        return row["_id"]  # type: ignore[no-any-return]

    def _claim(self, state: str, *, runs: bool = False) -> ObjectId:
        """Its firm is served by the commissioner, and it was reviewed by somebody else."""
        now, policy = clock.now(), self._policy("published")
        self._serve()
        day = days.today(now)
        last = day + timedelta(days=3 if runs else -1)
        notice = {"first": "2020-01-01", "last": last.isoformat(), "amount": None, "at": now}
        code = str((Policy.rows().find_one({"_id": policy}) or {})["code"])
        row = Claim.insert_row(
            policy=policy,
            code=code,
            title="设备补助",
            window="",
            slot=f"{self.enterprise.id}:{code}:",
            department=self.department,
            enterprise=self.enterprise.id,
            state=state,
            by=ObjectId(),
            paid=stored(ZERO),
            reviewer=ObjectId(),
            reviewed=stored(money("50")),
            approved=stored(money("50")) if state == "approved" else None,
            notice=notice if state in ("publicised", "approved") else None,
            round=1,
            steps=[{"state": state, "since": now, "until": None, "days": None, "by": "人员"}],
            client_id=str(uuid.uuid4()),
            fingerprint="-",
            created_at=now,
            updated_at=now,
            **SIGNED,
        )
        return row["_id"]  # type: ignore[no-any-return]

    def _serve(self) -> None:
        served = {"commissioner": self.phones["commissioner"].person.id}
        Enterprise.rows().update_one({"_id": self.enterprise.id}, {"$set": served})

    def _payout(self) -> str:
        claim = Claim.rows().find_one({"_id": self._claim("approved")}) or {}
        key = ObjectId()
        Payout(
            id=key,
            about=str(key),
            enterprise=claim["enterprise"],
            policy=claim["policy"],
            policy_title=claim["title"],
            department=claim["department"],
            claim=claim["_id"],
            amount=stored(money("1")),
            on="2026-11-20",
            source=PHONE,
            known_at=clock.now(),
            **SIGNED,
        ).insert()
        Claim.rows().update_one({"_id": claim["_id"]}, {"$set": {"paid": stored(money("1"))}})
        return str(key)

    def _objection(self) -> str:
        claim = Claim.rows().find_one({"_id": self._claim("publicised", runs=True)}) or {}
        Claim.rows().update_one({"_id": claim["_id"]}, {"$set": {"objections": 1}})
        row = Objection.insert_row(
            claim=claim["_id"],
            policy=claim["policy"],
            code=claim["code"],
            department=claim["department"],
            round=1,
            by=ObjectId(),
            text="重复享受",
            client_id=str(uuid.uuid4()),
            fingerprint="-",
            created_at=clock.now(),
            **SIGNED,
        )
        return str(row["_id"])

    def _proposal(self) -> str:
        policy = Policy.rows().find_one({"_id": self._policy("published")}) or {}
        row = Proposal.insert_row(
            code=policy["code"],
            policy=policy["_id"],
            title=policy["title"],
            department=policy["department"],
            followers=[phone.person.id for phone in self.phones.values()],
            created_at=clock.now(),
            updated_at=clock.now(),
            **SIGNED,
        )
        return str(row["_id"])
