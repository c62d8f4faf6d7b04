"""What speaks against a policy: refusals, objections that were upheld, complaints that name it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from app.foundation.db import Row
from app.foundation.district import pack
from app.issues.documents import Issue
from app.people import finding
from app.policies import people
from app.policies.claims.documents import UPHELD, Claim, Objection
from app.policies.claims.states import REFUSED
from app.policies.claims.steps import firm_of
from app.policies.documents import Policy
from app.policies.proposals.documents import COMPLAINT, OBJECTION, REFUSAL, evidence

TITLE_LEAST = 4
"""A title of fewer characters is too common a word to be looked for in texts."""


@dataclass(frozen=True, slots=True)
class Raised:
    """What somebody raised: its row of evidence, with what it is alike to, and who is to hear of it."""

    group: str
    row: Row
    followers: tuple[ObjectId, ...]


def raised(policy: Row, since: datetime) -> list[Raised]:
    """All that was raised against the policy of this code since then. Three looks, and one for each firm."""
    return [*_refusals(policy, since), *_objections(policy, since), *_complaints(policy, since)]


def of_ids(policy: Row, claims: Iterable[str], objections: Iterable[str]) -> list[Raised]:
    """Refused claims and objections of the policy of this code that a person names."""
    of = {"code": policy["code"]}
    refused = Claim.rows().find({"_id": {"$in": list(map(ObjectId, claims))}, **of})
    objected = Objection.rows().find({"_id": {"$in": list(map(ObjectId, objections))}, **of})
    return [
        *(each for row in refused if row["refusal"] for each in _of_refusal(row)[:1]),
        *map(_of_objection, objected),
    ]


def of_issue(issue: Row) -> Raised:
    """An issue as a complaint."""
    text = str(issue.get("demand") or issue["text"])
    row = evidence(COMPLAINT, issue, issue["created_at"], text)
    return Raised(COMPLAINT, row, (issue["owner"],))


def _refusals(policy: Row, since: datetime) -> Iterable[Raised]:
    query = {"code": policy["code"], "state": REFUSED, "refusal.at": {"$gte": since}}
    for claim in Claim.rows().find(query):
        yield from _of_refusal(claim)


def _of_refusal(claim: Row) -> list[Raised]:
    refusal = claim["refusal"]
    followers = finding.once([claim["by"]], people.contacts(firm_of(claim)))
    row = evidence(REFUSAL, claim, refusal["at"], refusal["text"])
    return [Raised(code, row, tuple(followers)) for code in refusal["codes"]]


def _objections(policy: Row, since: datetime) -> Iterable[Raised]:
    query = {"code": policy["code"], "state": UPHELD, "created_at": {"$gte": since}}
    return map(_of_objection, Objection.rows().find(query))


def _of_objection(objection: Row) -> Raised:
    row = evidence(OBJECTION, objection, objection["created_at"], objection["text"])
    return Raised(OBJECTION, row, (objection["by"],))


def _complaints(policy: Row, since: datetime) -> Iterable[Raised]:
    """Issues of the district's category whose text names the policy; what few may see is not among them."""
    titles = {policy["code"], *Policy.rows().distinct("title", {"code": policy["code"]})}
    names = "|".join(re.escape(each) for each in sorted(titles) if len(each) >= TITLE_LEAST)
    if not names:
        return []
    query = {
        "category": pack().policies.category,
        "created_at": {"$gte": since},
        "restricted": None,
        "text": {"$regex": names},
    }
    shown = dict.fromkeys(("text", "demand", "owner", "created_at"), 1)
    return [of_issue(row) for row in Issue.rows().find(query, shown)]
