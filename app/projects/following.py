"""What else goes over with an enterprise or project that another commissioner serves now."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId

from app.enterprises.serving_documents import ENTERPRISE
from app.foundation import history
from app.foundation.history import SYSTEM
from app.foundation.writes import Change, write_all
from app.projects.expansion import actions as expansion
from app.projects.expansion.register import REGISTER as INTENTS
from app.projects.milestones.climbing import THING
from app.projects.milestones.documents import OPEN, Milestone
from app.projects.milestones.register import REGISTER as MILESTONES
from app.projects.serving import BY_KIND
from app.registers.barring import masters_of


def follow(kind: str, subject: ObjectId, was: ObjectId | None, now: datetime) -> None:
    """Let an enterprise's open intents, or a project's open milestones, go from who served it to who does.

    Those of others stay theirs, and all of them where a platform is master of whose they are. Joins the
    surrounding transaction.
    """
    document = BY_KIND[kind].kind.document
    row = document.rows().find_one({"_id": subject}, {"commissioner": 1}) or {}
    new = row.get("commissioner")
    if was is None or new in (None, was):
        return
    register, field = (
        (INTENTS.name, "owner") if kind == ENTERPRISE else (MILESTONES.name, "responsible")
    )
    if masters_of(register, [field]):
        return
    if kind == ENTERPRISE:
        expansion.follow(subject, was, new, SYSTEM, now)
    else:
        _milestones(subject, was, new, now)


def _milestones(project: ObjectId, was: ObjectId, new: ObjectId, now: datetime) -> None:
    """What they climbed so far stays climbed."""
    theirs = {"project": project, "responsible": was, "state": OPEN}
    rows = list(Milestone.rows().find(theirs, {"version": 1}).sort("_id", 1))
    change = {"$set": {"responsible": new, "updated_at": now}, "$inc": {"version": 1}}
    write_all(
        Milestone, [Change({"_id": row["_id"], "version": row["version"]}, change) for row in rows]
    )
    data = {"before": {"responsible": was}, "after": {"responsible": new}}
    history.append_all(
        {
            "thing": THING,
            "thing_id": row["_id"],
            "action": "change",
            "by": SYSTEM,
            "now": now,
            "data": data,
        }
        for row in rows
    )
