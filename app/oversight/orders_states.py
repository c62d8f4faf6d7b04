"""The states of an order: one table. Pure.

An order about an issue takes no step of its own but `withdraw`: the issue's supervision is its execution,
and `of_supervision` says how it stands by that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.foundation.errors import Conflict
from app.issues.pressing import orders as supervisions

ISSUED, ACKNOWLEDGED, REPLIED, SENT_BACK, ACCEPTED, CLOSED, WITHDRAWN = STATES = (
    "issued",
    "acknowledged",
    "replied",
    "sent_back",
    "accepted",
    "closed",
    "withdrawn",
)
OWED = (ISSUED, ACKNOWLEDGED, SENT_BACK)
"""In which somebody owes a reply, and the ladder is climbed."""
ENDED = (CLOSED, WITHDRAWN)
OPEN = tuple(each for each in STATES if each not in ENDED)

ACTIONS: Mapping[str, Mapping[str, str]] = {
    "acknowledge": {ISSUED: ACKNOWLEDGED},
    "reply": dict.fromkeys(OWED, REPLIED),
    "send_back": {REPLIED: SENT_BACK},
    "accept": {REPLIED: ACCEPTED},
    "close": {ACCEPTED: CLOSED},
    "ask_extension": {each: each for each in OWED},
    "decide_extension": {each: each for each in OWED},
    "hand_over": {ISSUED: ISSUED, ACKNOWLEDGED: ISSUED, SENT_BACK: SENT_BACK},
    "withdraw": dict.fromkeys(OPEN, WITHDRAWN),
}
"""`ACTIONS[action][state before]` is the state after. Whoever it is handed over to acknowledges it anew."""


def after(action: str, state: str) -> str:
    """The state after an action. Raises Conflict with the legal actions when it is not allowed."""
    try:
        return ACTIONS[action][state]
    except KeyError:
        raise Conflict(
            "order.transition_not_allowed",
            fields={"action": [action], "state": [state], "legal": legal(state)},
        ) from None


def legal(state: str) -> list[str]:
    """The actions that a state allows."""
    return [action for action, steps in ACTIONS.items() if state in steps]


def of_supervision(row: Mapping[str, Any]) -> str:
    """How an order stands whose execution is this stored supervision."""
    if row["state"] == supervisions.OPEN:
        return SENT_BACK if row.get("verdicts") else ISSUED
    return REPLIED if row["state"] == supervisions.REPLIED else CLOSED


OF_SUPERVISION: Mapping[str, Mapping[str, Any]] = {
    ISSUED: {"state": supervisions.OPEN, "verdicts": []},
    SENT_BACK: {"state": supervisions.OPEN, "verdicts.0": {"$exists": True}},
    REPLIED: {"state": supervisions.REPLIED},
    CLOSED: {"state": supervisions.CLOSED},
}
"""What finds the supervisions that stand so: `of_supervision` turned round."""
