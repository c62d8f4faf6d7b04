"""Stories up to a point, played over HTTP by the people they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.enterprises.documents import Enterprise
from tests.support.duties import run_due
from tests.support.factories import Given
from tests.support.phone import Phone

ANSWER = {"text": "施工许可证已发放", "result": "solved"}


@dataclass
class Story:
    """The people of one issue; `ticket` is its lead ticket once there is one."""

    enterprise: Enterprise
    contact: Phone
    clerk: Phone
    head: Phone
    issue: str
    number: str
    ticket: str = ""

    def on_ticket(self, verb: str) -> str:
        return f"/tickets/{self.ticket}/{verb}"

    def on_issue(self, verb: str) -> str:
        return f"/issues/{self.issue}/{verb}"


NOBODYS = {"category": "OTHER", "text": "您好，想问一下有人在吗"}
"""What neither rules nor model can place."""


def submitted(given: Given, **fields: Any) -> Story:
    enterprise = given.enterprise()
    contact = given.contact(enterprise)
    clerk, head = given.clerk("HOUSING"), given.head("HOUSING")
    issue = contact.open_issue(**fields)
    return Story(enterprise, contact, clerk, head, issue["id"], issue["number"])


def dispatched(given: Given, **fields: Any) -> Story:
    story = submitted(given, **fields)
    run_due()
    story.ticket = story.contact.see(f"/issues/{story.issue}")["tickets"][0]["id"]
    return story


def accepted(given: Given, **fields: Any) -> Story:
    story = dispatched(given, **fields)
    story.clerk.do(story.on_ticket("accept"))
    return story


def in_progress(given: Given, **fields: Any) -> Story:
    story = accepted(given, **fields)
    story.clerk.do(story.on_ticket("note"), {"text": "已联系图审中心"})
    return story


def answered(given: Given, **fields: Any) -> Story:
    story = accepted(given, **fields)
    story.clerk.do(story.on_ticket("answer"), ANSWER)
    return story


def reopened(given: Given, **fields: Any) -> Story:
    story = answered(given, **fields)
    story.contact.do(story.on_issue("confirm"), {"solved": "no", "comment": "面积不对"})
    return story


def resolved(given: Given, **fields: Any) -> Story:
    story = answered(given, **fields)
    story.contact.do(story.on_issue("confirm"), {"solved": "yes", "satisfaction": 5})
    return story


def returned(given: Given, **fields: Any) -> Story:
    story = dispatched(given, **fields)
    story.clerk.do(story.on_ticket("return"), {"reason_code": "not_ours", "reason": "不归我局"})
    return story


def withdrawn(given: Given, **fields: Any) -> Story:
    story = dispatched(given, **fields)
    story.contact.do(story.on_issue("withdraw"), {"reason": "已自行解决"})
    return story


def dispatching(given: Given) -> Story:
    """What no rule places: it lies in the dispatcher's box."""
    story = submitted(given, **NOBODYS)
    run_due()
    return story
