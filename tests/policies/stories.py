"""A policy, its department, a firm that it is for, and the steps of a claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.departments import registry
from app.enterprises.documents import Enterprise
from app.foundation import clock
from app.registers.documents import Term
from tests.support.factories import Given, client_id
from tests.support.ledger import picture
from tests.support.phone import Phone

UNIT, HOME, OTHER = "321204002", "INDUSTRY_IT", "HOUSING"
CONDITIONS: dict[str, Any] = {
    "kind": "all",
    "of": [
        {"kind": "tags", "how": "any", "values": ["srdi", "high_tech"]},
        {"kind": "unit", "values": [UNIT]},
        {"kind": "date", "of": "production_on", "within_months": 24},
    ],
}
FIXED = {"kind": "fixed", "amount": "50.00"}


def policy_body(**said: Any) -> dict[str, Any]:
    """A policy as a department drafts it."""
    return {
        "client_id": client_id(),
        "code": "HQ2026-01",
        "title": "专精特新企业设备补助",
        "department": HOME,
        "text": "对投产两年内的专精特新企业给予设备补助",
        "conditions": CONDITIONS,
        "amount_rule": FIXED,
        "since": "2026-01-01",
        "until": "2026-12-31",
        "several": False,
        "papers": ["营业执照"],
        "notice_wd": 3,
        "shows_amount": True,
        **said,
    }


def home(code: str = HOME) -> str:
    """The id of a department."""
    return str(registry.by_code(code).id)


def dictionary(*tags: str) -> None:
    """The tags that conditions may name."""
    for code in tags:
        Term.insert_row(dictionary="tag", code=code, name=f"标签{code}", updated_at=clock.now())


@dataclass
class Story:
    """Everybody that a claim needs. `policy` is the id of the published one."""

    given: Given
    clerk: Phone
    head: Phone
    commissioner: Phone
    contact: Phone
    firm: Enterprise
    policy: str = ""
    claim: str = ""

    def publish(self, **said: Any) -> str:
        """Draft and publish a policy."""
        made = self.clerk.do("/policies", policy_body(**said))
        self.policy = self.head.do(f"/policies/{made['id']}/publish")["id"]
        return self.policy

    def open(self, phone: Phone | None = None, firm: Enterprise | None = None) -> dict[str, Any]:
        """Open a claim of the firm."""
        body = {"client_id": client_id(), "enterprise_id": str((firm or self.firm).id)}
        made = (phone or self.contact).do(f"/policies/{self.policy}/claims", body)
        self.claim = made["id"]
        return dict(made)

    def step(self, phone: Phone, action: str, **said: Any) -> dict[str, Any]:
        """A step that succeeds."""
        return dict(phone.do(f"/claims/{self.claim}/{action}", said))

    def refused(self, phone: Phone, action: str, **said: Any) -> tuple[int, str]:
        """The status and code of a step that does not."""
        answer = phone.post(f"/claims/{self.claim}/{action}", said)
        return answer.status_code, answer.json["code"]

    def papers(self, phone: Phone, number: int = 1) -> dict[str, Any]:
        """What a submission needs."""
        photo = str(phone.take_photo(picture(number)).json["id"])
        return {"papers": [{"name": "营业执照", "photo_ids": [photo]}]}

    def submitted(self, phone: Phone | None = None) -> dict[str, Any]:
        """Opened, matched and submitted."""
        by = phone or self.contact
        self.open(by)
        self.step(by, "match")
        return self.step(by, "submit", **self.papers(by))

    def publicised(self) -> dict[str, Any]:
        """On to the public notice."""
        self.submitted()
        self.step(self.clerk, "review")
        return self.step(self.clerk, "publicise")

    def pay(self, phone: Phone, amount: str, on: str, **said: Any) -> Any:
        """Record a payment."""
        body = {"client_id": client_id(), "amount": amount, "on": on, "reference": "A1", **said}
        return phone.post(f"/claims/{self.claim}/payouts", body)


def begun(given: Given) -> Story:
    """A firm that meets the policy, which is published."""
    dictionary("srdi", "high_tech", "startup")
    commissioner = given.commissioner()
    firm = given.enterprise(
        unit=UNIT,
        tags=["srdi"],
        production_on="2026-01-10",
        commissioner=commissioner.person.id,
    )
    story = Story(
        given, given.clerk(HOME), given.head(HOME), commissioner, given.contact(firm), firm
    )
    story.publish()
    return story
