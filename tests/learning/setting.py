"""Rules and models in use, and issues that take wrong turns, for stories of learning."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from app.foundation.district import pack
from tests.issues import stories
from tests.issues.stories import Story
from tests.support.duties import run_due
from tests.support.factories import Given, client_id
from tests.support.phone import Phone

REASON = {"reason": "经会商决定"}
COMPLAINT = "这个窗口收了红包，材料压着不办"
HELD_BACK = {
    "name": "作风投诉",
    "when": {"words": {"any": ["红包"]}},
    "then": {"restricted": "bribes"},
}
BRIBES = {"code": "bribes", "name": "作风投诉", "way": "由专席核实", "bars_named": True}


def use_rules(given: Given, *rules: dict[str, Any]) -> None:
    """Publish a version of the pack's rulebook with these rules."""
    content = deepcopy(dict(pack().routing.content))
    content["restrictions"] = [*content["restrictions"], BRIBES]
    content["rules"] = list(rules)
    admin = given.role("admin")
    made = admin.do("/routing/rulebooks", {"client_id": client_id(), "content": content})
    admin.do(f"/routing/rulebooks/{made['number']}/publish", REASON)


def place(given: Given, story: Story, category: str, **where: str) -> None:
    body = {"category": category, "reason": "按职责", **where}
    given.inspector().do(story.on_issue("place"), body)


def give_back(story: Story, code: str = "not_ours") -> None:
    story.clerk.do(story.on_ticket("return"), {"reason_code": code, "reason": "不归我局"})


def answer(clerk: Phone) -> None:
    """The clerk's department answers all that it has."""
    run_due()
    for ticket in clerk.see("/tickets", box="department")["items"]:
        clerk.do(f"/tickets/{ticket['id']}/accept")
        clerk.do(f"/tickets/{ticket['id']}/answer", stories.ANSWER)


def release(given: Given) -> None:
    """The restricted desk finds that all it has is ordinary."""
    desk = given.clerk("RESTRICTED_DESK")
    for ticket in desk.see("/tickets", box="department")["items"]:
        body = {"reason": "是业务诉求", "only_named": True}
        desk.do(f"/tickets/{ticket['id']}/release", body)
