"""The states of an approval, and which step leads where. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from app.foundation.errors import Conflict

NOT_STARTED, SUBMITTED, RETURNED = OPEN = ("not_started", "submitted", "returned")
GRANTED, REFUSED, NOT_NEEDED = ENDED = ("granted", "refused", "not_needed")
STATES = (*OPEN, *ENDED)
SETTLED = (GRANTED, NOT_NEEDED)
"""States in which nothing that comes after is held up."""

SUBMIT, RETURN, GRANT, REFUSE, WAIVE = "submit", "return", "grant", "refuse", "waive"
STEPS: Mapping[str, Mapping[str, str]] = {
    # What was refused may be applied for anew.
    SUBMIT: dict.fromkeys((NOT_STARTED, RETURNED, REFUSED), SUBMITTED),
    RETURN: {SUBMITTED: RETURNED},
    GRANT: {SUBMITTED: GRANTED},
    REFUSE: {SUBMITTED: REFUSED},
    WAIVE: dict.fromkeys(OPEN, NOT_NEEDED),
}


def after(step: str, state: str) -> str:
    """The state after a step. Raises Conflict with the legal steps when it is not allowed."""
    try:
        return STEPS[step][state]
    except KeyError:
        fields = {"action": [step], "state": [state], "legal": legal(state)}
        raise Conflict("approval.transition_not_allowed", fields=fields) from None


def legal(state: str) -> list[str]:
    """The steps that this state allows."""
    return [step for step, ways in STEPS.items() if state in ways]
