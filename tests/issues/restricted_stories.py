"""Complaints that no machine may place, filed by a firm, up to a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.departments import registry
from app.enterprises.documents import Enterprise
from app.issues.documents import Issue
from config.pack import RESTRICTED
from deploy.check_data import Counted, findings, line
from tests.support.duties import run_due
from tests.support.factories import Given
from tests.support.phone import Phone

RUDE = "住建局窗口的人态度恶劣，骂人还把材料扔出来，我要投诉"
RIVAL = "我要举报隔壁那家厂虚开发票，请市场监管局查处"
PLAIN = "施工许可证办了两个月还没有下来，桩机已经进场待命"


@dataclass
class Held:
    """An issue that the restricted desk leads. `barred` is of the department complained of."""

    given: Given
    enterprise: Enterprise
    contact: Phone
    clerk: Phone
    head: Phone
    barred: Phone
    issue: str
    number: str
    ticket: str

    def stored(self) -> Issue:
        return Issue.get(self.issue)

    def on_ticket(self, verb: str) -> str:
        return f"/tickets/{self.ticket}/{verb}"

    def on_issue(self, verb: str) -> str:
        return f"/issues/{self.issue}/{verb}"


def department(code: str) -> str:
    return str(registry.by_code(code).id)


def contradicted() -> list[str]:
    """What `make check-data` says is wrong."""
    return [line(each) for each in findings(Counted())]


def held(given: Given, text: str = RUDE, **fields: Any) -> Held:
    """Filed by a contact, and on the desk."""
    enterprise = given.enterprise()
    contact = given.contact(enterprise)
    clerk, head = given.clerk(RESTRICTED), given.head(RESTRICTED)
    barred = given.clerk("HOUSING")
    issue = contact.open_issue(text=text, **{"category": None, **fields})
    run_due()
    ticket = contact.see(f"/issues/{issue['id']}")["tickets"][0]["id"]
    return Held(
        given, enterprise, contact, clerk, head, barred, issue["id"], issue["number"], ticket
    )


def accepted(given: Given, text: str = RUDE, **fields: Any) -> Held:
    story = held(given, text, **fields)
    story.clerk.do(story.on_ticket("accept"))
    return story
