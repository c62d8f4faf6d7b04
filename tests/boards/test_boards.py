"""What each role looks at first, over HTTP."""

from __future__ import annotations

import pytest

from app.boards.figures import BOARDS
from app.enterprises.documents import Enterprise
from app.issues.documents import Issue
from app.projects.documents import Project
from tests.boards.support import counts, figure, fold, group, opened
from tests.issues.stories import resolved, withdrawn
from tests.projects.rates.entered import figure as figure_of
from tests.projects.rates.entered import money, plan, restand, stage
from tests.support.duties import run_due

UNIT = "321204002"


@pytest.fixture
def house(given, the_time):
    """A firm with a project, served, in which two issues were raised."""
    the_time.is_("2026-11-24 10:00")
    serving, leader = given.commissioner(), given.role("leader")
    firm = given.enterprise(UNIT, commissioner=serving.person.id, growth_class="rising")
    project = given.project(
        firm, commissioner=serving.person.id, leader=leader.person.id, stage="signed"
    )
    contact = given.contact(firm)
    issues = [contact.open_issue(project_id=str(project.id)) for _ in range(2)]
    run_due()
    fold()
    return {
        "serving": serving,
        "leader": leader,
        "contact": contact,
        "firm": firm,
        "project": project,
        "issues": issues,
        "unit": given.role("unit_admin", unit=UNIT),
        "head": given.head("HOUSING"),
    }


def test_each_role_has_its_board_and_every_figure_opens_to_what_it_counts(house):
    of = {
        "district": house["leader"],
        "unit": house["unit"],
        "department": house["head"],
        "leader": house["leader"],
        "commissioner": house["serving"],
    }
    for board, phone in of.items():
        found = phone.see(f"/boards/{board}")
        told = [each for each in counts(found) if each["value"]]
        assert told, board
        for each in told:
            listed = opened(phone, each["opens"])
            assert (listed["total"], len(listed["items"])) == (each["value"], each["value"])
            assert all(item["id"] for item in listed["items"])
    assert figure(of["district"].see("/boards/district"), "issues.open")["value"] == 2


def test_what_a_board_counted_can_be_opened_when_things_are_otherwise(house, the_time):
    unit = house["unit"]
    before = figure(unit.see("/boards/unit"), "issues.open")
    house["contact"].do(f"/issues/{house['issues'][0]['id']}/withdraw", {"reason": "已自行解决"})
    assert figure(unit.see("/boards/unit"), "issues.open") == before
    the_time.passes(seconds=5)
    fold()
    after = unit.see("/boards/unit")
    assert figure(after, "issues.open")["value"] == 1
    assert group(after, "issues.by_state")["withdrawn"] == 1
    assert opened(unit, before["opens"])["total"] == 2
    assert opened(unit, figure(after, "issues.open")["opens"])["total"] == 1


def test_what_is_due_becomes_late_by_the_mere_time(house, the_time):
    promised = Issue.get(house["issues"][0]["id"]).promise["resolve_by"]
    the_time.now = promised
    fold()
    on_time = house["unit"].see("/boards/unit")
    assert figure(on_time, "issues.due_today")["value"] == 2
    assert figure(on_time, "issues.late")["value"] == 0
    the_time.passes(seconds=1)
    fold()
    late = house["unit"].see("/boards/unit")
    assert figure(late, "issues.due_today")["value"] == 0
    assert figure(late, "issues.late")["value"] == 2
    assert opened(house["unit"], figure(on_time, "issues.due_today")["opens"])["total"] == 2


def test_visits_stand_against_the_quota(house, the_time):
    serving, firm = house["serving"], str(house["firm"].id)
    before = serving.see("/boards/commissioner")
    assert (figure(before, "visits.month")["value"], figure(before, "visits.month")["target"]) == (
        0,
        1,
    )
    assert figure(before, "firms.short")["value"] == 1
    assert before["round"]["stops"] == 2
    visit = {
        "client_id": "6f5b2a3e-0d4c-4a55-9a3e-2f6f0a1b7c11",
        "enterprise_id": firm,
        "started_at": "2026-11-24T09:00:00+08:00",
        "ended_at": "2026-11-24T09:30:00+08:00",
        "photo_ids": [],
    }
    serving.do("/visits", visit)
    the_time.passes(seconds=5)
    fold()
    after = serving.see("/boards/commissioner")
    assert figure(after, "visits.month")["value"] == 1
    assert figure(after, "firms.short")["value"] == 0
    assert figure(after, "firms.met")["value"] == 1
    assert figure(after, "places.seen_today")["value"] == 1
    assert opened(serving, figure(after, "places.left_today")["opens"])["items"][0]["kind"] == (
        "project"
    )


def test_who_else_leads_or_serves_a_project_has_its_issues(house, given, the_time):
    other = given.role("leader")
    Project.rows().update_one(
        {"_id": house["project"].id}, {"$set": {"leader": other.person.id, "unit": "321204001"}}
    )
    the_time.passes(seconds=5)
    fold()
    assert figure(house["leader"].see("/boards/leader"), "projects.going")["value"] == 0
    theirs = other.see("/boards/leader")
    assert figure(theirs, "projects.going")["value"] == 1
    assert figure(theirs, "issues.open")["value"] == 2


def test_of_two_turns_at_the_same_moment_the_later_is_later(house):
    first = house["unit"].see("/boards/unit")["as_of"]
    fold()
    assert house["unit"].see("/boards/unit")["as_of"] > first


def test_each_figure_is_defined_in_words(house):
    found = house["leader"].see("/boards/definitions")
    codes = {each["code"] for each in found["items"]}
    for board, phone in (("district", "leader"), ("department", "head")):
        shown = house[phone].see(f"/boards/{board}")
        for part in ("figures", "groups", "rates", "series"):
            assert {each["code"] for each in shown[part]} <= codes
    assert {each for one in found["items"] for each in one["boards"]} == {*BOARDS}


REFUSED = [
    ("contact", "district", {}, 403),
    ("clerk", "district", {}, 403),
    ("unit_admin", "unit", {"unit": "321204001"}, 404),
    ("unit_admin", "leader", {}, 403),
    ("clerk", "department", {"department_id": "0" * 24}, 404),
    ("commissioner", "commissioner", {"person_id": "0" * 24}, 404),
    ("leader", "unit", {}, 422),
    ("leader", "unit", {"unit": "nowhere"}, 404),
    ("inspector", "leader", {}, 422),
]


def test_boards_of_others_are_not_shown(given):
    phones = {
        "contact": given.contact(given.enterprise()),
        "clerk": given.clerk("HOUSING"),
        "unit_admin": given.role("unit_admin", unit=UNIT),
        "commissioner": given.commissioner(),
        "leader": given.role("leader"),
        "inspector": given.inspector(),
    }
    fold()
    for role, board, query, status in REFUSED:
        answer = phones[role].get(f"/boards/{board}", **query)
        assert answer.status_code == status, (role, board, answer.json)
        answer = phones[role].get("/boards/figures/issues.open", board=board, **query)
        assert answer.status_code == status, (role, board, answer.json)


def test_what_is_asked_must_fit(house):
    unit = house["unit"]
    path, month = "/boards/figures", {"from": "2026-11-01", "to": "2026-11-30"}
    assert unit.get(f"{path}/issues.open", board="unit", **month).status_code == 422
    assert unit.get(f"{path}/issues.opened", board="unit").status_code == 422
    assert unit.get(f"{path}/issues.opened", board="unit", **month).json["total"] == 2
    assert unit.get(f"{path}/issues.open", board="unit", value="x").status_code == 422
    assert unit.get(f"{path}/tickets.open", board="unit").status_code == 404
    assert unit.get(f"{path}/issues.restricted", board="unit").status_code == 404
    for moment in ("2026-11-20T10:00:00Z", "2027-01-01T00:00:00Z"):
        answer = unit.get(f"{path}/issues.open", board="unit", as_of=moment)
        assert (answer.status_code, answer.json["code"]) == (422, "boards.not_kept")


def test_before_anything_is_folded_there_are_no_boards(given):
    answer = given.role("leader").get("/boards/district")
    assert (answer.status_code, answer.json["code"]) == (503, "boards.not_ready")


def test_a_restricted_issue_is_counted_for_those_only_who_may_know_of_it(house, given, the_time):
    inspector, leader = given.inspector(), house["leader"]
    before = leader.see("/boards/district")
    body = {"restriction": "official", "reason": "反映工作人员", "department_ids": []}
    path = f"/issues/{house['issues'][0]['id']}/restrict"
    assert given.dispatcher().post(path, body).status_code == 204
    run_due()
    the_time.passes(seconds=5)
    fold()
    after = leader.see("/boards/district")
    assert figure(after, "issues.open")["value"] == 1
    assert not any("restricted" in each["code"] for each in after["figures"])
    query = {"board": "district"}
    assert leader.get("/boards/figures/issues.restricted", **query).status_code == 404
    # What the board counted then is counted still, but nobody sees what it is.
    then = opened(leader, figure(before, "issues.open")["opens"])
    assert (then["total"], sorted(bool(each["id"]) for each in then["items"])) == (2, [False, True])
    theirs = figure(inspector.see("/boards/district"), "issues.restricted")
    listed = opened(inspector, theirs["opens"])
    assert [each["id"] for each in listed["items"]] == [house["issues"][0]["id"]]


def test_an_enterprise_that_nobody_serves_has_no_quota(house, the_time):
    Enterprise.rows().update_one({"_id": house["firm"].id}, {"$set": {"commissioner": None}})
    the_time.passes(seconds=5)
    fold()
    assert figure(house["unit"].see("/boards/unit"), "visits.month")["target"] == 0


def test_rates_of_projects_are_those_of_the_rates(house, given, the_time):
    other = given.project(unit=UNIT, investment=money("500.00"))
    for key, came in ((house["project"].id, ("signed", "filed")), (other.id, ("signed",))):
        for n, each in enumerate(came):
            stage(key, each, f"2026-0{3 + n}-05")
        plan(key, 2026, "200.00")
        restand(key)
    stage(other.id, "started", "2026-05-05")
    figure_of(other.id, "2026-06", actual_investment="50.50")
    restand(other.id)
    the_time.passes(seconds=5)
    fold()
    unit = house["unit"]
    board, rates = unit.see("/boards/unit"), unit.see("/rates")["total"]
    for code in ("filed", "started", "production", "on_target"):
        told, of = figure(board, code), rates[code]["open"]
        sides = told["numerator"]["value"], told["denominator"]["value"], told["percent"]
        assert sides == (of["numerator"], of["denominator"], of["percent"])
    told = figure(board, "completion")
    sums = told["numerator"]["sum"], told["denominator"]["sum"], told["percent"]
    of = rates["completion"]
    assert sums == (of["actual"], of["plan"], of["percent"]) == ("50.50", "200.00", 25.3)
    [line] = opened(unit, told["denominator"]["opens"])["items"]
    assert (line["spent"], line["plan"]) == ("50.50", "200.00")


def test_rates_of_a_department_are_those_of_its_report(given):
    story = resolved(given)
    withdrawn(given)
    fold()
    board = story.head.see("/boards/department")
    [report] = [
        each
        for each in story.head.see("/reports/departments")["items"]
        if each["department_id"] == board["key"]
    ]
    for code in ("accepted_in_time", "answered_in_time", "resolved", "satisfied"):
        told, of = figure(board, code), report[code]
        sides = told["numerator"]["value"], told["denominator"]["value"]
        assert sides == (of["numerator"], of["denominator"]), code
    assert figure(board, "resolved")["denominator"]["value"] == 1
