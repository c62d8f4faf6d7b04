"""A survey of funds and layout, the firms that it asks, and the people about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.enterprises.documents import Enterprise
from tests.support.factories import Given, client_id
from tests.support.phone import Phone

UNIT, ELSEWHERE = "321204002", "321204003"
QUESTIONS: list[dict[str, Any]] = [
    {
        "key": "borrows",
        "text": "是否有资金需求",
        "type": "yes_no",
        "required": True,
        "opens_issue": {"category": "FINANCE", "when": ["yes"]},
    },
    {
        "key": "funds",
        "text": "资金缺口",
        "type": "money",
        "required": True,
        "only_if": {"key": "borrows", "values": ["yes"]},
        "feeds": "funds_needed",
    },
    {"key": "use", "text": "用途", "type": "multi", "choices": ["设备", "流动资金", "研发"]},
    {"key": "jobs", "text": "预计新增用工", "type": "number", "unit": "人"},
    {"key": "since", "text": "计划开始月份", "type": "month"},
]
YES = {"borrows": "yes", "funds": "500.00", "use": ["研发", "设备"], "jobs": 20}


def survey_body(**said: Any) -> dict[str, Any]:
    """A survey as somebody drafts it."""
    return {
        "client_id": client_id(),
        "title": "企业资金需求与产业布局摸排",
        "until": "2026-12-11",
        "chosen": {},
        "questions": QUESTIONS,
        **said,
    }


@dataclass
class Story:
    """Everybody that a survey needs; `survey` is the id of the open one."""

    given: Given
    admin: Phone
    commissioner: Phone
    firms: list[Enterprise]
    survey: str = ""

    def open(self, **said: Any) -> str:
        """Draft and open a survey of the district."""
        made = self.admin.do("/surveys", survey_body(**said))
        self.survey = self.admin.do(f"/surveys/{made['id']}/open")["id"]
        return self.survey

    def begin(self, phone: Phone, firm: Enterprise, answers: Any = None, **more: Any) -> Any:
        """Begin to answer for a firm."""
        body = {"client_id": client_id(), "enterprise_id": str(firm.id), "answers": answers or {}}
        return phone.post(f"/surveys/{self.survey}/replies", {**body, **more})

    def answered(self, phone: Phone, firm: Enterprise, answers: Any) -> str:
        """Answered for a firm, and submitted."""
        key = str(self.begin(phone, firm, answers).json["id"])
        phone.do(f"/survey-replies/{key}/submit")
        return key

    def by_all(self, *funds: str) -> None:
        """One firm after the other needs so much."""
        for firm, amount in zip(self.firms, funds, strict=False):
            self.answered(self.commissioner, firm, {"borrows": "yes", "funds": amount})


def begun(given: Given, firms: int = 2) -> Story:
    """Firms of one unit, served by one commissioner."""
    commissioner = given.commissioner()
    served = {"unit": UNIT, "commissioner": commissioner.person.id}
    return Story(
        given,
        given.role("admin"),
        commissioner,
        [given.enterprise(**served) for _ in range(firms)],
    )
