"""Leader links: each project has one leader at a time, by whatever way that is said."""

from __future__ import annotations

import pytest
from bson import ObjectId

from app.foundation import history
from app.projects.documents import Project
from app.projects.leading import LeaderLink
from app.projects.leading_register import REGISTER
from app.projects.register import REGISTER as PROJECTS
from app.registers.documents import Master
from app.registers.planning import carry_out, plan
from app.registers.register import Line
from app.registers.stating import batch_of, loaded, state_line
from tests.issues.pressing_stories import told
from tests.issues.test_races import at_once, pressing
from tests.issues.test_work import refused
from tests.oversight.order_stories import UNIT, again, begun
from tests.support.duties import run_due
from tests.support.factories import client_id, who

WHY = "区委分工调整"


@pytest.fixture
def story(given, the_time):
    the_time.is_("2026-11-24 10:00")
    return begun(given)


def link(story, leader, **said):
    body = {"project_id": str(story.project.id), "leader_id": str(leader.person.id)}
    return {"client_id": client_id(), "reason": WHY, **body, **said}


def leader_of(story) -> ObjectId | None:
    return Project.get(story.project.id).leader


def test_a_link_sets_the_leader_and_both_are_told(given, story):
    other = given.role("leader")
    made = story.admin.do("/leader-links", link(story, other))
    assert (made["leader"], made["since"]) == (other.person.name, "2026-11-24")
    assert leader_of(story) == other.person.id
    rows = story.admin.see("/leader-links", project_id=str(story.project.id), present=False)
    assert [(each["leader_id"], each["ends"]) for each in rows["items"]] == [
        (str(other.person.id), None)
    ]
    run_due()
    assert [story.project.name in text for text in told(other, "link.begun")] == [True]
    assert [story.project.name in text for text in told(story.leader, "link.ended")] == [True]
    assert history.last("project", story.project.id)["action"] == "link_leader"


def test_it_begins_and_ends_on_its_day(given, story, the_time):
    other = given.role("leader")
    key = story.admin.do("/leader-links", link(story, other, since="2026-12-01"))["id"]
    assert leader_of(story) == story.leader.person.id
    the_time.is_("2026-12-01 08:30")
    run_due()
    assert leader_of(story) == other.person.id
    [admin] = again(given, story.admin)
    ended = admin.do(f"/leader-links/{key}/end", {"on": "2026-12-03", "reason": WHY})
    assert ended["ends"] == "2026-12-03"
    the_time.is_("2026-12-03 08:30")
    run_due()
    assert leader_of(story) is None
    assert again(given, admin)[0].see("/leader-links")["total"] == 0
    refused(
        again(given, admin)[0].post(f"/leader-links/{key}/end", {"reason": WHY}),
        409,
        "leader_link.over",
    )


def test_who_leads_without_a_link_was_linked_from_the_beginning(given, story, the_time):
    the_time.is_("2026-12-01 10:00")
    [admin] = again(given, story.admin)
    admin.do("/leader-links", link(story, given.role("leader")))
    rows = admin.see("/leader-links", present=False)["items"]
    assert [(each["since"], each["ends"]) for each in rows] == [
        ("2026-12-01", None),
        ("2026-11-24", "2026-12-01"),
    ]


def test_naming_a_leader_in_the_register_makes_a_link(given, story):
    other, admin = given.role("leader"), given.role("admin")
    project = story.project
    line = loaded(PROJECTS, {"code": project.code, "leader": str(other.person.id)})
    state_line(PROJECTS, batch_of(who(admin), project.created_at), line)
    [link_] = LeaderLink.objects(project=project.id, superseded_at=None)
    assert (link_.person, link_.since) == (other.person.id, "2026-11-24")
    gone = loaded(PROJECTS, {"code": project.code, "leader": None})
    state_line(PROJECTS, batch_of(who(admin), project.created_at), gone)
    assert admin.see("/leader-links")["total"] == 0
    assert leader_of(story) is None


def test_a_commissioner_does_not_shake_off_a_leader(story):
    line = loaded(PROJECTS, {"code": story.project.code, "leader": None})
    batch = batch_of(who(story.commissioner), story.project.created_at)
    planned = plan(PROJECTS, batch, [line])
    assert [each.reason.code for each in planned.problems] == ["register.not_yours"]


def test_links_are_imported_and_a_master_is_asked(given, story):
    other, admin = given.role("leader"), given.role("admin")
    values = {"project": story.project.code, "leader": other.person.account}
    lines = [Line(1, {**values, "since": "2026-11-20"})]
    batch = batch_of(who(admin), story.project.created_at, source="import")
    planned = plan(REGISTER, batch, lines)
    assert planned.problems == []
    carry_out(REGISTER, batch, planned)
    assert leader_of(story) == other.person.id
    platform = given.role("service").person
    master = {"register": "leader_links", "field": "leader", "platform": platform.id}
    Master.rows().insert_one({**master, "name": "区委督查平台"})
    taken = [Line(1, {**values, "leader": story.leader.person.account, "since": "2026-11-20"})]
    blamed = [each.reason.code for each in plan(REGISTER, batch, taken).problems]
    assert blamed == ["register.mastered"]
    by_project = loaded(PROJECTS, {"code": story.project.code, "leader": None})
    blamed = [each.reason.code for each in plan(PROJECTS, batch, [by_project]).problems]
    assert blamed == ["register.mastered"]


def test_only_leaders_are_linked_and_only_by_those_who_may(given, story):
    wrong = story.admin.post("/leader-links", link(story, story.commissioner))
    refused(wrong, 422, "request.invalid")
    turned = link(story, story.leader, since="2026-12-02", until="2026-12-01")
    refused(story.admin.post("/leader-links", turned), 422, "request.invalid")
    for phone in (story.leader, story.commissioner, given.role("unit_admin", unit="321204001")):
        answer = phone.post("/leader-links", link(story, story.leader))
        assert answer.status_code in (403, 404)
    refused(story.contact.get("/leader-links"), 403, "forbidden")


def test_sent_again_or_at_once_there_is_one(given, story):
    body = link(story, given.role("leader"))
    first, second = (story.admin.post("/leader-links", body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json["id"] == second.json["id"]
    rivals = [
        pressing(story.admin, "/leader-links", link(story, given.role("leader"))) for _ in range(2)
    ]
    assert set(at_once(*rivals)) <= {201, 200, 409}
    present = LeaderLink.objects(project=story.project.id, superseded_at=None, void=False)
    assert [each.person for each in present if each.since == "2026-11-24"] == [leader_of(story)]


def test_units_see_their_own(given, story):
    story.admin.do("/leader-links", link(story, story.leader))
    elsewhere = given.role("unit_admin", unit="321204001")
    seen = [phone.see("/leader-links", unit=UNIT)["total"] for phone in (story.admin, elsewhere)]
    assert seen == [1, 0]
