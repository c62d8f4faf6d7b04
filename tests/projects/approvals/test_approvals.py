"""Approvals side by side: opened, submitted for the enterprise, decided by the department."""

from __future__ import annotations

import pytest
from bson import ObjectId

from app.departments import registry
from app.enterprises.documents import Enterprise
from app.foundation import entries
from app.foundation.history import Actor
from app.projects.approvals import succession
from app.projects.approvals.documents import Approval
from app.projects.approvals.register import REGISTER
from app.projects.stages.documents import StageEntry, about
from app.registers.documents import Master
from app.registers.planning import carry_out, plan
from app.registers.register import Line
from app.registers.stating import batch_of
from tests.issues.test_work import refused
from tests.projects.milestones.stories import begun
from tests.support.duties import run_due
from tests.support.factories import who
from tests.support.time import local_time

TODAY = {"on": "2026-11-24"}
LATER = {"on": "2026-11-24", "reason": "图纸不全"}


@pytest.fixture
def story(given, the_time):
    the_time.is_("2026-11-24 10:00")
    return begun(given)


@pytest.fixture
def path(story):
    return f"/projects/{story.project.id}/approvals"


def keys(seen) -> dict[str, str]:
    return {each["item"]: f"/approvals/{each['id']}" for each in seen["items"]}


def placed(seen, item):
    return next(each for each in seen["items"] if each["item"] == item)


def test_opened_as_a_graph_it_says_what_can_start_and_when_all_is_done(story, path):
    chosen = {"items": ["FILING", "LAND_PLANNING", "WORKS_PLANNING", "DRAWINGS"]}
    seen = story.commissioner.do(path, chosen)
    assert [each["item"] for each in seen["items"]] == chosen["items"]
    assert seen["can_start"] == ["FILING"]
    assert [each["item"] for each in seen["path"]] == ["FILING", "LAND_PLANNING", "WORKS_PLANNING"]
    # 1, 20 and 20 working days from Tuesday, 24 November, over New Year's Day 2027.
    assert seen["forecast"]["completes_on"] == seen["path"][-1]["ends_on"] >= "2027-01-21"
    assert placed(seen, "FILING")["holder"]["kind"] == "enterprise"
    assert placed(seen, "DRAWINGS")["holder"] == {
        "kind": "items",
        "name": "等前置审批",
        "items": ["FILING"],
    }
    assert story.commissioner.do(path, chosen)["items"] == seen["items"]
    refused(story.commissioner.post(path, {"items": ["NO_SUCH"]}), 422, "request.invalid")


def test_the_whole_list_waits_for_the_building_to_be_completed(story, path):
    seen = story.commissioner.do(path)
    assert len(seen["items"]) == 15
    assert seen["forecast"]["completes_on"] is None
    assert "FIRE_ACCEPTANCE" in seen["forecast"]["endless"]
    assert seen["path"][-1]["item"] == "CONSTRUCTION"
    stages = {each["stage"]: each["on"] for each in seen["forecast"]["stages"]}
    assert stages["started"] == seen["path"][-1]["ends_on"]
    assert stages["certificate"] is None
    planned = _stage(story.project.id, "completed", "planned", "2027-12-31")
    seen = story.commissioner.see(path)
    assert seen["forecast"]["completes_on"] > planned


def _stage(project: ObjectId, stage: str, kind: str, on: str) -> str:
    by = Actor(None, "系统", "system")
    StageEntry.insert_row(
        project=project,
        stage=stage,
        kind=kind,
        on=on,
        about=about(project, 0, stage, kind),
        source="import",
        **entries.signed(by, local_time("2026-11-24 09:00")),
    )
    return on


class TestSteps:
    @pytest.fixture
    def items(self, story, path):
        return keys(story.commissioner.do(path, {"items": ["FILING", "LAND_PLANNING", "DRAWINGS"]}))

    def test_submitted_for_the_enterprise_the_clock_runs_and_the_clerk_hears(
        self, given, story, path, items
    ):
        clerk, contact = given.clerk("APPROVAL"), given.contact(_firm(story))
        made = story.commissioner.do(f"{items['FILING']}/submit", TODAY)
        assert (made["state"], made["due_on"]) == ("submitted", "2026-11-25")
        assert made["clock"] == {"days": 1, "kind": "working", "source": None}
        run_due()
        assert clerk.see("/notices")["items"][0]["event"] == "approval.submitted"
        granted = clerk.do(f"{items['FILING']}/grant", TODAY)
        assert (granted["state"], granted["granted_on"]) == ("granted", "2026-11-24")
        assert granted["due_on"] is None
        assert [each["action"] for each in granted["history"]] == ["create", "submit", "grant"]
        run_due()
        assert contact.see("/notices")["items"][0]["event"] == "approval.granted"
        assert contact.see(items["FILING"])["state"] == "granted"
        assert story.commissioner.see(path)["can_start"] == ["LAND_PLANNING", "DRAWINGS"]

    def test_not_before_what_comes_before(self, story, items):
        answer = story.commissioner.post(f"{items['DRAWINGS']}/submit", TODAY)
        refused(answer, 409, "approval.waits_for")
        assert answer.json["errors"]["after"] == ["FILING"]
        assert "企业投资项目备案" in answer.json["message"]

    def test_returned_the_clock_stands_and_begins_anew(self, given, story, path, items, the_time):
        clerk = given.clerk("APPROVAL")
        filing = items["FILING"]
        story.commissioner.do(f"{filing}/submit", TODAY)
        back = clerk.do(f"{filing}/return", LATER)
        assert (back["state"], back["due_on"], back["reason"]) == ("returned", None, "图纸不全")
        assert placed(story.commissioner.see(path), "FILING")["holder"]["kind"] == "enterprise"
        the_time.is_("2026-11-26 09:00")
        story.commissioner = given.phone(story.commissioner.person)
        again = story.commissioner.do(f"{filing}/submit", {"on": "2026-11-25"})
        assert (again["due_on"], again["rounds"][0]["ended_on"]) == ("2026-11-26", "2026-11-24")
        refused(given.clerk("APPROVAL").post(f"{filing}/grant", TODAY), 422, "request.invalid")

    def test_refused_or_not_needed(self, given, story, path, items):
        clerk = given.clerk("APPROVAL")
        filing = items["FILING"]
        refused(clerk.post(f"{filing}/grant", TODAY), 409, "approval.transition_not_allowed")
        story.commissioner.do(f"{filing}/submit", TODAY)
        assert clerk.do(f"{filing}/refuse", LATER)["state"] == "refused"
        assert story.commissioner.see(path)["forecast"]["completes_on"] is None
        story.commissioner.do(f"{filing}/submit", TODAY)
        assert clerk.do(f"{filing}/waive", {"reason": "不在目录内"})["state"] == "not_needed"
        assert story.commissioner.see(path)["can_start"] == ["LAND_PLANNING", "DRAWINGS"]

    def test_only_the_department_decides_and_only_whose_it_is_submit(self, given, story, items):
        filing = items["FILING"]
        contact, other = given.contact(_firm(story)), given.commissioner()
        refused(contact.post(f"{filing}/submit", TODAY), 403, "forbidden")
        refused(other.post(f"{filing}/submit", TODAY), 404, "not_found")
        story.commissioner.do(f"{filing}/submit", TODAY)
        refused(story.commissioner.post(f"{filing}/grant", TODAY), 403, "forbidden")
        refused(given.clerk("HOUSING").post(f"{filing}/grant", TODAY), 404, "not_found")
        assert given.head("APPROVAL").do(f"{filing}/grant", TODAY)["state"] == "granted"

    def test_documents_that_lack_are_the_enterprises_to_bring(self, given, story, path, items):
        filing, clerk = items["FILING"], given.clerk("APPROVAL")
        story.commissioner.do(f"{filing}/submit", TODAY)
        assert placed(story.commissioner.see(path), "FILING")["holder"]["kind"] == "enterprise"
        both = {"got": ["项目备案申请表", "营业执照"], "missing": ["章程"]}
        noted = clerk.do(f"{filing}/documents", both)
        assert noted["missing"] == ["章程"]
        story.commissioner.do(f"{filing}/documents", {"got": ["章程"]})
        assert placed(story.commissioner.see(path), "FILING")["holder"] == {
            "kind": "department",
            "name": registry.by_code("APPROVAL").name,
            "items": [],
        }
        refused(clerk.post(f"{filing}/documents", {"got": ["别的"]}), 422, "request.invalid")

    def test_what_another_platform_is_master_of_is_read_only(self, given, story, items, the_time):
        platform = given.role("service")
        mine = {"register": "approvals", "field": "state", "platform": platform.person.id}
        Master(**mine, name="项目管家", by=platform.person.id, at=the_time.now).insert()
        answer = story.commissioner.post(f"{items['FILING']}/submit", TODAY)
        refused(answer, 422, "request.invalid")
        assert "项目管家" in answer.json["errors"]["state"][0]
        assert platform.do(f"{items['FILING']}/submit", TODAY)["state"] == "submitted"


def _firm(story):
    return Enterprise.get(story.project.enterprise)


def test_clerks_list_what_their_department_has_in_hand(given, story, path, the_time):
    items = keys(story.commissioner.do(path, {"items": ["FILING", "ENERGY"]}))
    story.commissioner.do(f"{items['FILING']}/submit", TODAY)
    clerk, other = given.clerk("APPROVAL"), given.clerk("HOUSING")
    department = str(registry.by_code("APPROVAL").id)
    assert [each["item"] for each in clerk.see("/approvals")["items"]] == ["FILING"]
    assert other.see("/approvals", department_id=department)["total"] == 0
    assert clerk.see("/approvals", overdue="true")["total"] == 0
    assert clerk.see("/approvals", state="not_started")["total"] == 1
    the_time.is_("2026-11-26 09:00")
    late = given.phone(clerk.person).see("/approvals", overdue="true")["items"]
    assert [(each["item"], each["overdue"]) for each in late] == [("FILING", True)]


class TestImport:
    """Facts of the past, by the register."""

    def lines(self, story, *rows):
        return [Line(n, {"project": story.project.code, **row}) for n, row in enumerate(rows, 1)]

    def test_the_state_follows_from_the_days_and_an_odd_order_is_kept(self, given, story):
        batch = batch_of(
            who(given.role("admin")), local_time("2026-11-24 10:00"), historic=True, source="import"
        )
        rows = (
            {"item": "FILING", "submitted_on": "2025-03-01"},
            {"item": "DRAWINGS", "submitted_on": "2025-03-02", "granted_on": "2025-03-09"},
            {"item": "ENERGY"},
        )
        planned = plan(REGISTER, batch, self.lines(story, *rows))
        assert planned.problems == []
        warned = [[each.code for each in draft.warnings] for draft in planned.drafts]
        assert warned == [[], ["approval.unusual_order"], []]
        carry_out(REGISTER, batch, planned)
        states = {row["item"]: row["state"] for row in Approval.rows().find()}
        assert states == {"FILING": "submitted", "DRAWINGS": "granted", "ENERGY": "not_started"}
        later = self.lines(story, {"item": "FILING", "granted_on": "2025-03-03"})
        carry_out(REGISTER, batch, plan(REGISTER, batch, later))
        filing = Approval.objects(item="FILING").first()
        assert (filing.state, filing.due_on) == ("granted", None)

    BAD = [
        ({"granted_on": "2026-12-01", "submitted_on": "2026-11-01"}, "register.in_the_future"),
        (
            {"granted_on": "2025-03-01", "submitted_on": "2025-03-02"},
            "approval.before_submission",
        ),
        ({"state": "granted"}, "approval.granted_with_its_day"),
        ({"state": "returned"}, "request.required"),
    ]

    @pytest.mark.parametrize(("row", "code"), BAD)
    def test_what_cannot_be_is_refused(self, given, story, row, code):
        batch = batch_of(who(given.role("admin")), local_time("2026-11-24 10:00"), source="import")
        planned = plan(REGISTER, batch, self.lines(story, {"item": "FILING", **row}))
        assert [each.reason.code for each in planned.problems] == [code]


def test_what_a_department_has_in_hand_is_its_successors(given, story, path):
    key = keys(story.commissioner.do(path, {"items": ["FILING"]}))["FILING"]
    story.commissioner.do(f"{key}/submit", TODAY)
    housing = given.clerk("HOUSING")
    succession.follow(registry.by_code("APPROVAL").id, registry.by_code("HOUSING").id)
    assert housing.do(f"{key}/grant", TODAY)["state"] == "granted"
