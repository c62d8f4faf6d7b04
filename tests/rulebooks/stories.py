"""Rulebooks as an admin writes them."""

from __future__ import annotations

import copy
from typing import Any

from app.foundation.district import pack
from tests.support.factories import client_id
from tests.support.phone import Phone

BOOKS = "/routing/rulebooks"
SURE = {"place": 0.8, "keywords": 0.6, "unlikely": 0, "overrule": 1, "urgent": 1}
CONTENT: dict[str, Any] = {
    "urgent_words": ["停产", "爆炸"],
    "negations": ["没有", "未"],
    "negation_reach": 4,
    "nearest_within_m": 1500,
    "restrictions": [
        {"code": "department", "name": "对部门的投诉", "way": "拨打12345", "bars_named": True}
    ],
}


def rule(name: str, lead: str | None = None, **then: Any) -> dict[str, Any]:
    """A rule that fits whatever mentions its name."""
    given = {"lead": lead} if lead else {}
    return {"name": name, "when": {"words": {"any": [name]}}, "then": {**given, **then}}


def content(*rules: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Content with these rules, in which a chosen category is never overruled."""
    own = copy.deepcopy(dict(pack().routing.content))
    thresholds = {**own["thresholds"], **SURE}
    return {
        **own,
        **copy.deepcopy(CONTENT),
        "thresholds": thresholds,
        "rules": list(rules),
        **changes,
    }


def draft(admin: Phone, *rules: dict[str, Any], **fields: Any) -> Any:
    body = {"client_id": client_id(), "content": content(*rules), "note": "试拟", **fields}
    return admin.do(BOOKS, body)


def publish(admin: Phone, number: int, **fields: Any) -> Any:
    return admin.do(f"{BOOKS}/{number}/publish", {"reason": "经会议商定", **fields})


def published(admin: Phone, *rules: dict[str, Any]) -> int:
    """The number of a version that says this and is in use now."""
    number = int(draft(admin, *rules)["number"])
    publish(admin, number, over=True)
    return number
