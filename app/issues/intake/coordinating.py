"""Filing an issue that coordinates an expansion intent: what its enterprise needs of the departments."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from app.issues.intake.opening import IssueFacts, Opened, open_issue
from app.people.who import Who
from app.projects.expansion import actions as expansion


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be coordinated. Without a `text` it is the intent's own."""

    text: str | None = None
    category: str | None = None
    urgent: bool | None = None


def coordinate(
    who: Who, key: str, asked: Asked, client_id: str, now: datetime
) -> tuple[Opened, bool]:
    """File a request of the intent's enterprise and link it to the intent: (the issue, whether it is new).

    The issue has a number, which must be drawn outside a transaction, so filing and linking are two. The
    issue's client_id follows from the intent and this one: what broke off in between is completed by the
    same call again. Raises like `open_issue`; NotFound, Forbidden, and Conflict when the intent's state
    forbids it.
    """
    intent = expansion.may_coordinate(who, key)
    facts = IssueFacts(
        client_id=str(uuid.uuid5(uuid.UUID(client_id), str(intent.id))),
        kind="request",
        text=asked.text or intent.text,
        category=asked.category,
        enterprise_id=str(intent.enterprise),
        urgent=asked.urgent,
    )
    opened, new = open_issue(who, facts, now)
    expansion.coordinate(who, key, opened.id, now)
    return opened, new
