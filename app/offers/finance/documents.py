"""Finance tools (金融工具箱), and their introductions to firms."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from bson import Decimal128, ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    Decimal128Field,
    DictField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from app.foundation.changes import Tracked
from app.offers.finance.states import PROPOSED, STATES

TOOL, INTRODUCTION = "finance_tool", "introduction"
FUND = "fund"
"""The kind of a tool that is an industry's fund: 一产业一基金."""


class FinanceTool(Tracked):
    """What a `provider` offers, kept by a `department`; `kind`, `funding` are codes of dictionaries.

    It is for firms of one of `industries` or of the `directions` (1+4) that take them in, for all where both
    are empty; and for those that have one of the `tags`, `size_classes`, `growth_classes`, `units` where
    there are any. Amounts are 万元, of one firm. It is offered from the local day `since` to before `until`.
    `contact` is who of staff knows more.
    """

    code: str = StringField(required=True)
    name: str = StringField(required=True)
    kind: str = StringField(required=True)
    provider: str = StringField(required=True)
    department: ObjectId = ObjectIdField(required=True)
    industries: list[str] = ListField(StringField())
    directions: list[str] = ListField(StringField())
    tags: list[str] = ListField(StringField())
    size_classes: list[str] = ListField(StringField())
    growth_classes: list[str] = ListField(StringField())
    units: list[str] = ListField(StringField())
    amount_min: Decimal128 | None = Decimal128Field(null=True, default=None)
    amount_max: Decimal128 | None = Decimal128Field(null=True, default=None)
    term_months: int | None = IntField(null=True, default=None)
    rate: str = StringField(default="")
    collateral: str = StringField(default="")
    funding: str | None = StringField(null=True, default=None)
    since: str | None = StringField(null=True, default=None)
    until: str | None = StringField(null=True, default=None)
    contact: ObjectId | None = ObjectIdField(null=True, default=None)
    text: str = StringField(default="")
    historic: bool = BooleanField(default=False)
    created_by: ObjectId | None = ObjectIdField()
    client_id: str | None = StringField()
    fingerprint: str | None = StringField()
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime | None = DateTimeField()
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "finance_tools"}


class Introduction(Tracked):
    """A tool that is brought to a firm, perhaps for an `issue`; `owner` of staff sees to it.

    `department` is the tool's. `wanted` and `granted` are 万元. `steps` are {state, at, by_name}, one for
    each state it came to. `slot` names tool and firm while it is open: there is one such at most. It is to be
    followed up on the local day `follow_up_on`. `reason` is why the firm declined or the provider refused.
    """

    tool: ObjectId = ObjectIdField(required=True)
    tool_name: str = StringField(required=True)
    department: ObjectId = ObjectIdField(required=True)
    enterprise: ObjectId = ObjectIdField(required=True)
    issue: ObjectId | None = ObjectIdField(null=True, default=None)
    state: str = StringField(required=True, choices=STATES, default=PROPOSED)
    slot: str | None = StringField()
    owner: ObjectId = ObjectIdField(required=True)
    text: str = StringField(default="")
    wanted: Decimal128 | None = Decimal128Field(null=True, default=None)
    granted: Decimal128 | None = Decimal128Field(null=True, default=None)
    reason: str = StringField(default="")
    follow_up_on: str | None = StringField(null=True, default=None)
    steps: list[dict[str, Any]] = ListField(DictField())
    ended_at: datetime | None = DateTimeField(null=True, default=None)
    by: ObjectId = ObjectIdField(required=True)
    by_name: str = StringField(required=True)
    role: str = StringField(required=True)
    client_id: str = StringField(required=True)
    fingerprint: str = StringField(required=True)
    created_at: datetime = DateTimeField(required=True)
    updated_at: datetime = DateTimeField(required=True)
    version: int = IntField(default=1)

    meta: ClassVar[dict[str, Any]] = {"collection": "introductions"}


def is_offered(tool: Any, day: str) -> bool:
    """Whether a stored tool is offered on a local day."""
    begun = tool.get("since") is None or tool["since"] <= day
    return begun and (tool.get("until") is None or tool["until"] > day)


def offered_on(day: str) -> dict[str, Any]:
    """What finds the tools that are offered on a local day."""
    return {
        "$and": [
            {"$or": [{"since": None}, {"since": {"$lte": day}}]},
            {"$or": [{"until": None}, {"until": {"$gt": day}}]},
        ]
    }
