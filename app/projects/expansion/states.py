"""The states of an expansion intent, and the one table of what leads from which to which; pure."""

from __future__ import annotations

from collections.abc import Mapping

from app.foundation.errors import Conflict

CAUGHT, CONFIRMED, COORDINATING, LANDED, DROPPED = STATES = (
    "caught",
    "confirmed",
    "coordinating",
    "landed",
    "dropped",
)
OPEN = (CAUGHT, CONFIRMED, COORDINATING)
CONFIRM, COORDINATE, MEET, LAND, DROP, ASSIGN, EDIT = ACTIONS = (
    "confirm",
    "coordinate",
    "meet",
    "land",
    "drop",
    "assign",
    "change",
)
TABLE: Mapping[str, Mapping[str, str]] = {
    CONFIRM: {CAUGHT: CONFIRMED},
    COORDINATE: {CONFIRMED: COORDINATING, COORDINATING: COORDINATING},
    MEET: {CONFIRMED: COORDINATING, COORDINATING: COORDINATING},
    LAND: {CONFIRMED: LANDED, COORDINATING: LANDED},
    DROP: dict.fromkeys(OPEN, DROPPED),
    ASSIGN: {state: state for state in OPEN},
    EDIT: {state: state for state in OPEN},
}
"""`TABLE[action][state]` is the state after; what is not there is refused. Landed or dropped is the end."""


def after(action: str, state: str) -> str:
    """The state that an action leads to. Raises Conflict, with what is legal, when this one forbids it."""
    found = TABLE[action].get(state)
    if found is None:
        fields = {"action": [action], "state": [state], "legal": legal(state)}
        raise Conflict("expansion.transition_not_allowed", fields=fields)
    return found


def legal(state: str) -> list[str]:
    """The actions that a state allows, in the table's order."""
    return [action for action, steps in TABLE.items() if state in steps]
