"""The table of exit cases: which step is legal where, and that the machine has none."""

from __future__ import annotations

import pytest

from app.foundation.errors import Conflict
from app.people.policy import TABLE
from app.projects.exits.queries import permission
from app.projects.exits.states import ACTIONS, ENDED, PROPOSED, STATES, after, legal

LEGAL = {
    "proposed": {"serve": "served", "reject": "rejected", "withdraw": "withdrawn"},
    "served": {
        "rectify": "rectifying",
        "reply": "served",
        "decide": "decided",
        "reject": "rejected",
        "withdraw": "withdrawn",
    },
    "rectifying": {
        "extend": "rectifying",
        "reply": "rectifying",
        "decide": "decided",
        "close": "closed",
        "reject": "rejected",
        "withdraw": "withdrawn",
    },
    "decided": {"close": "closed", "withdraw": "withdrawn"},
    "closed": {},
    "rejected": {},
    "withdrawn": {},
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_step_from_every_state(state, action):
    wanted = LEGAL[state].get(action)
    if wanted is not None:
        assert after(action, state) == wanted
        return
    with pytest.raises(Conflict) as error:
        after(action, state)
    assert error.value.fields["legal"] == legal(state)


def test_what_has_ended_stays_so_and_all_is_reached():
    assert {state for state in STATES if not legal(state)} == ENDED
    reached = {PROPOSED} | {to for steps in ACTIONS.values() for to in steps.values()}
    assert reached == {*STATES}


@pytest.mark.parametrize("action", ACTIONS)
def test_no_step_is_another_systems(action):
    assert "service" not in TABLE[permission(action)]
