"""The table of steps of an expansion intent: every pair of state and action."""

from __future__ import annotations

import pytest

from app.foundation.errors import Conflict
from app.projects.expansion.states import ACTIONS, STATES, TABLE, after, legal

# Written out a second time, by hand.
AFTER = {
    ("caught", "confirm"): "confirmed",
    ("caught", "drop"): "dropped",
    ("caught", "assign"): "caught",
    ("caught", "change"): "caught",
    ("confirmed", "coordinate"): "coordinating",
    ("confirmed", "meet"): "coordinating",
    ("confirmed", "land"): "landed",
    ("confirmed", "drop"): "dropped",
    ("confirmed", "assign"): "confirmed",
    ("confirmed", "change"): "confirmed",
    ("coordinating", "coordinate"): "coordinating",
    ("coordinating", "meet"): "coordinating",
    ("coordinating", "land"): "landed",
    ("coordinating", "drop"): "dropped",
    ("coordinating", "assign"): "coordinating",
    ("coordinating", "change"): "coordinating",
}


@pytest.mark.parametrize("state", STATES)
def test_every_pair_of_state_and_action(state):
    assert set(TABLE) == set(ACTIONS)
    expected = [action for action in ACTIONS if (state, action) in AFTER]
    assert sorted(legal(state)) == sorted(expected)
    for action in ACTIONS:
        if (state, action) in AFTER:
            assert after(action, state) == AFTER[state, action]
            continue
        with pytest.raises(Conflict) as caught:
            after(action, state)
        assert caught.value.code == "expansion.transition_not_allowed"
        assert caught.value.fields["legal"] == legal(state)
