"""The states of a claim: one table. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from app.foundation.errors import Conflict

FOUND, MATCHED, SUBMITTED, REVIEWED, PUBLICISED, APPROVED, PAID, RETURNED, REFUSED, WITHDRAWN = (
    STATES
) = (
    "found",
    "matched",
    "submitted",
    "reviewed",
    "publicised",
    "approved",
    "paid",
    "returned",
    "refused",
    "withdrawn",
)
GONE = frozenset({REFUSED, WITHDRAWN})
"""Of these nothing will come: the firm may claim again."""
ENDED = frozenset({PAID, *GONE})
LIVE = tuple(state for state in STATES if state not in ENDED)

FIRM, COMMISSIONER, DEPARTMENT = "firm", "commissioner", "department"
OWNERS: Mapping[str, str] = {
    FOUND: COMMISSIONER,
    MATCHED: FIRM,
    RETURNED: FIRM,
    SUBMITTED: DEPARTMENT,
    REVIEWED: DEPARTMENT,
    PUBLICISED: DEPARTMENT,
    APPROVED: DEPARTMENT,
}
"""Whose turn it is in a state."""

_UNDECIDED = (SUBMITTED, REVIEWED, PUBLICISED)
ACTIONS: Mapping[str, Mapping[str, str]] = {
    "match": {FOUND: MATCHED},
    "submit": {MATCHED: SUBMITTED, RETURNED: SUBMITTED},
    "review": {SUBMITTED: REVIEWED},
    "return": dict.fromkeys(_UNDECIDED, RETURNED),
    "refuse": dict.fromkeys(_UNDECIDED, REFUSED),
    "publicise": {REVIEWED: PUBLICISED},
    "approve": {PUBLICISED: APPROVED},
    "pay": {APPROVED: APPROVED},
    "finish": {APPROVED: PAID},
    "void_payout": {APPROVED: APPROVED, PAID: APPROVED},
    "withdraw": dict.fromkeys((FOUND, MATCHED, RETURNED, *_UNDECIDED), WITHDRAWN),
}
"""`ACTIONS[action][state before]` is the state after. The payment that completes a claim finishes it."""
BY_THEMSELVES = ("finish",)
"""What no person asks for: it follows."""


def after(action: str, state: str) -> str:
    """The state after an action. Raises Conflict with the legal actions when it is not allowed."""
    try:
        return ACTIONS[action][state]
    except KeyError:
        raise Conflict(
            "claim.transition_not_allowed",
            fields={"action": [action], "state": [state], "legal": legal(state)},
        ) from None


def legal(state: str) -> list[str]:
    """The actions that a state allows to people."""
    return [
        action
        for action, steps in ACTIONS.items()
        if state in steps and action not in BY_THEMSELVES
    ]
