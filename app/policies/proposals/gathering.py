"""The machine's part: what is raised often enough against a policy becomes a proposal. It decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from bson import ObjectId

from app.foundation import days, duties, history
from app.foundation.db import Row, transaction
from app.foundation.district import pack
from app.foundation.duties import Duty
from app.foundation.history import SYSTEM
from app.foundation.reasons import Reason
from app.people import finding
from app.people.announcing import announce, telling
from app.policies import people
from app.policies.documents import DRAFT, PUBLISHED, Policy
from app.policies.gathering_duty import KIND
from app.policies.proposals.documents import OPEN, Proposal
from app.policies.proposals.sources import Raised, raised

THING = "proposal"


def begin(now: datetime) -> None:
    """Owe a look at each published policy once a day: complaints name one without its room hearing of it."""
    today = days.today(now).isoformat()
    for row in Policy.rows().find({"state": PUBLISHED}, {"code": 1}):
        key = f"{KIND}:{row['code']}:{today}"
        duties.add(KIND, row["_id"], now=now, key=key, payload={"code": row["code"]})


def gather(duty: Duty, now: datetime) -> None:
    """Open a proposal for what was raised often enough, or add it to the one that is open."""

    def work() -> None:
        query = {"code": duty.payload["code"], "state": {"$ne": DRAFT}}
        policy = Policy.rows().find_one(query, sort=[("edition", -1)])
        if policy is not None:
            _gather(policy, now)
        duties.finish(duty, now)

    transaction(work)


def _gather(policy: Row, now: datetime) -> None:
    """What an earlier proposal rested on counts no more: it was decided, or stands in the open one."""
    terms = pack().policies
    first = days.months_later(days.today(now), -terms.propose_months)
    since = datetime.combine(first, time(), pack().zone)
    earlier = list(Proposal.rows().find({"code": policy["code"]}))
    used = {(each["group"], row["id"]) for each in earlier for row in each["evidence"]}
    open_ones = {each["group"]: each for each in earlier if each["state"] == OPEN}
    groups: dict[str, list[Raised]] = {}
    for each in raised(policy, since):
        if (each.group, each.row["id"]) not in used:
            groups.setdefault(each.group, []).append(each)
    for group, fresh in groups.items():
        if group in open_ones:
            _add(open_ones[group], fresh, now)
        elif len(fresh) >= terms.propose_at_least:
            _open(policy, group, fresh, now)


def _add(proposal: Row, fresh: Sequence[Raised], now: datetime) -> None:
    change = {
        "$set": {"updated_at": now},
        "$inc": {"version": 1},
        "$push": {"evidence": {"$each": [each.row for each in fresh]}},
        "$addToSet": {"followers": {"$each": followers_of(fresh)}},
    }
    Proposal.rows().update_one({"_id": proposal["_id"], "state": OPEN}, change)
    data = {"added": [each.row["id"] for each in fresh]}
    history.append(THING, proposal["_id"], "add", by=SYSTEM, now=now, data=data)


def _open(policy: Row, group: str, fresh: Sequence[Raised], now: datetime) -> None:
    made = Proposal.insert_row(
        code=policy["code"],
        policy=policy["_id"],
        title=policy["title"],
        department=policy["department"],
        group=group,
        slot=f"{policy['code']}:{group}",
        by_name=SYSTEM.name,
        role=SYSTEM.role,
        evidence=[each.row for each in fresh],
        followers=followers_of(fresh),
        created_at=now,
        updated_at=now,
    )
    tell_opened(made, SYSTEM, now)


def followers_of(fresh: Sequence[Raised]) -> list[ObjectId]:
    """Who raised what was raised, each once."""
    return finding.once(*(each.followers for each in fresh))


def tell_opened(proposal: Row, by: history.Actor, now: datetime) -> None:
    """Write down that a proposal was opened, and owe word of it to the department."""
    home = people.present(proposal["department"])
    told, text = finding.once(people.heads(home), people.staff(home)), proposal.get("text", "")
    row = history.append(
        THING,
        proposal["_id"],
        "open",
        by=by,
        now=now,
        after=OPEN,
        text=text,
        reasons=[] if text else [Reason("proposal.raised", {"count": len(proposal["evidence"])})],
        data=telling(told, proposal["title"]),
        version=1,
    )
    announce("proposal.opened", proposal["_id"], row, now)
