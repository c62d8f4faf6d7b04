"""What another platform is master of nobody changes here, by whatever way."""

from __future__ import annotations

from typing import Any

import pytest

from app.enterprises.documents import Enterprise, ScaleEntry
from app.enterprises.serving_documents import Assignment
from app.foundation import clock
from app.projects.approvals.documents import Approval
from app.projects.documents import Project
from app.projects.expansion.documents import Intent
from app.projects.land.documents import Parcel
from app.projects.milestones.documents import Milestone
from app.registers.documents import Master
from tests.support.duties import run_due
from tests.support.factories import client_id, credit_code

UNIT = "321204002"
WHY = {"reason": "台账核对"}
TOLD = "该字段由项目管家维护，这里只能查看"
ROOMS = (Enterprise, Project, ScaleEntry, Assignment, Milestone, Intent, Parcel, Approval)


class Story:
    """A firm with all that hangs on it, and an admin who may do everything."""

    def __init__(self, given: Any) -> None:
        self.admin, self.platform = given.role("admin"), given.role("service")
        self.old, self.new = given.commissioner(), given.commissioner()
        self.firm = given.enterprise(unit=UNIT, commissioner=self.old.person.id)
        self.project = given.project(self.firm, commissioner=self.old.person.id, code="XM1")
        self.provisional = given.enterprise(
            unit=UNIT, provisional=True, credit_code=None, name="临时名"
        )

    def push(self, register: str, **row: Any) -> Any:
        body = {"client_id": client_id(), "rows": [row]}
        return self.admin.post(f"/registers/{register}/push", body)

    def has(self, register: str, field: str) -> None:
        Master.insert_row(
            register=register,
            field=field,
            platform=self.platform.person.id,
            name="项目管家",
            by=self.admin.person.id,
            at=clock.now(),
        )

    def entered(self) -> str:
        body = {"client_id": client_id(), "event": "entered", "on": "2024-02-01"}
        return str(self.admin.do(f"/enterprises/{self.firm.id}/scale", body)["id"])

    def milestone(self) -> Any:
        body = {
            "client_id": client_id(),
            "code": "M1",
            "name": "取得施工许可",
            "due_on": "2099-01-01",
            "responsible_id": str(self.old.person.id),
        }
        return self.admin.do(f"/projects/{self.project.id}/milestones", body)["id"]

    def intent(self) -> Any:
        row = {"code": "Z1", "enterprise": self.firm.credit_code, "direction": "market"}
        more = {"caught_on": "2026-11-01", "owner": str(self.old.person.id)}
        assert self.push("expansion_intents", **row, **more).status_code == 201
        return Intent.rows().find_one({"code": "Z1"})["_id"]

    def parcel(self) -> None:
        row = {"code": "D1", "unit": UNIT, "mu": "30", "state": "planned", "since": "2024-01-01"}
        assert self.push("parcels", **row).status_code == 201

    def approval(self) -> None:
        row = {"project": "XM1", "item": "FILING", "submitted_on": "2024-01-01"}
        assert self.push("approvals", **row).status_code == 201

    def assign(self, **subject: Any) -> Any:
        body = {"client_id": client_id(), "person_id": str(self.new.person.id), **WHY, **subject}
        return self.admin.post("/assignments", body)


def void_scale(story: Story) -> Any:
    key = story.entered()
    return lambda: story.admin.post(f"/scale-entries/{key}/void", WHY)


def cancel_milestone(story: Story) -> Any:
    key = story.milestone()
    return lambda: story.admin.post(f"/milestones/{key}/cancel", WHY)


def assign_project(story: Story) -> Any:
    return lambda: story.assign(project_id=str(story.project.id))


def assign_enterprise(story: Story) -> Any:
    return lambda: story.assign(enterprise_id=str(story.firm.id))


def end_assignment(story: Story) -> Any:
    body = {"project_id": str(story.project.id), "since": "2026-01-01"}
    key = story.assign(**body).json["id"]
    return lambda: story.admin.post(f"/assignments/{key}/end", WHY)


def hand_over(story: Story) -> Any:
    ids = {"from_id": str(story.old.person.id), "to_id": str(story.new.person.id)}
    return lambda: story.admin.post("/assignments/hand-over", {**ids, **WHY})


def name_the_commissioner(story: Story) -> Any:
    return lambda: story.push("projects", code="XM1", commissioner=str(story.new.person.id))


def give_intent(story: Story) -> Any:
    key, person = story.intent(), str(story.new.person.id)
    return lambda: story.admin.post(f"/expansion-intents/{key}/assign", {"person_id": person})


def complete_firm(story: Story) -> Any:
    body = {"credit_code": credit_code(901), "unit": UNIT, "name": "正式名"}
    return lambda: story.admin.post(f"/enterprises/{story.provisional.id}/complete", body)


def move_parcel(story: Story) -> Any:
    story.parcel()
    return lambda: story.push("parcels", code="D1", state="acquired")


def grant_approval(story: Story) -> Any:
    story.approval()
    row = {"project": "XM1", "item": "FILING", "granted_on": "2024-02-01"}
    return lambda: story.push("approvals", **row)


WAYS = [
    ("scale_entries", "on", void_scale),
    ("scale_entries", "*", void_scale),
    ("milestones", "done_on", cancel_milestone),
    ("milestones", "due_on", cancel_milestone),
    ("milestones", "*", cancel_milestone),
    ("projects", "commissioner", assign_project),
    ("projects", "*", assign_project),
    ("enterprises", "commissioner", assign_enterprise),
    ("projects", "commissioner", end_assignment),
    ("projects", "commissioner", hand_over),
    ("enterprises", "commissioner", hand_over),
    ("project_assignments", "person", name_the_commissioner),
    ("project_assignments", "*", name_the_commissioner),
    ("expansion_intents", "owner", give_intent),
    ("expansion_intents", "*", give_intent),
    ("enterprises", "name", complete_firm),
    ("enterprises", "*", complete_firm),
    ("parcels", "since", move_parcel),
    ("approvals", "state", grant_approval),
]


def stored() -> list[list[Any]]:
    return [list(room.rows().find().sort("_id", 1)) for room in ROOMS]


@pytest.mark.parametrize(("register", "field", "way"), WAYS)
def test_no_way_goes_round_a_master(register, field, way, given):
    story = Story(given)
    does = way(story)
    story.has(register, field)
    before = stored()
    answer = does()
    assert answer.status_code == 422, answer.json
    assert TOLD in [text for texts in answer.json["errors"].values() for text in texts]
    assert stored() == before
    Master.rows().delete_many({})
    assert does().status_code in (200, 201, 204)


def test_the_platform_itself_says_who_serves(given):
    story = Story(given)
    story.has("projects", "commissioner")
    row = {"project": "XM1", "person": str(story.new.person.id), "since": "2026-01-01"}
    body = {"client_id": client_id(), "rows": [row]}
    refused = story.platform.post("/registers/project_assignments/push", body)
    assert refused.status_code == 403
    row = {"code": "XM1", "commissioner": str(story.new.person.id)}
    body = {"client_id": client_id(), "rows": [row]}
    answer = story.platform.post("/registers/projects/push", body)
    assert answer.status_code == 201, answer.json
    assert Project.get(story.project.id).commissioner == story.new.person.id


def test_what_goes_over_by_itself_goes_round_no_master_either(given):
    story = Story(given)
    milestone, intent = story.milestone(), story.intent()
    story.has("milestones", "responsible")
    story.has("expansion_intents", "owner")
    assert hand_over(story)().json == {"count": 2}
    run_due()
    assert Milestone.get(milestone).responsible == story.old.person.id
    assert Intent.get(intent).owner == story.old.person.id


def test_another_field_keeps_nobody_from_anything(given):
    story = Story(given)
    for register in ("enterprises", "projects"):
        story.has(register, "name")
    assert assign_project(story)().status_code == 201
    assert assign_enterprise(story)().status_code == 201
