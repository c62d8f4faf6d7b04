"""The states of an exit case: one table. Pure.

Every step is a person's; the machine makes none, it only proposes.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.foundation.errors import Conflict

PROPOSED, SERVED, RECTIFYING, DECIDED, CLOSED, REJECTED, WITHDRAWN = STATES = (
    "proposed",
    "served",
    "rectifying",
    "decided",
    "closed",
    "rejected",
    "withdrawn",
)
ENDED = frozenset({CLOSED, REJECTED, WITHDRAWN})

ACTIONS: Mapping[str, Mapping[str, str]] = {
    "serve": {PROPOSED: SERVED},
    "rectify": {SERVED: RECTIFYING},
    "extend": {RECTIFYING: RECTIFYING},
    "reply": {SERVED: SERVED, RECTIFYING: RECTIFYING},
    "decide": {SERVED: DECIDED, RECTIFYING: DECIDED},
    "close": {DECIDED: CLOSED, RECTIFYING: CLOSED},
    "reject": {PROPOSED: REJECTED, SERVED: REJECTED, RECTIFYING: REJECTED},
    "withdraw": {
        PROPOSED: WITHDRAWN,
        SERVED: WITHDRAWN,
        RECTIFYING: WITHDRAWN,
        DECIDED: WITHDRAWN,
    },
}
"""`ACTIONS[action][state before]` is the state after. A case that is `rectifying` is closed as rectified."""


def after(action: str, state: str) -> str:
    """The state after an action. Raises Conflict with the legal actions when it is not allowed."""
    try:
        return ACTIONS[action][state]
    except KeyError:
        raise Conflict(
            "exit.transition_not_allowed",
            fields={"action": [action], "state": [state], "legal": legal(state)},
        ) from None


def legal(state: str) -> list[str]:
    """The actions that a state allows."""
    return [action for action, steps in ACTIONS.items() if state in steps]
