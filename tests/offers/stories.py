"""People and things of offers, as phones make them."""

from __future__ import annotations

from typing import Any

from app.departments.documents import Department
from app.enterprises.documents import Enterprise
from app.foundation import clock
from app.foundation.district import pack
from app.offers.events import templates
from app.registers import packs
from app.registers.documents import Term
from tests.support.factories import Given, client_id
from tests.support.phone import Phone

UNIT, OTHER_UNIT = "321204002", "321204003"
HOME = "FINANCIAL_REGULATION"
MONEY = "企业流动资金紧张，需要贷款500万元周转"


def begin() -> None:
    """Dictionaries and templates as the pack brings them."""
    packs.bring_in(pack(), clock.now())
    templates.bring_in(pack(), clock.now())


def term(dictionary: str, code: str, name: str, **said: Any) -> None:
    """A term that an admin fills in."""
    Term.insert_row(dictionary=dictionary, code=code, name=name, updated_at=clock.now(), **said)


def tool(phone: Phone, **said: Any) -> dict[str, Any]:
    """A finance tool, entered."""
    body = {
        "client_id": client_id(),
        "code": "T1",
        "name": "流动资金贷款",
        "kind": "loan",
        "provider": "某银行",
        "department": HOME,
        "amount_min": "100.00",
        "amount_max": "1000.00",
        **said,
    }
    return phone.do("/finance-tools", body)


class Story:
    """A firm with who speaks for it, who serves it, the department's clerk, the desk, another firm."""

    def __init__(self, given: Given) -> None:
        begin()
        self.given = given
        self.commissioner = given.commissioner()
        self.firm = given.enterprise(
            unit=UNIT, sector="C34", tags=["srdi"], commissioner=self.commissioner.person.id
        )
        self.contact = given.contact(self.firm)
        self.clerk = given.clerk(HOME)
        self.dispatcher = given.dispatcher()
        self.other: Enterprise = given.enterprise(unit=OTHER_UNIT)
        self.stranger = given.contact(self.other)
        self.key = str(self.firm.id)

    def introduce(self, made: dict[str, Any], by: Phone | None = None, **said: Any) -> Any:
        """The tool, proposed to the firm."""
        body = {"client_id": client_id(), "enterprise_id": self.key, **said}
        return (by or self.clerk).do(f"/finance-tools/{made['id']}/introductions", body)

    @property
    def home(self) -> str:
        """The id of the clerk's department."""
        row = Department.rows().find_one({"code": HOME}) or {}
        return str(row["_id"])

    def opportunity(self, by: Phone | None = None, **said: Any) -> Any:
        """An opportunity of the firm, published by the desk."""
        body = {
            "client_id": client_id(),
            "kind": "equipment",
            "title": "共享检测设备",
            "text": "三坐标测量机可对外服务",
            "enterprise_id": self.key,
            "contact_id": str(self.contact.person.id),
            **said,
        }
        made = (by or self.contact).do("/opportunities", body)
        return self.dispatcher.do(f"/opportunities/{made['id']}/publish", {})

    def interest(self, made: dict[str, Any], **said: Any) -> Any:
        """The other firm is interested."""
        body = {"client_id": client_id(), "enterprise_id": str(self.other.id), "text": "想合作"}
        return self.stranger.do(f"/opportunities/{made['id']}/interests", {**body, **said})

    def lead(self, by: Phone | None = None, path: str = "/leads", **said: Any) -> Any:
        """A lead that the firm brings."""
        body = {
            "client_id": client_id(),
            "enterprise": self.key,
            "company": "某外地企业",
            "company_place": "苏州",
            "department": HOME,
            "contact_name": "李某",
            "contact_phone": "13900000000",
            **said,
        }
        return (by or self.clerk).do(path, body)
