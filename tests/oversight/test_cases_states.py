"""The table of cases: which step is legal where, and whose it is."""

from __future__ import annotations

import pytest

from app.foundation.errors import Conflict
from app.oversight.cases_queries import permission
from app.oversight.cases_states import ACTIONS, ENDED, PROPOSED, STATES, after, legal
from app.people.policy import TABLE

DECIDED = {
    "appeal": "same",
    "reject_appeal": "same",
    "uphold_appeal": "withdrawn",
    "withdraw": "withdrawn",
}
LEGAL = {
    "proposed": {"serve": "served", "drop": "dropped", "withdraw": "withdrawn"},
    "served": {
        "reply": "served",
        "approve": "approved",
        "drop": "dropped",
        "withdraw": "withdrawn",
    },
    "approved": {**DECIDED, "circulate": "circulated"},
    "circulated": {**DECIDED, "publish": "published"},
    "published": DECIDED,
    "dropped": {},
    "withdrawn": {},
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_step_from_every_state(state, action):
    wanted = LEGAL[state].get(action)
    if wanted is not None:
        assert after(action, state) == (state if wanted == "same" else wanted)
        return
    with pytest.raises(Conflict) as error:
        after(action, state)
    assert error.value.fields["legal"] == legal(state)


def test_what_has_ended_stays_so_and_all_is_reached():
    assert {state for state in STATES if not legal(state)} == ENDED
    reached = {PROPOSED} | {to for steps in ACTIONS.values() for to in steps.values()}
    assert reached == {*STATES}


@pytest.mark.parametrize("action", [*ACTIONS, "see", "read", "propose", "see_inside"])
def test_cases_are_never_for_contacts_nor_other_systems(action):
    assert not {"contact", "service"} & {*TABLE[permission(action)]}
