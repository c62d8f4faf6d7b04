"""What people do about warnings: take them to heart with a plan. Clearing is for the facts alone."""

from __future__ import annotations

from datetime import date, datetime

from app.foundation import days, history
from app.foundation.db import transaction
from app.foundation.errors import Conflict, Invalid
from app.foundation.reasons import Reason
from app.people.access import actor
from app.people.who import Who
from app.projects.warnings.documents import ACKNOWLEDGED, CLEARED, THING, KeptWarning
from app.projects.warnings.queries import ACKNOWLEDGE, see, ties


def acknowledge(who: Who, key: str, *, text: str, by_on: date, now: datetime) -> None:
    """Say what is done about it by which day; said again, it takes the place of what was said.

    Raises NotFound, Forbidden, Invalid for a day that is over, Conflict once it is cleared.
    """
    if by_on < days.today(now):
        raise Invalid("request.invalid", fields={"by_on": [Reason("warning.plan_over")]})

    def work() -> None:
        warning, project = see(who, key)
        by = actor(who, ACKNOWLEDGE, ties(warning, project))
        if warning["state"] == CLEARED:
            raise Conflict("warning.cleared")
        signed = {"by": by.id, "by_name": by.name, "role": by.role, "at": now}
        plan = {**signed, "text": text, "by_on": by_on.isoformat()}
        change = {"state": ACKNOWLEDGED, "plan": plan, "updated_at": now}
        same = {"_id": warning["_id"], "version": warning["version"], "cleared_at": None}
        made = KeptWarning.rows().update_one(same, {"$set": change, "$inc": {"version": 1}})
        if not made.modified_count:
            raise Conflict("changed_meanwhile")
        history.append(
            THING,
            warning["_id"],
            "acknowledge",
            by=by,
            now=now,
            before=warning["state"],
            after=ACKNOWLEDGED,
            text=text,
            internal=True,
            data={"due": plan["by_on"], "project": warning["project"]},
            version=warning["version"] + 1,
        )

    transaction(work)
