"""What the ledger's answers must not tell, and what nobody may do by a side way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.foundation import clock, days
from app.projects.milestones.documents import Milestone
from app.projects.warnings.documents import KeptWarning
from tests.projects.test_keeping import project_body
from tests.support.factories import client_id

UNIT, ELSEWHERE = "321204002", "321204001"


@pytest.fixture
def admin(given):
    return given.role("admin")


def warned(given: Any) -> tuple[Any, Any, Milestone]:
    """A project with a red warning and the milestone that it made, for its unit's admin."""
    firm = given.enterprise(unit=UNIT)
    project = given.project(firm)
    unit_admin = given.person()
    now = clock.now()
    warning = KeptWarning(
        about=f"{project.id}:SLOW",
        kind="SLOW",
        level="red",
        project=project.id,
        unit=UNIT,
        since=str(days.today(now)),
        opened_at=now,
        updated_at=now,
    ).insert()
    milestone = Milestone(
        project=project.id,
        code="W-1",
        name="处置红色预警",
        due_on=str(days.today(now)),
        responsible=unit_admin.id,
        warning=warning.id,
        created_at=now,
    ).insert()
    return firm, project, milestone


def test_a_milestone_does_not_tell_of_a_warning_to_who_may_not_know_of_it(given):
    firm, project, milestone = warned(given)
    for phone in (given.contact(firm), given.clerk("HOUSING"), given.commissioner()):
        assert phone.see(f"/projects/{project.id}/milestones")["items"] == []
        assert phone.see("/milestones")["total"] == 0
        assert phone.get(f"/milestones/{milestone.id}").status_code == 404
        assert phone.see(f"/projects/{project.id}/portrait")["milestones"] == []
    assert given.contact(firm).get("/registers/milestones/export").status_code == 404
    leader = given.role("leader")
    assert len(leader.see(f"/projects/{project.id}/milestones")["items"]) == 1


def test_nobody_grants_an_approval_by_a_file_who_may_not_grant_it(given):
    commissioner = given.commissioner()
    project = given.project(commissioner=commissioner.person.id)
    row = {"project": project.code, "item": "FILING", "state": "granted"}
    day = str(days.today(clock.now()) - timedelta(days=3))
    body = {"client_id": client_id(), "rows": [row | {"submitted_on": day, "granted_on": day}]}
    refused = commissioner.post("/registers/approvals/push", body)
    assert refused.status_code in (403, 422)
    assert commissioner.see(f"/projects/{project.id}/approvals")["items"] == []


def test_the_approvals_of_others_are_not_listed(given, admin):
    project = given.project()
    admin.do(f"/projects/{project.id}/approvals", {"items": []})
    clerk = given.clerk("HOUSING")
    found = clerk.see(f"/projects/{project.id}/approvals")["items"]
    assert found
    assert {each["department_id"] for each in found} == {str(clerk.person.grants[0].department)}
    assert given.commissioner().see(f"/projects/{project.id}/approvals")["items"] == []


def test_a_dry_run_tells_nothing_of_what_another_has(given, admin):
    there = given.project(unit=ELSEWHERE)
    phone = given.role("unit_admin", unit=UNIT)
    row = {"code": there.code, "name": there.name, "unit": ELSEWHERE}
    body = {"client_id": client_id(), "rows": [row], "dry_run": True}
    told = phone.do("/registers/projects/push", body)
    assert set(told["counts"].values()) == {0}


def test_a_firm_that_one_may_not_know_of_cannot_be_named(given):
    firm = given.enterprise(unit=ELSEWHERE)
    phone = given.role("unit_admin", unit=UNIT)
    answer = phone.post("/projects", project_body(enterprise=firm.name))
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["enterprise"])


def test_who_is_no_leader_is_linked_to_no_project_and_who_is_no_commissioner_serves_none(
    given, admin
):
    clerk = given.clerk("HOUSING").person
    for field in ("leader", "commissioner"):
        answer = admin.post("/projects", project_body(**{field: clerk.account}))
        assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_history_is_not_anybodys_word(given):
    commissioner = given.commissioner()
    project = given.project(commissioner=commissioner.person.id)
    day = str(days.today(clock.now()))
    row = {"project": project.code, "stage": "signed", "kind": "actual", "on": day}
    body = {"client_id": client_id(), "rows": [row], "historic": True}
    assert commissioner.post("/registers/stages/push", body).status_code == 403


def test_firms_are_ranked_by_tax_only_for_who_may_see_figures(given):
    assert given.head("HOUSING").get("/projects/metrics/firms").status_code == 403
    assert given.role("leader").get("/projects/metrics/firms").status_code == 200
