"""What fell due of the demo's further stories until now, done as workers would have, each at its own time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.foundation import clock, duties
from app.notices import actions as notices
from app.offers import reminding
from app.oversight import cases_actions, checks, digests, orders_climbing
from app.policies.claims import climbing
from app.policies.proposals import gathering
from app.projects import leading
from app.surveys import running
from deploy.demo.due import LEASE, Work

WORKS: Mapping[str, Work] = {
    "notices.deliver": notices.deliver,
    "policies.climb": climbing.climb,
    "policies.gather": gathering.gather,
    "offers.remind": reminding.remind,
    "surveys.remind": running.remind,
    "orders.climb": orders_climbing.climb,
    "checks.due": checks.remind,
    "cases.reply_over": cases_actions.reply_over,
    "oversight.digest": digests.digest,
    "leader_links.turn": leading.turn,
}


def catch_up(now: datetime) -> None:
    """Do it all in the order in which it fell due; what follows from that, too."""
    query = {"state": "due", "kind": {"$in": list(WORKS)}, "next_at": {"$lte": now}}
    while row := duties.rows().find_one(query, sort=[("next_at", 1)]):
        # Claimed as of now: an earlier run may have died with a claim on it.
        duty = duties.claim(row["_id"], now=clock.now(), lease=LEASE)
        if duty is None:
            return
        WORKS[duty.kind](duty, row["next_at"])
