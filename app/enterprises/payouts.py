"""What was paid out to enterprises under policies.

The rooms of policies write these entries; they lie here so that the rates of projects can hold tax against
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from bson import Decimal128, ObjectId
from mongoengine import Decimal128Field, ObjectIdField, StringField

from app.foundation.amounts import ZERO, read
from app.foundation.db import Row
from app.foundation.entries import STANDING, Entry

IN_ONE_LOOK = 2000


class Payout(Entry):
    """`amount` (万元) was paid to an enterprise, for a project or in general, on a local day.

    `policy` is the edition that was claimed, `policy_title` its title then; `department` paid. `about` is
    the payout's own id as text: what supersedes one says that it never was.
    """

    enterprise: ObjectId = ObjectIdField(required=True)
    project: ObjectId | None = ObjectIdField(null=True, default=None)
    policy: ObjectId = ObjectIdField(required=True)
    policy_title: str = StringField(required=True)
    department: ObjectId = ObjectIdField(required=True)
    claim: ObjectId = ObjectIdField(required=True)
    amount: Decimal128 = Decimal128Field(required=True)
    on: str = StringField(required=True)
    reference: str = StringField(default="")

    meta: ClassVar[dict[str, Any]] = {"collection": "payouts"}


def paid_by_month(
    enterprises: Iterable[ObjectId], first: str, last: str, held: Row = STANDING
) -> Mapping[ObjectId, Mapping[str, Decimal]]:
    """What (万元) each of the enterprises was paid in each month (`2026-11`), on local days from the first to
    the last, both included.

    Who was paid nothing is left out, as is a month of nothing. `held` finds the entries that are held true,
    see `entries`.
    """
    keys, found = list(enterprises), dict[ObjectId, dict[str, Decimal]]()
    month = {"$substrBytes": ["$on", 0, 7]}
    group = {"_id": {"firm": "$enterprise", "month": month}, "paid": {"$sum": "$amount"}}
    for start in range(0, len(keys), IN_ONE_LOOK):
        some = {"$in": keys[start : start + IN_ONE_LOOK]}
        match = {"enterprise": some, "on": {"$gte": first, "$lte": last}, **held}
        for row in Payout.rows().aggregate([{"$match": match}, {"$group": group}]):
            of = found.setdefault(row["_id"]["firm"], {})
            of[row["_id"]["month"]] = read(row["paid"]) or ZERO
    return found
