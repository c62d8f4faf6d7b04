"""The states of issues and tickets: one table, in the district pack's `workflow.yaml`. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from app.foundation.errors import Conflict

Kind = Literal["issue", "ticket"]
Steps = Mapping[str, str] | Sequence[str]


@dataclass(frozen=True, slots=True)
class Machine:
    """The legal steps of one kind of thing: `actions[action][state before]` is the state after.

    `follows` (issues only) gives an issue's state by that of its lead ticket; the states in `own` follow
    nothing.
    """

    kind: Kind
    states: tuple[str, ...]
    ended: frozenset[str]
    actions: Mapping[str, Mapping[str, str]]
    own: frozenset[str] = frozenset()
    follows: Mapping[str, str] = field(default_factory=dict)

    def after(self, action: str, state: str) -> str:
        """The state after `action`. Raises Conflict with the legal actions when it is not allowed."""
        try:
            return self.actions[action][state]
        except KeyError:
            raise Conflict(
                f"{self.kind}.transition_not_allowed",
                fields={"action": [action], "state": [state], "legal": self.legal(state)},
            ) from None

    def legal(self, state: str) -> list[str]:
        """The actions that this state allows, in the table's order."""
        return [action for action, steps in self.actions.items() if state in steps]

    def open_states(self) -> list[str]:
        """The states in which somebody still has something to do."""
        return [state for state in self.states if state not in self.ended]

    def followed(self, state: str, lead: str | None) -> str:
        """The state of an issue in `state` whose lead ticket is in the state `lead`.

        The lead is the live one, else the last; None where there has never been one.
        """
        if state in self.own or lead is None:
            return state
        return self.follows.get(lead) or ("reopened" if state == "reopened" else "dispatched")


def machine(kind: Kind, workflow: Mapping[str, Any]) -> Machine:
    """The machine of `kind` from a parsed `workflow.yaml`.

    Raises ValueError for a step from or to a state that the table does not list, a state that cannot be
    reached, or a step out of an ended state by an action that does not revive.
    """
    table = workflow[kind]
    states = tuple(table["states"])
    ended = frozenset(table["ended"])
    actions = {name: _steps(steps) for name, steps in table["actions"].items()}
    revives = {*table.get("revives", ())}
    for action, steps in actions.items():
        unknown = ({*steps} | {*steps.values()}) - {*states}
        if unknown:
            raise ValueError(f"workflow.yaml: {kind}.{action} names {sorted(unknown)}")
        out = {before for before, after in steps.items() if before != after}
        if ended & out and action not in revives:
            raise ValueError(f"workflow.yaml: {kind}.{action} starts from an ended state")
    follows = table.get("follows", {})
    if unknown := {*table.get("own", ()), *follows.values()} - {*states}:
        raise ValueError(f"workflow.yaml: {kind} follows or owns {sorted(unknown)}")
    ways = [pair for each in actions.values() for pair in each.items()]
    ways += [("dispatched", after) for after in follows.values()]
    if {*states} - _reached(states[0], ways) or not ended <= {*states}:
        raise ValueError(f"workflow.yaml: {kind} has states that nothing reaches")
    return Machine(kind, states, ended, actions, frozenset(table.get("own", ())), follows)


def _steps(steps: Steps) -> dict[str, str]:
    """A list means that the state stays as it is."""
    return dict(steps) if isinstance(steps, Mapping) else {state: state for state in steps}


def _reached(start: str, ways: Sequence[tuple[str, str]]) -> set[str]:
    """The states that some way leads to from `start`."""
    reached: set[str] = set()
    ahead = {start}
    while ahead:
        reached |= ahead
        ahead = {after for before, after in ways if before in reached} - reached
    return reached
