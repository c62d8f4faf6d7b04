"""The states of a case: one table. Pure. Every step is a person's."""

from __future__ import annotations

from collections.abc import Mapping

from app.foundation.errors import Conflict

PROPOSED, SERVED, APPROVED, CIRCULATED, PUBLISHED, DROPPED, WITHDRAWN = STATES = (
    "proposed",
    "served",
    "approved",
    "circulated",
    "published",
    "dropped",
    "withdrawn",
)
ENDED = frozenset({DROPPED, WITHDRAWN})
STANDING = (APPROVED, CIRCULATED, PUBLISHED)
"""Decided, and not taken back."""
OPEN_INSIDE = (CIRCULATED, PUBLISHED)
"""Shown inside the house."""

ACTIONS: Mapping[str, Mapping[str, str]] = {
    "serve": {PROPOSED: SERVED},
    "reply": {SERVED: SERVED},
    "approve": {SERVED: APPROVED},
    "drop": {PROPOSED: DROPPED, SERVED: DROPPED},
    "circulate": {APPROVED: CIRCULATED},
    "publish": {CIRCULATED: PUBLISHED},
    "appeal": {state: state for state in STANDING},
    "reject_appeal": {state: state for state in STANDING},
    "uphold_appeal": dict.fromkeys(STANDING, WITHDRAWN),
    "withdraw": dict.fromkeys((PROPOSED, SERVED, *STANDING), WITHDRAWN),
}
"""`ACTIONS[action][state before]` is the state after. An appeal that is upheld takes the case back."""


def after(action: str, state: str) -> str:
    """The state after an action. Raises Conflict with the legal actions when it is not allowed."""
    try:
        return ACTIONS[action][state]
    except KeyError:
        raise Conflict(
            "case.transition_not_allowed",
            fields={"action": [action], "state": [state], "legal": legal(state)},
        ) from None


def legal(state: str) -> list[str]:
    """The actions that a state allows."""
    return [action for action, steps in ACTIONS.items() if state in steps]
