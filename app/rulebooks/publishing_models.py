"""Models that were trained: which there are, and which of them is used. A person decides.

What is in use is said by the one row that rulebooks share (`registry.state`), guarded by its version.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.foundation import duties, history
from app.foundation.db import Row, transaction
from app.foundation.errors import Conflict, NotFound, Unavailable
from app.foundation.reasons import Reason
from app.people.access import require
from app.people.who import Who
from app.rulebooks import models, registry
from app.rulebooks.actions import PUBLISHED_EVENT, put_in_use
from app.rulebooks.documents import IN_USE, PROPOSED, REFUSED, TrainedModel
from app.rulebooks.models import PACKS_OWN, UNUSABLE, version_name

MOST_MODELS = 1_000_000_000
"""No number is above it."""
SEE, PUBLISH = "routing.models", "routing.publish_model"


def listed(who: Who, *, page: int, page_size: int) -> tuple[list[Row], int]:
    """A page of the models, the newest first, and how many there are. Raises Forbidden."""
    require(who, SEE)
    rows = TrainedModel.rows().find().sort("number", -1)
    found = list(rows.skip((page - 1) * page_size).limit(page_size))
    return found, TrainedModel.rows().count_documents({})


def see(who: Who, number: int) -> Row:
    """One model. Raises Forbidden, NotFound."""
    require(who, SEE)
    return _row(number)


def in_use() -> int:
    """The number of the model in use, 0 for the pack's own."""
    return int(registry.state()["model"])


def publish(who: Who, number: int, reason: str, now: datetime) -> None:
    """Let a proposed model read texts from now on, in every process.

    It is loaded first: raises Conflict for one that cannot be, and nothing changes. Raises Forbidden,
    NotFound, and Conflict for one that was decided on already or when somebody was faster.
    """
    require(who, PUBLISH)
    seen = registry.state()["version"]
    if _row(number)["state"] != PROPOSED:
        raise Conflict("model.not_proposed")
    _check(number)

    def work() -> None:
        _decide(number, {"state": IN_USE, "published_at": now})
        _switch(who, "model_published", number, reason, seen, now)

    transaction(work)


def refuse(who: Who, number: int, reason: str, now: datetime) -> None:
    """Say that a proposed model is not to be used. Raises as `publish`."""
    require(who, PUBLISH)
    _row(number)

    def work() -> None:
        _decide(number, {"state": REFUSED})
        _tell(who, "model_refused", reason, number, now)

    transaction(work)


def revert(who: Who, number: int, reason: str, now: datetime) -> None:
    """Go back to a model that was published before, or with 0 to the pack's own (keywords without one).

    Raises Forbidden, NotFound, and Conflict for one that never was published, is in use, or is broken.
    """
    require(who, PUBLISH)
    state = registry.state()
    if number != PACKS_OWN and _row(number)["state"] != IN_USE:
        raise Conflict("model.never_published")
    if number == state["model"]:
        raise Conflict("model.in_use")
    if number != PACKS_OWN or models.has_packs_own():
        _check(number)
    transaction(lambda: _switch(who, "model_reverted", number, reason, state["version"], now))


def _row(number: int) -> Row:
    found = None
    if PACKS_OWN < number <= MOST_MODELS:
        found = TrainedModel.rows().find_one({"number": number})
    if found is None:
        raise NotFound("not_found")
    return found


def _check(number: int) -> None:
    """Raise Conflict unless the model can be loaded here and now."""
    try:
        models.load_model(number)
    except UNUSABLE as error:
        why = error.code if isinstance(error, Unavailable) else str(error)
        raise Conflict("model.broken", error=why) from error


def _decide(number: int, change: Mapping[str, Any]) -> None:
    """A proposed model is decided on once."""
    guard = {"number": number, "state": PROPOSED}
    step = {"$set": dict(change), "$inc": {"version": 1}}
    if not TrainedModel.rows().update_one(guard, step).modified_count:
        raise Conflict("model.not_proposed")


def _switch(who: Who, action: str, number: int, reason: str, seen: int, now: datetime) -> None:
    """Make it the one in use, and tell the admins; `seen` is the version of the state that was seen."""
    before = version_name(put_in_use("model", number, seen, now))
    after = version_name(number)
    why = Reason("model.used", {"before": before, "after": after, "reason": reason})
    row = _tell(who, action, reason, number, now, why)
    duties.add(
        "notices.deliver",
        registry.THING,
        now=now,
        key=f"notices.deliver:{row}",
        payload={"event": PUBLISHED_EVENT, "row": row},
    )


def _tell(who: Who, action: str, reason: str, number: int, now: datetime, *why: Reason) -> ObjectId:
    return history.append(
        "routing",
        registry.THING,
        action,
        by=who.acting("admin"),
        now=now,
        text=reason,
        reasons=why,
        data={"model": number},
    )
