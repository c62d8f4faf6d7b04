"""The table of steps: every pair of state and action, in the domain and over HTTP."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import strategies

from app.foundation import district
from app.foundation.errors import Conflict
from app.issues.moves import machine_of
from app.issues.states import Machine, machine
from config import settings
from tests.issues import stories, work_stories
from tests.issues.stories import ANSWER

WORKFLOW = dict(district.use(settings.load().district_dir).workflow)

# Written out a second time, by hand: a slip in workflow.yaml is found here. `a b>c`: both lead to c;
# without an arrow the state stays as it is.
ISSUE = """
route: submitted>dispatched
refer: submitted>dispatching
place: dispatching>dispatched
rule: dispatching>dispatched
return: dispatched reopened>dispatching
resolve: answered>resolved
lapse: answered>resolved
conclude: dispatched reopened>resolved
reopen: answered resolved>reopened
withdraw: submitted dispatching dispatched reopened>withdrawn
restrict: submitted dispatching dispatched>dispatched; reopened
release: dispatched reopened>submitted
merge: submitted dispatching dispatched reopened>merged
call_in: dispatched
split: submitted dispatching dispatched
absorb: submitted dispatching dispatched answered reopened
correct: submitted dispatching dispatched answered resolved reopened withdrawn merged
link: submitted dispatching dispatched reopened
unlink: submitted dispatching dispatched answered reopened
gather: submitted dispatching dispatched answered reopened
gather: submitted dispatching dispatched answered reopened
ask_to_conclude: dispatched reopened
unreachable: answered
remind: submitted dispatching dispatched reopened
supervise: submitted dispatching dispatched answered reopened
supervision_reply: submitted dispatching dispatched answered resolved reopened
supervision_close: submitted dispatching dispatched answered resolved reopened withdrawn merged
supervision_refuse: submitted dispatching dispatched answered resolved reopened
supervision_late: submitted dispatching dispatched answered resolved reopened
meet: submitted dispatching dispatched answered reopened
agreed_due: submitted dispatching dispatched answered resolved reopened
agreed_done: submitted dispatching dispatched answered resolved reopened
confirm_soon: answered
plan_due: answered resolved
plan_kept: answered resolved
plan_broken: answered resolved
recompute: dispatching dispatched answered reopened
comment: submitted dispatching dispatched answered resolved reopened
hand_over: submitted dispatching dispatched answered reopened
"""
TICKET = """
accept: dispatched>accepted
assign: dispatched>accepted; accepted in_progress waiting_enterprise extension_requested
note: accepted>in_progress; in_progress waiting_enterprise extension_requested
ask: accepted in_progress>waiting_enterprise
reply: waiting_enterprise>in_progress
go_on: waiting_enterprise>in_progress
extend: accepted in_progress>extension_requested
decide: extension_requested>in_progress
invite: accepted in_progress waiting_enterprise extension_requested
propose: accepted>in_progress; in_progress
send_back: in_progress
answer: accepted in_progress waiting_enterprise extension_requested>answered
return: dispatched accepted in_progress>returned
object: dispatched accepted>returned
rule: returned>dispatched
rule_out: returned
rule_stay: dispatched accepted in_progress waiting_enterprise extension_requested
rule_away: dispatched accepted in_progress>returned
transfer: dispatched accepted in_progress>transferred
release: dispatched accepted in_progress>transferred
reorganise: dispatched accepted in_progress waiting_enterprise extension_requested answered
recompute: dispatched accepted in_progress waiting_enterprise extension_requested
climb: dispatched accepted in_progress extension_requested
acknowledge: dispatched accepted in_progress waiting_enterprise extension_requested
close: answered>closed
conclude: dispatched accepted in_progress>closed
redo: answered closed>dispatched
cancel: dispatched accepted in_progress waiting_enterprise extension_requested answered>cancelled
"""
REVIVES = {("issue", "reopen"), ("ticket", "redo"), ("ticket", "rule")}


def _written(kind: str, table: str) -> dict[tuple[str, str, str], str]:
    found = {}
    for line in filter(None, table.splitlines()):
        action, _, steps = line.partition(": ")
        for step in steps.split("; "):
            before, _, after = step.partition(">")
            for state in before.split():
                found[kind, state, action] = after or state
    return found


AFTER = {**_written("issue", ISSUE), **_written("ticket", TICKET)}
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
    assert caught.value.fields == {"action": [action], "state": [state], "legal": legal}


@pytest.mark.parametrize("kind", ["issue", "ticket"])
def test_only_what_revives_leads_out_of_the_end(kind):
    rules = table(kind)
    assert rules.ended
    out = {
        (kind, action)
        for action, steps in rules.actions.items()
        for before, after in steps.items()
        if before in rules.ended and after != before
    }
    assert out == {each for each in REVIVES if each[0] == kind}
    assert set(rules.open_states()) == set(rules.states) - rules.ended


@pytest.mark.parametrize("kind", ["issue", "ticket"])
def test_an_action_that_nobody_knows_is_a_conflict(kind):
    with pytest.raises(Conflict):
        table(kind).after("abolish", table(kind).states[0])


LEADS = strategies.sampled_from([None, *WORKFLOW["ticket"]["states"]])
STATES = strategies.sampled_from(WORKFLOW["issue"]["states"])


@examples(STATES, LEADS)
def test_an_issue_follows_its_lead_and_then_stays(state, lead):
    rules = table("issue")
    after = rules.followed(state, lead)
    assert rules.followed(after, lead) == after
    if state in ("submitted", "dispatching", "withdrawn", "merged") or lead is None:
        assert after == state
    elif lead in ("answered", "closed"):
        assert after == {"answered": "answered", "closed": "resolved"}[lead]
    else:
        assert after == ("reopened" if state == "reopened" else "dispatched")


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
        (lambda t: t.update(own=["elsewhere"]), "elsewhere"),
        (lambda t: t.update(follows={"closed": "elsewhere"}), "elsewhere"),
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
        "own-unknown",
        "follows-unknown",
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
    "waiting_enterprise": work_stories.asked,
    "extension_requested": work_stories.extension_asked,
    "answered": stories.answered,
    "closed": stories.resolved,
    "returned": stories.returned,
    "transferred": work_stories.transferred,
    "cancelled": stories.withdrawn,
}
TICKET_VERBS = {
    "accept": {},
    "note": {"text": "到现场"},
    "ask": {"text": "请补充图纸"},
    "extend": {"days": 3, "reason": "图审排队"},
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
            assert answer.json["errors"]["legal"] == machine_of("ticket").legal(state)
            assert len(answer.json["errors"]["last"]) == 2
    seen = story.clerk.see(f"/tickets/{story.ticket}")
    assert seen["state"] == state
    assert set(seen["actions"]) <= set(machine_of("ticket").legal(state))


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
