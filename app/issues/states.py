"""The states of issues and tickets: one table, in the district pack's `workflow.yaml`. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.foundation.errors import Conflict

Kind = Literal["issue", "ticket"]


@dataclass(frozen=True, slots=True)
class Machine:
    """The legal steps of one kind of thing: `actions[action][state before]` is the state after."""

    kind: Kind
    states: tuple[str, ...]
    ended: frozenset[str]
    actions: Mapping[str, Mapping[str, str]]

    def after(self, action: str, state: str) -> str:
        """The state after `action`. Raises Conflict with the legal actions when it is not allowed."""
        try:
            return self.actions[action][state]
        except KeyError:
            raise Conflict(
                f"{self.kind}.transition_not_allowed",
                action=action,
                state=state,
                legal=self.legal(state),
            ) from None

    def legal(self, state: str) -> list[str]:
        """The actions that this state allows, in the table's order."""
        return [action for action, steps in self.actions.items() if state in steps]

    def open_states(self) -> list[str]:
        """The states in which somebody still has something to do."""
        return [state for state in self.states if state not in self.ended]


def machine(kind: Kind, workflow: Mapping[str, Any]) -> Machine:
    """The machine of `kind` from a parsed `workflow.yaml`.

    Raises ValueError for a step from or to a state that the table does not list, a state that cannot be
    reached, or a step out of an ended state.
    """
    table = workflow[kind]
    states = tuple(table["states"])
    ended = frozenset(table["ended"])
    for action, steps in table["actions"].items():
        unknown = ({*steps} | {*steps.values()}) - {*states}
        if unknown:
            raise ValueError(f"workflow.yaml: {kind}.{action} names {sorted(unknown)}")
        if ended & {*steps}:
            raise ValueError(f"workflow.yaml: {kind}.{action} starts from an ended state")
    if {*states} - _reached(states[0], table["actions"]) or not ended <= {*states}:
        raise ValueError(f"workflow.yaml: {kind} has states that nothing reaches")
    return Machine(kind, states, ended, table["actions"])


def _reached(start: str, actions: Mapping[str, Mapping[str, str]]) -> set[str]:
    """The states that some way leads to from `start`."""
    steps = [pair for each in actions.values() for pair in each.items()]
    reached: set[str] = set()
    ahead = {start}
    while ahead:
        reached |= ahead
        ahead = {after for before, after in steps if before in reached} - reached
    return reached
