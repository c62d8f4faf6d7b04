"""The tables of steps: what each state allows, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.foundation.errors import Conflict
from app.offers.events.actions import TABLE as EVENTS
from app.offers.events.documents import ITEM_STATES, Event
from app.offers.events.documents import STATES as EVENT_STATES
from app.offers.events.items import ITEMS
from app.offers.finance import states as finance
from app.offers.leads import states as leads
from app.offers.opportunities import states as opportunities
from app.offers.opportunities.documents import Interest, Opportunity
from app.offers.steps import after, legal
from app.projects.documents import Project

KEY = ObjectId()

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


def stages(plan: Any) -> set[str]:
    """The stages of a plan."""
    found = {plan["stage"]} if isinstance(plan, dict) and "stage" in plan else set()
    inner = plan.values() if isinstance(plan, dict) else plan if isinstance(plan, list) else ()
    return found.union(*map(stages, inner))


@pytest.mark.parametrize(
    ("document", "query"),
    [
        (Project, {"pools": "Q1", "_id": {"$nin": []}}),
        (Project, {"industry": {"$in": ["C34"]}, "course": {"$ne": "exited"}}),
        (Enterprise, {"sector": {"$in": ["C34"]}}),
        (Event, {"$or": [{name: KEY} for name in ("owner", "department", "followers")]}),
        (Opportunity, {"$or": [{name: KEY} for name in ("by", "department", "place", "staff")]}),
        (Interest, {"released": True, "$or": [{"of_department": KEY}, {"of_unit": "U1"}]}),
    ],
)
def test_nothing_is_looked_for_in_all_there_is(clean, document, query):
    plan = document.rows().find(query).explain()["queryPlanner"]["winningPlan"]
    assert "COLLSCAN" not in stages(plan)
