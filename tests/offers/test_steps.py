"""The tables of steps: what each state allows, and nothing else."""

from __future__ import annotations

import pytest

from app.foundation.errors import Conflict
from app.offers.events.actions import TABLE as EVENTS
from app.offers.events.documents import ITEM_STATES
from app.offers.events.documents import STATES as EVENT_STATES
from app.offers.events.items import ITEMS
from app.offers.finance import states as finance
from app.offers.leads import states as leads
from app.offers.opportunities import states as opportunities
from app.offers.steps import after, legal

RUNNING = ["follow", "assign", "withdraw"]
TABLES = [
    (
        finance.TABLE,
        {
            "proposed": ["accept", "decline", *RUNNING],
            "accepted": ["introduce", *RUNNING],
            "introduced": ["grant", "refuse", "no_answer", *RUNNING],
            **{key: [] for key in ("declined", "granted", "refused", "unanswered", "withdrawn")},
        },
        finance.STATES,
    ),
    (
        opportunities.TABLE,
        {
            "draft": ["publish", "withdraw"],
            "published": ["close", "withdraw"],
            "closed": [],
            "withdrawn": [],
        },
        opportunities.STATES,
    ),
    (
        opportunities.INTEREST_TABLE,
        {
            "expressed": ["follow", "release", "no_match", "take_back"],
            "following": ["follow", "release", "match", "no_match", "take_back"],
            **{key: [] for key in ("matched", "no_match", "taken_back")},
        },
        opportunities.INTEREST_STATES,
    ),
    (
        leads.TABLE,
        {
            "new": ["contact", "drop", "assign"],
            "contacted": ["contact", "talk", "sign", "drop", "assign"],
            "talking": ["talk", "sign", "drop", "assign"],
            "signed": [],
            "dropped": [],
        },
        leads.STATES,
    ),
    (
        EVENTS,
        {"planned": ["move", "close", "cancel", "lead"], "closed": [], "cancelled": []},
        EVENT_STATES,
    ),
    (ITEMS, {"open": ["done", "skip", "assign"], "done": [], "skipped": []}, ITEM_STATES),
]


@pytest.mark.parametrize(("table", "expected", "states"), TABLES)
def test_each_state_allows_this_and_nothing_else(table, expected, states):
    assert {state: legal(table, state) for state in states} == expected
    for state in states:
        for action in table:
            if action in expected[state]:
                assert after(table, action, state) in states
            else:
                with pytest.raises(Conflict) as refused:
                    after(table, action, state)
                assert refused.value.fields["legal"] == expected[state]
