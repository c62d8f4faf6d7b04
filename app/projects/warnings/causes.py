"""Which of the projects of a judging duty are its own, by what caused it.

All duties judge the same standing, whatever of it came from where. So of several that wait for the same
project only one is to judge it: a fact before history, which is told then; history before the mere time,
which would tell of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from bson import ObjectId

from app.foundation import duties
from app.foundation.duties import Duty
from app.projects.ties import CHANGE, HISTORY, TIME

KINDS = ("projects.restand", "projects.judge")
_BEFORE: Mapping[str, tuple[str | None, ...]] = {HISTORY: (CHANGE, None), TIME: (HISTORY,)}
"""Which causes go before it; a duty that names none is for a fact."""


def left_to(duty: Duty) -> list[ObjectId]:
    """The projects of the duty without those that a duty still due judges in its place."""
    keys: list[ObjectId] = list(duty.payload["projects"])
    before = _BEFORE.get(duty.payload.get("cause", CHANGE))
    if before is None:
        return keys
    waiting = {
        "state": "due",
        "kind": {"$in": list(KINDS)},
        "payload.cause": {"$in": list(before)},
        "payload.projects": {"$in": keys},
    }
    rows = duties.rows().find(waiting, {"payload.projects": 1})
    theirs = {key for row in rows for key in row["payload"]["projects"]}
    return [key for key in keys if key not in theirs]
