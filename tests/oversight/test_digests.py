"""A leader's week: its figures are the API's of that moment, it is made once, and says when there is none."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from bson import ObjectId

from app.foundation import clock, duties
from app.oversight import digests
from app.oversight.digests import Digest
from app.people.documents import Grant
from app.projects.milestones.documents import Milestone
from app.projects.warnings.documents import KeptWarning
from tests.calendars.test_years import state
from tests.issues.pressing_stories import told
from tests.issues.test_work import refused
from tests.oversight.order_stories import again, begun
from tests.support.duties import run_due
from tests.support.factories import client_id
from tests.support.time import local_time


@pytest.fixture
def story(given, the_time):
    """A Tuesday; the next Monday is the 30th."""
    the_time.is_("2026-11-24 10:00")
    digests.begin(clock.now())
    return begun(given)


def milestone(story, due_on: str = "2026-11-20") -> ObjectId:
    return Milestone.insert_row(
        project=story.project.id,
        code=client_id(),
        name="桩基完成",
        due_on=due_on,
        responsible=story.commissioner.person.id,
        created_at=clock.now(),
    )["_id"]


def warn(story, level: str = "red") -> None:
    KeptWarning.insert_row(
        about=client_id(),
        kind="SLOW",
        level=level,
        project=story.project.id,
        unit=story.project.unit,
        since="2026-11-20",
        opened_at=clock.now(),
        updated_at=clock.now(),
    )


def of_api(leader) -> dict[str, int]:
    """The same figures as the lists have them at this moment."""
    linked = leader.see("/me/linked-projects")
    mine = {"kind": "instruction", "issued": True, "open": True}
    return {
        "linked": linked["total"],
        "held": sum(bool(each["held"]) for each in linked["items"]),
        "red": sum(each["red"] for each in linked["items"]),
        "overdue": sum(len(each["overdue_milestones"]) for each in linked["items"]),
        "instructions": leader.see("/orders", **mine)["total"],
        "instructions_late": leader.see("/orders", **mine, overdue=True)["total"],
    }


def test_the_week_is_the_apis_figures_and_names_who_holds_it_up(given, story, the_time):
    story.instruct(due_on="2026-11-26")
    stage = {"client_id": client_id(), "stage": "completed", "kind": "actual", "on": "2026-11-24"}
    given.role("admin").do(f"/projects/{story.project.id}/stages", stage)
    run_due()
    milestone(story)
    warn(story)
    warn(story, "yellow")
    the_time.is_("2026-11-30 08:30")
    run_due()
    [leader] = again(given, story.leader)
    [line] = leader.see("/me/digests")["items"]
    week = leader.see(f"/digests/{line['id']}")
    assert (week["week"], week["as_of"]) == ("2026-11-30", "2026-11-30T08:30:00.000+08:00")
    figures = {name: count for name, count in week["figures"].items() if name != "moved"}
    assert figures == of_api(leader)
    assert (figures["red"], figures["overdue"], figures["instructions_late"]) == (1, 1, 1)
    [project] = week["projects"]
    assert [(each["what"], each["by"], each["days"]) for each in project["held"]] == [
        ("milestone", story.commissioner.person.name, 10)
    ]
    assert [each["name"] for each in project["moved"]] == ["completed"]
    assert week["figures"]["moved"] == 1
    assert [each["text"] for each in week["instructions"]] == [story.line()["text"]]
    run_due()
    assert [week["summary"] in text for text in told(leader, "link.digest")] == [True]


def test_when_a_record_changes_so_does_the_next_week(given, story, the_time):
    key = milestone(story)
    the_time.is_("2026-11-30 08:30")
    run_due()
    done = {"state": "done", "done_on": "2026-12-01", "updated_at": clock.now()}
    the_time.is_("2026-12-07 08:30")
    done["updated_at"] = clock.now().replace(day=1)
    Milestone.rows().update_one({"_id": key}, {"$set": done})
    run_due()
    [leader] = again(given, story.leader)
    lines = leader.see("/me/digests")["items"]
    counted = [(each["figures"]["overdue"], each["figures"]["moved"]) for each in lines]
    assert counted == [(0, 1), (1, 0)]
    assert lines[0]["since"] == lines[1]["as_of"]


def test_what_could_be_seen_only_when_the_week_was_made_is_in_the_next(given, story, the_time):
    """And once: what the one before told already is not told again."""
    late, told = milestone(story), milestone(story)
    the_time.is_("2026-11-30 08:30")
    done = {"state": "done", "done_on": "2026-11-30", "updated_at": clock.now()}
    done["updated_at"] -= timedelta(seconds=1)
    Milestone.rows().update_one({"_id": told}, {"$set": done})
    run_due()
    Milestone.rows().update_one({"_id": late}, {"$set": done})
    the_time.is_("2026-12-07 08:30")
    run_due()
    weeks = Digest.objects(leader=story.leader.person.id).order_by("as_of")
    moved = [[one["id"] for row in each.projects for one in row["moved"]] for each in weeks]
    assert moved == [[told], [late]]


def test_a_week_with_nothing_says_so(given, story, the_time):
    the_time.is_("2026-11-30 08:30")
    run_due()
    [leader] = again(given, story.leader)
    [line] = leader.see("/me/digests")["items"]
    assert line["nothing"] is True
    assert [line["summary"] in text for text in told(leader, "link.digest")] == [True]


def test_never_twice_for_a_week_and_once_when_workers_slept(given, story, the_time):
    the_time.is_("2026-12-16 11:00")
    run_due()
    assert [each.week for each in Digest.objects(leader=story.leader.person.id)] == ["2026-12-14"]
    duties.add(digests.KIND, ObjectId(), now=clock.now(), payload={"week": "2026-12-14"})
    run_due()
    assert Digest.objects(leader=story.leader.person.id).count() == 1
    (waiting,) = duties.rows().find({"kind": digests.KIND, "state": "due"})
    assert waiting["payload"]["week"] == "2026-12-21"
    digests.begin(clock.now())
    assert duties.rows().count_documents({"kind": digests.KIND, "state": "due"}) == 1


def test_a_week_whose_day_becomes_a_day_off_waits_for_the_next_working_day(given, story, the_time):
    """The duty was owed for the old day."""
    admin = given.role("admin")
    year = admin.see("/calendar/2026")
    off = {"days_off": [*year["days_off"], "2026-11-30"], "reason": "临时放假"}
    state(admin, {"published": True, "working_days": year["working_days"], **off}, "/calendar/2026")
    the_time.is_("2026-11-30 08:30")
    run_due()
    assert Digest.objects.count() == 0
    the_time.is_("2026-12-01 08:30")
    digests.begin(clock.now())
    run_due()
    assert [each.week for each in Digest.objects(leader=story.leader.person.id)] == ["2026-11-30"]


def test_who_is_no_leader_any_more_is_told_nothing_of_projects_they_were_linked_to(given, story):
    milestone(story)
    assert story.leader.see("/me/linked-projects")["total"] == 1
    story.leader.person.update(set__grants=[Grant(role="commissioner")])
    found = given.phone(story.leader.person).see("/me/linked-projects")
    assert (found["total"], found["items"]) == (0, [])


def test_only_its_leader_reads_it(given, story, the_time):
    the_time.is_("2026-11-30 08:30")
    run_due()
    key = Digest.objects(leader=story.leader.person.id).first().id
    for phone in (given.role("leader"), given.inspector(), given.role("admin")):
        refused(phone.get(f"/digests/{key}"), 404, "not_found")
    refused(given.commissioner().get("/me/digests"), 403, "forbidden")
    assert given.role("leader").see("/me/digests")["total"] == 0


def test_linked_projects_show_gaps_and_never_a_restricted_issue(given, story):
    body = {"enterprise_id": str(story.project.enterprise), "project_id": str(story.project.id)}
    issue = story.contact.open_issue(category="POWER", text="供电容量不足，设备不能投产", **body)
    run_due()
    [seen] = story.leader.see("/me/linked-projects")["items"]
    assert [(each["category"], each["count"]) for each in seen["gaps"]] == [("POWER", 1)]
    assert [(each["what"], each["id"]) for each in seen["held"]] == [("issue", issue["id"])]
    assert seen["held"][0]["by"] != ""
    restrict = {"restriction": "report", "reason": "举报件", "department_ids": []}
    given.inspector().post(f"/issues/{issue['id']}/restrict", restrict)
    [seen] = story.leader.see("/me/linked-projects")["items"]
    assert (seen["gaps"], seen["held"]) == ([], [])


def test_the_last_week_is_due_and_the_next_is_not(app, clean):
    """Whenever one asks, holidays and all; each next week is the last one's."""
    begins = local_time("2026-01-01 08:29")
    for hours in range(0, 24 * 400, 37):
        now = begins + timedelta(hours=hours)
        last = digests.latest_week(now)
        assert digests.moment(last) <= now < digests.moment(last + timedelta(days=7))
        assert last.weekday() == 0
    spring = digests.moment(date(2026, 2, 16))
    assert f"{spring:%Y-%m-%d %H:%M}" == "2026-02-24 08:30"
