"""Finance tools, opportunities, leads, pools and events, stored as operations need them."""

from __future__ import annotations

import uuid
from typing import Any

from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.foundation import clock
from app.foundation.district import pack
from app.offers.events import templates
from app.offers.events.documents import Event, EventItem
from app.offers.finance.documents import FinanceTool, Introduction
from app.offers.leads.documents import Lead
from app.offers.opportunities.documents import Interest, Opportunity
from app.offers.pools.documents import PoolMember
from app.registers.documents import Term
from tests.support.factories import Given
from tests.support.phone import Phone

UNIT, TEMPLATE, POOL = "321204002", "bank_firm", "Q1"
SAID = {"by_name": "人员", "role": "clerk"}


class OffersMade:
    """What is offered, in the state that is asked for."""

    given: Given
    phones: dict[str, Phone]
    enterprise: Enterprise
    department: ObjectId

    def _offer_terms(self) -> None:
        templates.bring_in(pack(), clock.now())
        for dictionary, code in (("finance_kind", "loan"), ("pool", POOL)):
            known = {"dictionary": dictionary, "code": code}
            begun = {"name": code, "since": None, "until": None, "attributes": {}, "version": 1}
            row = {**begun, "updated_at": clock.now()}
            Term.rows().update_one(known, {"$setOnInsert": row}, upsert=True)

    def _offer_pool(self) -> str:
        self._offer_terms()
        return POOL

    def _offer_served(self, role: str) -> str:
        served = {"commissioner": self.phones["commissioner"].person.id}
        Enterprise.rows().update_one({"_id": self.enterprise.id}, {"$set": served})
        return str(self.enterprise.id)

    def _offer_finance_issue(self) -> str:
        firm = str(self.enterprise.id)
        made = self.phones["commissioner"].open_issue(category="FINANCE", enterprise_id=firm)
        return str(made["id"])

    def _offer_made(self) -> dict[str, Any]:
        own = {"client_id": str(uuid.uuid4()), "fingerprint": "-", "by": ObjectId()}
        return {**own, **SAID, "created_at": clock.now(), "updated_at": clock.now()}

    def _offer_tool(self) -> ObjectId:
        row = FinanceTool.insert_row(
            code=uuid.uuid4().hex,
            name="贷款",
            kind="loan",
            provider="某银行",
            department=self.department,
            created_at=clock.now(),
        )
        return row["_id"]  # type: ignore[no-any-return]

    def _offer_introduction(self, state: str, role: str) -> ObjectId:
        self._offer_served(role)
        key = self._offer_tool()
        row = Introduction.insert_row(
            tool=key,
            tool_name="贷款",
            department=self.department,
            enterprise=self.enterprise.id,
            state=state,
            slot=f"{key}:{self.enterprise.id}",
            owner=self.phones[role].person.id,
            steps=[{"state": state, "at": clock.now(), "by_name": "人员"}],
            **self._offer_made(),
        )
        return row["_id"]  # type: ignore[no-any-return]

    def _offer_opportunity(self, state: str) -> ObjectId:
        row = Opportunity.insert_row(
            kind="product",
            title="配套",
            text="寻求配套",
            unit="321204003",
            place=UNIT,
            state=state,
            staff=self.phones["dispatcher"].person.id,
            **self._offer_made(),
        )
        return row["_id"]  # type: ignore[no-any-return]

    def _offer_interest(self, state: str, role: str) -> ObjectId:
        self._offer_served(role)
        row = Interest.insert_row(
            opportunity=self._offer_opportunity("published"),
            enterprise=self.enterprise.id,
            state=state,
            owner=self.phones[role].person.id,
            **self._offer_made(),
        )
        return row["_id"]  # type: ignore[no-any-return]

    def _offer_lead(self, state: str, role: str) -> ObjectId:
        row = Lead.insert_row(
            code=uuid.uuid4().hex,
            enterprise=self.enterprise.id,
            company="某外地企业",
            department=self.department,
            unit=UNIT,
            found_on="2026-11-20",
            owner=self.phones[role].person.id,
            state=state,
            created_at=clock.now(),
        )
        return row["_id"]  # type: ignore[no-any-return]

    def _offer_member(self) -> ObjectId:
        self._offer_terms()
        row = PoolMember.insert_row(
            pool=POOL,
            kind="enterprise",
            enterprise=self.given.enterprise(unit=UNIT).id,
            since="2026-01-01",
            unit=UNIT,
            created_at=clock.now(),
        )
        return row["_id"]  # type: ignore[no-any-return]

    def _offer_event(self, *, items: bool = True) -> ObjectId:
        row = Event.insert_row(
            template=TEMPLATE,
            kind_name="对接会",
            title="对接会",
            on="2030-01-08",
            units=[UNIT],
            department=self.department,
            owner=self.phones["dispatcher"].person.id,
            **self._offer_made(),
        )
        if items:
            EventItem.insert_row(
                event=row["_id"],
                code="B1",
                phase="before",
                name="准备",
                days=-3,
                responsible=self.phones["dispatcher"].person.id,
                due_on="2030-01-04",
                created_at=clock.now(),
                updated_at=clock.now(),
            )
        return row["_id"]  # type: ignore[no-any-return]

    def _offer_item(self) -> str:
        row = EventItem.rows().find_one({"event": self._offer_event()}) or {}
        return str(row["_id"])
