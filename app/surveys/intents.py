"""From what a firm answered to the pool of expansion intents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.foundation import history
from app.foundation.db import transaction
from app.foundation.errors import Conflict
from app.people.who import Who
from app.projects.expansion import actions
from app.projects.expansion.documents import Intent
from app.surveys import reading
from app.surveys.access import see_reply
from app.surveys.answering import form_of
from app.surveys.documents import REPLY, Reply, Survey
from app.surveys.states import SUBMITTED

MAKE = "intent"


def make(
    who: Who, key: str, *, direction: str, text: str, client_id: str, now: datetime
) -> tuple[ObjectId, bool]:
    """Put an intent into the pool, with what the answers say of it: (the intent, whether it is new).

    Raises NotFound; Forbidden for whoever may not catch one; Conflict unless the reply was submitted, or
    for a client_id used otherwise.
    """
    row, _ = see_reply(who, key)
    if row["state"] != SUBMITTED:
        raise Conflict("survey.not_submitted", fields={"state": [row["state"]]})
    survey = Survey.rows().find_one({"_id": row["survey"]}) or {"forms": []}
    raw: dict[str, Any] = {
        **reading.fed(form_of(survey, row["form"]), row["answers"]),
        "enterprise": str(row["enterprise"]),
        "direction": direction,
        "text": text,
    }

    def catch() -> tuple[ObjectId, bool]:
        intent, new = actions.catch(who, raw, client_id, row["visit"], now)
        return intent.id, new

    def work() -> tuple[ObjectId, bool]:
        intent, new = catch()
        if new:
            Reply.rows().update_one({"_id": row["_id"]}, {"$addToSet": {"intents": intent}})
            by, data = who.acting(), {"intent": intent}
            history.append(REPLY, row["_id"], MAKE, by=by, now=now, data=data)
        return intent, new

    if Intent.objects(created_by=who.id, client_id=client_id).first() is not None:
        return catch()
    try:
        return transaction(work)
    except DuplicateKeyError:
        return catch()
