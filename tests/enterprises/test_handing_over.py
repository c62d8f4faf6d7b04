"""Handing over: what one commissioner served another serves, and its open work follows."""

from __future__ import annotations

import pytest
from bson import ObjectId

from app.enterprises.documents import Enterprise
from app.foundation import clock, duties
from app.issues.documents import Issue
from app.projects.documents import Project
from app.projects.expansion.documents import Intent
from app.projects.milestones.documents import Milestone
from tests.api.shape import refused
from tests.enterprises.test_serving import OTHER_UNIT, UNIT, assign, pass_on, server_of
from tests.support.duties import run_due
from tests.support.factories import client_id
from tests.support.phone import Phone


@pytest.fixture
def desk(given) -> Phone:
    return given.role("unit_admin", unit=UNIT)


class TestHandingOver:
    def test_many_at_once_with_their_open_work(self, given, desk):
        old, new, other = given.commissioner(), given.commissioner(), given.commissioner()
        firms = [given.enterprise() for _ in range(3)]
        project = given.project(firms[0])
        for each in (*firms, project):
            assign(desk, each, old)
        contact = given.contact(firms[0])
        of_firm = contact.open_issue(enterprise_id=str(firms[0].id))["id"]
        of_project = contact.open_issue(project_id=str(project.id))["id"]
        of_other = other.open_issue(enterprise_id=str(firms[0].id))["id"]
        milestone = owed(project, old)
        mine, others = intent(firms[0], old), intent(firms[0], other)
        run_due()
        before = Issue.get(of_firm).version

        answer = pass_on(desk, old, new)
        assert answer.json == {"count": 4}
        for each in (*firms, project):
            assert server_of(each) == new.person.id
        run_due()
        for key in (of_firm, of_project):
            assert Issue.get(key).commissioner == new.person.id
            assert new.see(f"/issues/{key}")["history"][-1]["action"] == "hand_over"
        assert Issue.get(of_firm).version == before + 1
        assert Issue.get(of_other).commissioner == other.person.id
        assert Milestone.get(milestone).responsible == new.person.id
        assert Intent.get(mine).owner == new.person.id
        assert Intent.get(others).owner == other.person.id
        told = [each["event"] for each in new.see("/notices")["items"]]
        # One word for all enterprises, one for the project.
        assert told.count("person.serving") == 2

    def test_some_of_it_and_an_open_visit_stays_with_who_makes_it(self, given, desk):
        old, new = given.commissioner(), given.commissioner()
        firm, kept = given.enterprise(), given.enterprise()
        for each in (firm, kept):
            assign(desk, each, old)
        begun = {"client_id": client_id(), "started_at": clock.now().isoformat()}
        visit = old.do("/visits", {**begun, "enterprise_id": str(firm.id)})
        answer = pass_on(desk, old, new, enterprise_ids=[str(firm.id)])
        assert answer.json == {"count": 1}
        run_due()
        assert (server_of(firm), server_of(kept)) == (new.person.id, old.person.id)
        assert old.see(f"/visits/{visit['id']}")["owner_id"] == str(old.person.id)

    def test_an_issue_of_a_project_with_a_server_of_its_own_stays_theirs(self, given, desk):
        old, new = given.commissioner(), given.commissioner()
        firm = given.enterprise()
        project = given.project(firm)
        for each in (firm, project):
            assign(desk, each, old)
        issue = given.contact(firm).open_issue(project_id=str(project.id))["id"]
        pass_on(desk, old, new, enterprise_ids=[str(firm.id)])
        run_due()
        assert Issue.get(issue).commissioner == old.person.id

    def test_done_twice_it_is_done_once_and_in_any_order(self, given, desk):
        one, two, three = (given.commissioner() for _ in range(3))
        firm = given.enterprise()
        assign(desk, firm, one)
        issue = given.contact(firm).open_issue(enterprise_id=str(firm.id))["id"]
        run_due()
        pass_on(desk, one, two)
        first = duties.rows().find_one({"kind": "issues.hand_over", "state": "due"})
        duties.rows().delete_one({"_id": first["_id"]})
        pass_on(desk, two, three)
        run_due()
        assert Issue.get(issue).commissioner == one.person.id
        duties.rows().insert_one(first)
        run_due()
        assert Issue.get(issue).commissioner == three.person.id

    def test_what_cannot_go_over(self, given, desk):
        old, new = given.commissioner(), given.commissioner()
        there = given.enterprise(OTHER_UNIT)
        refused(pass_on(desk, old, new), 409)
        refused(pass_on(desk, old, old), 422)
        refused(pass_on(desk, old, new, enterprise_ids=[str(there.id)]), 422)
        assign(given.role("admin"), there, old)
        refused(pass_on(desk, old, new, enterprise_ids=[str(there.id)]), 403)
        refused(pass_on(old, old, new), 403)
        assert server_of(there) == old.person.id


def owed(project: Project, server: Phone) -> ObjectId:
    now = clock.now()
    values = {"project": project.id, "code": "M1", "name": "取得施工许可", "due_on": "2099-01-01"}
    made = Milestone.insert_row(
        **values, responsible=server.person.id, created_at=now, updated_at=now
    )
    return made["_id"]


def intent(firm: Enterprise, owner: Phone) -> ObjectId:
    now = clock.now()
    values = {"code": client_id(), "enterprise": firm.id, "direction": "market"}
    made = Intent.insert_row(
        **values,
        owner=owner.person.id,
        caught_on="2026-11-24",
        created_at=now,
        updated_at=now,
    )
    return made["_id"]
