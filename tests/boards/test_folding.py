"""Folding: whatever happens, in whatever order, cells and facts are what a building from nothing gives."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import given as example
from hypothesis import settings
from hypothesis import strategies as st

from app.boards import building, changes, folding, moving
from app.boards.documents import FOREVER, ONE, BoardCell, Fact, Marker
from app.enterprises.documents import Enterprise
from app.foundation import clock, db, duties
from app.issues.documents import Issue, Ticket
from app.projects.documents import Project
from app.projects.milestones.documents import Milestone
from app.projects.rates.documents import StoredStanding
from app.projects.warnings.documents import KeptWarning
from app.visits.documents import Visit
from tests.boards.support import claimed, computed, counts, figure, fold, opened, stored
from tests.projects.rates.entered import plan, restand, stage
from tests.support.duties import run_due
from tests.support.factories import Given
from tests.support.phone import Phone
from tests.support.time import StandingClock

UNITS = ("321204001", "321204002")
PEOPLE = tuple(ObjectId() for _ in range(2))
BODIES = tuple(ObjectId() for _ in range(2))
OURS = (
    *(Issue, Ticket, Project, Visit, Enterprise, KeptWarning, Milestone, StoredStanding),
    *(Fact, BoardCell, Marker),
)
PICK = st.integers(0, 1)
STEPS = st.one_of(
    st.tuples(st.just("state"), PICK, st.sampled_from(("submitted", "dispatched", "answered"))),
    st.tuples(st.just("end"), PICK, st.sampled_from(("resolved", "withdrawn"))),
    st.tuples(st.just("move"), PICK, st.sampled_from(UNITS)),
    st.tuples(st.just("restrict"), PICK, st.sampled_from(("official", None))),
    st.tuples(st.just("ticket"), PICK, st.sampled_from(("accepted", "answered", "returned"))),
    st.tuples(st.just("visit"), PICK, st.integers(0, 40)),
    st.tuples(st.just("class"), PICK, st.sampled_from(("new", "rising", None))),
    st.tuples(st.just("project"), PICK, st.sampled_from(UNITS)),
    st.tuples(st.just("stage"), PICK, st.sampled_from(("signed", "filed", "started"))),
    st.tuples(st.just("plan"), PICK, st.integers(1, 900)),
    st.tuples(st.just("warning"), PICK, st.sampled_from(("yellow", "red", "cleared"))),
    st.tuples(st.just("milestone"), PICK, st.integers(-2, 3)),
    st.tuples(st.just("hours"), st.integers(0, 1), st.integers(1, 60)),
)


@settings(max_examples=8, deadline=None)
@example(steps=st.lists(st.tuples(STEPS, st.booleans()), min_size=3, max_size=12))
def test_folded_cells_are_those_of_a_building_from_nothing(app, steps):
    with pytest.MonkeyPatch.context() as patch:
        time = StandingClock(patch)
        time.is_("2026-11-24 10:00")
        places = _forgotten(time)
        fold()
        for (what, at, how), now in steps:
            _do(places, time, what, at, how)
            if now:
                fold()
        fold()
        folded, facts = stored(), _facts()
        assert folded == computed()
        Marker.rows().update_one({"_id": ONE}, {"$set": {"shape": "0:other rules"}})
        fold()
        assert (stored(), _facts()) == (folded, facts)
        assert folded


def _facts() -> list[Any]:
    """All that holds now, without since when."""
    gen = Marker.rows().find_one({"_id": ONE})["gen"]
    rows = Fact.rows().find({"gen": gen, "until": FOREVER})
    return sorted(
        (row["key"], sorted(each.partition(".")[2] for each in row["cells"]), row["turns_at"])
        for row in rows
    )


def _forgotten(time: StandingClock) -> dict[str, list[ObjectId]]:
    """Two of each, and nothing else."""
    for kind in OURS:
        kind.rows().delete_many({})
    db.collection("duties").delete_many({})
    made = Given()
    firms = [made.enterprise(UNITS[n], commissioner=PEOPLE[n]) for n in range(2)]
    projects = [made.project(firms[n], leader=PEOPLE[n], commissioner=PEOPLE[n]) for n in range(2)]
    issues = [_issue(n, projects[n], time) for n in range(2)]
    return {
        "firms": [each.id for each in firms],
        "projects": [each.id for each in projects],
        "issues": issues,
    }


def _issue(n: int, project: Project, time: StandingClock) -> ObjectId:
    times = dict.fromkeys(("created_at", "updated_at"), time.now)
    due = time.now + timedelta(hours=20 * (n + 1))
    row = Issue.insert_row(
        number=f"JY20261124-000{n}",
        owner=PEOPLE[n],
        owner_role="commissioner",
        client_id=str(ObjectId()),
        fingerprint="",
        kind="request",
        state="dispatched",
        text="施工许可证",
        category="PERMIT",
        unit=project.unit,
        project=project.id,
        enterprise=project.enterprise,
        commissioner=PEOPLE[n],
        promise={"resolve_by": due},
        confirm_by=due + timedelta(hours=3),
        **times,
    )
    whens = ("dispatched_at", "accept_by", "reply_by", "resolve_by", "due_at")
    Ticket.insert_row(
        issue=row["_id"],
        number=row["number"],
        role="lead",
        state="dispatched",
        department=BODIES[n],
        excerpt="施工许可证",
        **{when: due - timedelta(hours=4 - at) for at, when in enumerate(whens)},
    )
    return row["_id"]


def _do(places: dict[str, list[ObjectId]], time: StandingClock, what: str, at: int, how: Any):
    issue, project, firm = (places[name][at] for name in ("issues", "projects", "firms"))
    other = PEOPLE[1 - at]
    steps: dict[str, Callable[[], Any]] = {
        "state": lambda: _set(Issue, issue, state=how, ended_at=None),
        "end": lambda: _set(Issue, issue, state=how, ended_at=time.now),
        "move": lambda: _set(Issue, issue, unit=how, urgent=True),
        "restrict": lambda: _restricted(issue, how),
        "ticket": lambda: _worked(issue, how, time),
        "visit": lambda: _visited(firm, project, PEOPLE[at], time, how),
        "class": lambda: _set(Enterprise, firm, growth_class=how, commissioner=PEOPLE[at]),
        "project": lambda: _set(Project, project, unit=how, leader=other),
        "stage": lambda: stage(project, how, "2026-03-01"),
        "plan": lambda: plan(project, 2026, how),
        "warning": lambda: _warned(project, how, time),
        "milestone": lambda: _owed(project, how, time),
        "hours": lambda: time.passes(hours=how),
    }
    steps[what]()
    if what in ("project", "stage", "plan"):
        restand(project)


def _restricted(issue: ObjectId, how: str | None) -> None:
    Ticket.rows().update_many({"issue": issue}, {"$set": {"restricted": how}})
    _set(Issue, issue, restricted=how)


def _worked(issue: ObjectId, how: str, time: StandingClock) -> None:
    """A step with a ticket touches its issue."""
    ended = {"live": how != "returned", "ended_at": time.now if how == "returned" else None}
    done = {f"{'accepted' if how == 'accepted' else 'answered'}_at": time.now}
    Ticket.rows().update_many({"issue": issue}, {"$set": {"state": how, **ended, **done}})
    _set(Issue, issue, state="dispatched")


def _set(kind: Any, key: ObjectId, **values: Any) -> None:
    kind.rows().update_one({"_id": key}, {"$set": values})


def _visited(firm: ObjectId, project: ObjectId, who: ObjectId, time: StandingClock, ago: int):
    times = dict.fromkeys(("started_at", "created_at", "updated_at"), time.now - timedelta(ago))
    Visit.insert_row(
        owner=who,
        client_id=str(ObjectId()),
        fingerprint="",
        state="ended",
        enterprise=firm,
        project=project if ago % 2 else None,
        unit=UNITS[0],
        **times,
    )


def _warned(project: ObjectId, level: str, time: StandingClock) -> None:
    state = {"state": "cleared"} if level == "cleared" else {"state": "open", "level": level}
    first = {"kind": "SLOW", "project": project, "unit": UNITS[0], "opened_at": time.now}
    if level == "cleared":
        first |= {"level": "red"}
    KeptWarning.rows().update_one(
        {"about": f"{project}:SLOW"}, {"$set": state, "$setOnInsert": first}, upsert=True
    )


def _owed(project: ObjectId, ahead: int, time: StandingClock) -> None:
    due = (time.now + timedelta(days=ahead)).date().isoformat()
    Milestone.rows().update_one(
        {"project": project, "code": "M"},
        {"$set": {"due_on": due, "state": "open", "responsible": PEOPLE[0], "name": "节点"}},
        upsert=True,
    )


def test_a_worker_that_dies_in_a_turn_loses_nothing(given, the_time, monkeypatch):
    the_time.is_("2026-11-24 10:00")
    given.contact(given.enterprise()).open_issue()
    run_due()
    fold()
    before, marker = stored(), Marker.rows().find_one({"_id": ONE})
    given.contact(given.enterprise()).open_issue()
    run_due()
    with monkeypatch.context() as dying:
        dying.setattr(moving, "add", lambda counts: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            folding.fold(claimed(), clock.now())
    assert (stored(), Marker.rows().find_one({"_id": ONE})) == (before, marker)
    the_time.passes(seconds=61)  # its claim runs out
    fold()
    assert stored() == computed() != before


def test_a_worker_that_dies_in_building_is_followed_by_one_that_begins_again(given, monkeypatch):
    given.contact(given.enterprise()).open_issue()
    run_due()
    with monkeypatch.context() as dying:
        dying.setattr(moving, "add", lambda counts: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            building.build(claimed(), clock.now())
    assert Fact.rows().count_documents({}) > 0
    assert Marker.rows().count_documents({}) == 0
    duties.rows().update_many({"key": folding.FOLD}, {"$set": {"claim": None}})
    fold()
    assert stored() == computed()
    assert Fact.rows().count_documents({"kind": "issue", "until": FOREVER}) == 1


def test_what_newer_rules_have_built_is_left_alone(given):
    fold()
    Marker.rows().update_one({"_id": ONE}, {"$set": {"shape": f"{building.RULES + 1}:later"}})
    marker = Marker.rows().find_one({"_id": ONE})
    given.project()
    fold()
    assert Marker.rows().find_one({"_id": ONE}) == marker
    assert stored() == {}


def test_more_changes_than_a_turn_folds_are_said_to_be_left_over(given, monkeypatch):
    leader, contact = given.role("leader"), given.contact(given.enterprise())
    fold()
    monkeypatch.setattr(changes, "MOST", 2)
    for _ in range(5):
        contact.open_issue()
    fold()
    said = leader.see("/boards/district")
    assert said["pending"] == 3
    assert duties.rows().find_one({"key": folding.FOLD})["next_at"] <= clock.now()
    for _ in range(2):
        fold()
    said = leader.see("/boards/district")
    assert (said["pending"], said["figures"][0]["value"]) == (0, 5)
    assert stored() == computed()


def test_more_than_a_turn_folds_may_be_late_at_once(given, the_time, monkeypatch):
    the_time.is_("2026-11-24 10:00")
    leader, contact = given.role("leader"), given.contact(given.enterprise())
    for _ in range(3):
        contact.open_issue()
    run_due()
    fold()
    the_time.passes(days=60)
    monkeypatch.setattr(changes, "MOST", 2)
    leader, said = given.phone(leader.person), []
    while not said or said[-1]["pending"]:
        fold()
        said.append(leader.see("/boards/district"))
    late = [figure(each, "issues.late")["value"] for each in said]
    assert (late[0] < 3, late[-1], said[0]["pending"] > 0) == (True, 3, True)
    assert stored() == computed()


def test_what_commits_late_is_not_lost(given):
    """Its stamp is earlier than that of what was folded before it could be seen."""
    issue = given.contact(given.enterprise()).open_issue()["id"]
    project = given.project()
    fold()
    with db.client().start_session() as session, session.start_transaction():
        late = {"$set": {"unit": UNITS[0]}}
        Project.rows().update_one({"_id": project.id}, late, session=session)
        Issue.rows().update_one({"_id": ObjectId(issue)}, {"$set": {"urgent": True}})
        fold()
        assert "u|321204001/j.going" not in stored()
    fold()
    assert stored()["u|321204001/j.going"] == {"n": 1}


def test_figures_are_the_counts_of_their_lists_while_everything_changes(given):
    leader, firm = given.role("leader"), given.enterprise()
    contacts = [given.contact(firm) for _ in range(2)]
    fold()
    with ThreadPoolExecutor(3) as pool:
        working = [pool.submit(_change, each) for each in contacts] + [pool.submit(_turns)]
        boards = []
        while any(not each.done() for each in working):
            boards.append(leader.see("/boards/district"))
            _opens(leader, boards[-1])
        for each in working:
            each.result()
    fold()
    boards.append(leader.see("/boards/district"))
    # Those of moments that are past open to the same.
    for board in boards[-3:]:
        _opens(leader, board)
    assert boards[-1]["figures"][0]["value"] == 8


def _change(phone: Phone) -> None:
    for _ in range(4):
        issue = phone.open_issue()["id"]
        phone.do(f"/issues/{issue}/withdraw", {"reason": "不用了"})
        phone.open_issue()


def _turns() -> None:
    for _ in range(8):
        fold()


def _opens(phone: Phone, board: dict[str, Any]) -> None:
    for each in counts(board):
        if each["value"]:
            assert opened(phone, each["opens"])["total"] == each["value"]
