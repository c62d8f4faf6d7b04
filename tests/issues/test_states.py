"""The table of steps: every pair of state and action, in the domain and over HTTP."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from app.foundation import district
from app.foundation.errors import Conflict
from app.issues.moves import machine_of
from app.issues.states import Machine, machine
from config import settings
from tests.issues import stories
from tests.issues.stories import ANSWER

WORKFLOW = dict(district.use(settings.load().district_dir).workflow)

# Written out a second time, by hand: a slip in workflow.yaml is found here.
AFTER = {
    ("issue", "submitted", "route"): "dispatched",
    ("issue", "submitted", "refer"): "dispatching",
    ("issue", "submitted", "withdraw"): "withdrawn",
    ("issue", "dispatching", "place"): "dispatched",
    ("issue", "dispatching", "withdraw"): "withdrawn",
    ("issue", "dispatched", "return"): "dispatching",
    ("issue", "dispatched", "answer"): "answered",
    ("issue", "dispatched", "withdraw"): "withdrawn",
    ("issue", "answered", "resolve"): "resolved",
    ("issue", "answered", "reopen"): "reopened",
    ("issue", "reopened", "return"): "dispatching",
    ("issue", "reopened", "answer"): "answered",
    ("issue", "reopened", "withdraw"): "withdrawn",
    ("ticket", "dispatched", "accept"): "accepted",
    ("ticket", "dispatched", "return"): "returned",
    ("ticket", "dispatched", "cancel"): "cancelled",
    ("ticket", "accepted", "note"): "in_progress",
    ("ticket", "accepted", "answer"): "answered",
    ("ticket", "accepted", "return"): "returned",
    ("ticket", "accepted", "cancel"): "cancelled",
    ("ticket", "in_progress", "note"): "in_progress",
    ("ticket", "in_progress", "answer"): "answered",
    ("ticket", "in_progress", "cancel"): "cancelled",
    ("ticket", "answered", "close"): "closed",
    ("ticket", "answered", "redo"): "dispatched",
}
PAIRS = [
    (kind, state, action)
    for kind in ("issue", "ticket")
    for state in WORKFLOW[kind]["states"]
    for action in WORKFLOW[kind]["actions"]
]


def table(kind: Any) -> Machine:
    return machine(kind, WORKFLOW)


def test_the_table_above_names_only_what_there_is():
    assert set(AFTER) <= set(PAIRS)


@pytest.mark.parametrize(("kind", "state", "action"), PAIRS)
def test_every_pair_of_state_and_action(kind, state, action):
    rules = table(kind)
    expected = AFTER.get((kind, state, action))
    if expected:
        assert rules.after(action, state) == expected
        assert action in rules.legal(state)
        return
    with pytest.raises(Conflict) as caught:
        rules.after(action, state)
    legal = [each for each in WORKFLOW[kind]["actions"] if (kind, state, each) in AFTER]
    assert caught.value.code == f"{kind}.transition_not_allowed"
    assert caught.value.params == {"action": action, "state": state, "legal": legal}


@pytest.mark.parametrize("kind", ["issue", "ticket"])
def test_nothing_leads_out_of_the_end(kind):
    rules = table(kind)
    assert rules.ended
    for state in rules.states:
        assert (rules.legal(state) == []) == (state in rules.ended)
    assert set(rules.open_states()) == set(rules.states) - rules.ended


@pytest.mark.parametrize("kind", ["issue", "ticket"])
def test_an_action_that_nobody_knows_is_a_conflict(kind):
    with pytest.raises(Conflict):
        table(kind).after("abolish", table(kind).states[0])


def _broken(kind: str, change: Any) -> dict[str, Any]:
    workflow = copy.deepcopy(WORKFLOW)
    change(workflow[kind])
    return workflow


@pytest.mark.parametrize("kind", ["issue", "ticket"])
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t["actions"].update(jump={"nowhere": t["states"][0]}), "nowhere"),
        (lambda t: t["actions"].update(jump={t["states"][0]: "nowhere"}), "nowhere"),
        (lambda t: t["actions"].update(revive={t["ended"][0]: t["states"][0]}), "ended state"),
        (lambda t: t["states"].append("island"), "nothing reaches"),
        (lambda t: t["ended"].append("elsewhere"), "nothing reaches"),
        (
            lambda t: (
                t["states"].extend(["here", "there"]),
                t["actions"].update(go={"here": "there"}, come={"there": "here"}),
            ),
            "nothing reaches",
        ),
    ],
    ids=[
        "from-unknown",
        "to-unknown",
        "out-of-the-end",
        "unreached",
        "unknown-end",
        "island-of-two",
    ],
)
def test_a_broken_table_stops_the_start(kind, change, says):
    with pytest.raises(ValueError, match=says):
        machine(kind, _broken(kind, change))


# How to bring an issue to a state of its ticket, and what a phone can ask for there.
TICKET_STATES = {
    "dispatched": stories.dispatched,
    "accepted": stories.accepted,
    "in_progress": stories.in_progress,
    "answered": stories.answered,
    "closed": stories.resolved,
    "returned": stories.returned,
    "cancelled": stories.withdrawn,
}
TICKET_VERBS = {
    "accept": {},
    "note": {"text": "到现场"},
    "answer": ANSWER,
    "return": {"reason_code": "not_ours", "reason": "不归我局"},
}
ISSUE_STATES = {
    "submitted": stories.submitted,
    "dispatching": stories.dispatching,
    "dispatched": stories.dispatched,
    "answered": stories.answered,
    "reopened": stories.reopened,
    "resolved": stories.resolved,
    "withdrawn": stories.withdrawn,
}
ISSUE_VERBS = {
    "resolve": ("confirm", {"solved": "yes"}),
    "reopen": ("confirm", {"solved": "partly"}),
    "withdraw": ("withdraw", {}),
    "place": ("place", {"category": "PERMIT"}),
}


@pytest.mark.parametrize("state", TICKET_STATES)
def test_steps_of_a_ticket_that_its_state_forbids_are_409(state, given):
    story = TICKET_STATES[state](given)
    assert story.clerk.see(f"/tickets/{story.ticket}")["state"] == state
    for verb, body in TICKET_VERBS.items():
        if ("ticket", state, verb) not in AFTER:
            answer = story.clerk.post(story.on_ticket(verb), body)
            assert answer.status_code == 409, (verb, answer.json)
            assert answer.json["code"] == "ticket.transition_not_allowed"
    seen = story.clerk.see(f"/tickets/{story.ticket}")
    assert seen["state"] == state
    assert seen["actions"] == machine_of("ticket").legal(state)


@pytest.mark.parametrize("state", ISSUE_STATES)
def test_steps_of_an_issue_that_its_state_forbids_are_409(state, given):
    story = ISSUE_STATES[state](given)
    dispatcher = given.dispatcher()
    assert story.contact.see(f"/issues/{story.issue}")["state"] == state
    for action, (verb, body) in ISSUE_VERBS.items():
        if ("issue", state, action) not in AFTER:
            phone = dispatcher if action == "place" else story.contact
            answer = phone.post(story.on_issue(verb), body)
            assert answer.status_code == 409, (verb, answer.json)
            assert answer.json["code"] == "issue.transition_not_allowed"
    assert story.contact.see(f"/issues/{story.issue}")["state"] == state
