"""The states of a survey and of each firm's reply, and the one table of what leads to which; pure."""

from __future__ import annotations

from collections.abc import Mapping

from app.foundation.errors import Conflict

DRAFT, OPEN, CLOSED = STATES = ("draft", "open", "closed")

WAITING, BEGUN, SUBMITTED, REFUSED, UNREACHABLE = REPLY_STATES = (
    "waiting",
    "begun",
    "submitted",
    "refused",
    "unreachable",
)
REACHED = (BEGUN, SUBMITTED, REFUSED)
"""Somebody spoke with the firm."""
UNANSWERED = (WAITING, BEGUN, UNREACHABLE)
"""What a reminder is for: who refused has said so."""
BEGIN, SAVE, SUBMIT, CORRECT, REFUSE, MISS = ACTIONS = (
    "begin",
    "save",
    "submit",
    "correct",
    "refuse",
    "miss",
)
TABLE: Mapping[str, Mapping[str, str]] = {
    BEGIN: dict.fromkeys((WAITING, REFUSED, UNREACHABLE), BEGUN),
    SAVE: {BEGUN: BEGUN},
    SUBMIT: {BEGUN: SUBMITTED},
    CORRECT: {SUBMITTED: SUBMITTED},
    REFUSE: dict.fromkeys((WAITING, BEGUN, UNREACHABLE), REFUSED),
    MISS: dict.fromkeys((WAITING, UNREACHABLE), UNREACHABLE),
}
"""`TABLE[action][state]` is the state of a reply after; what is not there is refused."""


def after(action: str, state: str) -> str:
    """The state that an action leads to. Raises Conflict, with what is legal, when this one forbids it."""
    found = TABLE[action].get(state)
    if found is None:
        fields = {"action": [action], "state": [state], "legal": legal(state)}
        raise Conflict("survey.transition_not_allowed", fields=fields)
    return found


def legal(state: str) -> list[str]:
    """The actions that a state allows, in the table's order."""
    return [action for action, steps in TABLE.items() if state in steps]
