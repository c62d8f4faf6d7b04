"""Warnings as they come, worsen, ease and go: by facts, once each, with word to those concerned."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from bson import ObjectId

from app.foundation import clock, duties, history
from app.foundation.db import transaction
from app.notices.documents import Notice
from app.projects.exits.documents import ExitCase
from app.projects.milestones.documents import Milestone
from app.projects.rates.documents import StoredStanding
from app.projects.warnings import keeping, nightly
from app.projects.warnings.documents import KeptWarning
from tests.projects.warnings.cells import producing
from tests.projects.warnings.stories import LONG_FILED, NOT_STARTED, STARTED, UNIT, begun
from tests.support.duties import run_due
from tests.support.factories import client_id


@pytest.fixture
def story(given, the_time):
    the_time.is_("2026-11-24 09:00")
    return begun(given)


def told(phone) -> list[str]:
    return [row["event"] for row in Notice.rows().find({"person": phone.person.id})]


def did(warning) -> list[str]:
    return [row["action"] for row in history.of("warning", warning["_id"], internal=True)]


def test_a_warning_opens_worsens_eases_and_clears_as_one(story, the_time):
    [warning] = story.judged(dates=NOT_STARTED)
    assert (warning["kind"], warning["level"], warning["since"]) == (
        "NO_START",
        "yellow",
        "2025-01-10",
    )
    run_due()
    assert told(story.commissioner) == []

    [red] = story.judged(dates=LONG_FILED)
    assert (red["_id"], red["level"], red["state"]) == (warning["_id"], "red", "open")
    run_due()
    assert told(story.commissioner) == ["project.warned", "milestone.assigned"]
    assert told(story.unit_admin) == ["project.warned"]
    assert told(story.contact) == []
    [milestone] = Milestone.rows().find({"project": story.project.id})
    assert milestone["warning"] == red["_id"]

    story.judged(dates=NOT_STARTED)
    the_time.passes(days=1)
    [gone] = story.judged(dates=STARTED)
    assert (gone["state"], gone["cleared_at"]) == ("cleared", the_time.now)
    assert did(gone) == ["open", "worsen", "ease", "clear"]

    again = story.judged(dates=NOT_STARTED)
    assert [each["state"] for each in again] == ["cleared", "open"]


def test_judging_again_changes_nothing(story):
    story.judged(dates=LONG_FILED)
    run_due()
    before = (story.kept(), history.rows().count_documents({}), duties.rows().count_documents({}))
    story.judged()
    after = (story.kept(), history.rows().count_documents({}), duties.rows().count_documents({}))
    assert after == before


def test_judged_by_many_at_once_it_is_warned_of_once(story):
    story.stands(dates=LONG_FILED)
    now, together, wrong = clock.now(), Barrier(4), []

    def work() -> None:
        subject = ObjectId()
        payload = {"projects": [story.project.id]}
        transaction(
            lambda: duties.add("projects.judge", subject, now=now, payload=payload, first=True)
        )
        row = duties.rows().find_one({"subject": subject})
        duty = duties.claim(row["_id"], now=now, lease=nightly.LEASE)
        together.wait()
        try:
            keeping.judge(duty, now)
        except Exception as error:
            wrong.append(error)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    [warning] = story.kept()
    assert did(warning) == ["open"]
    assert Milestone.rows().count_documents({"warning": warning["_id"]}) == 1


def test_what_was_red_before_it_came_in_as_history_is_shown_and_told_to_nobody(given, the_time):
    the_time.is_("2026-11-24 09:00")
    story = begun(given, historic=True)
    [warning] = story.judged(dates=LONG_FILED)
    assert warning["level"] == "red"
    run_due()
    assert told(story.commissioner) == []
    assert Milestone.rows().count_documents({}) == 0


def test_the_night_judges_all_and_owes_the_next(story, given, the_time, monkeypatch):
    monkeypatch.setattr(nightly, "PROJECTS_A_DUTY", 1)
    other = begun(given)
    for each in (story, other):
        each.stands(dates=NOT_STARTED)
    nightly.begin(the_time.now)
    nightly.begin(the_time.now)
    [night] = duties.rows().find({"kind": "projects.judge_all"})
    the_time.is_("2026-11-25 02:30")
    run_due()
    assert [len(each.kept()) for each in (story, other)] == [1, 1]
    [ahead] = duties.rows().find({"kind": "projects.judge_all", "state": "due"})
    assert ahead["_id"] != night["_id"]
    assert (ahead["due_at"] - night["due_at"]).days == 1


def test_a_unit_is_warned_of_and_its_admin_sees_it(story, given, the_time):
    """Where a unit's started projects come to production far more rarely than the district's."""

    producing(UNIT, started=10, in_production=2)
    producing("P-KFQ", started=40, in_production=40)
    nightly.begin(the_time.now)
    the_time.is_("2026-11-25 02:30")
    run_due()
    [warning] = KeptWarning.rows().find({"project": None})
    assert (warning["unit"], warning["level"]) == (UNIT, "yellow")
    [seen] = story.unit_admin.see("/warnings")["items"]
    assert "20.0%" in seen["evidence"][0]["text"]
    assert given.role("unit_admin", unit="P-KFQ").see("/warnings")["total"] == 0


def test_one_that_stays_red_is_proposed_for_exit_once_and_moved_by_nobody(story, the_time):
    story.judged(dates=LONG_FILED)
    the_time.is_("2027-05-23 09:00")
    story.judged()
    assert ExitCase.rows().count_documents({}) == 0
    the_time.is_("2027-05-24 09:00")
    for _ in range(3):
        story.judged()
        the_time.passes(days=40)
    [case] = ExitCase.rows().find()
    assert (case["state"], case["by"], case["version"]) == ("proposed", None, 1)
    ExitCase.rows().update_one({"_id": case["_id"]}, {"$set": {"live": False, "state": "rejected"}})
    story.judged()
    assert ExitCase.rows().count_documents({}) == 1


def test_reds_that_nobody_answers_are_a_breach(story, given, the_time):
    idle = {"planned": {"started": the_time.now.date().replace(year=2025)}}
    story.judged(dates=LONG_FILED, **idle)
    assert {each["level"] for each in story.kept()} == {"red"}
    the_time.passes(days=29)
    story.judged()
    assert "BREACH" not in {each["kind"] for each in story.kept()}
    the_time.passes(days=1)
    story.judged()
    assert "BREACH" in {each["kind"] for each in story.kept()}
    commissioner = given.phone(story.commissioner.person)
    for each in story.kept():
        plan = {"text": "本周协调施工许可", "by_on": "2027-01-10"}
        commissioner.do(f"/warnings/{each['_id']}/acknowledge", plan)
    story.judged()
    states = {each["kind"]: each["state"] for each in story.kept()}
    assert states["BREACH"] == "cleared"


def test_who_serves_acknowledges_with_a_plan_and_only_facts_clear(story, given):
    story.judged(dates=NOT_STARTED)
    [line] = story.commissioner.see("/warnings", kind="NO_START")["items"]
    assert line["actions"] == ["acknowledge"]
    assert "2024-01-10" in line["evidence"][0]["text"]
    plan = {"text": "11 月底前取得施工许可证", "by_on": "2026-11-30"}
    shown = story.commissioner.do(f"/warnings/{line['id']}/acknowledge", plan)
    assert (shown["state"], shown["plan"]["by_on"]) == ("acknowledged", "2026-11-30")
    assert [step["action"] for step in shown["history"]] == ["open", "acknowledge"]
    [red] = story.judged(dates=LONG_FILED)
    assert red["state"] == "open"
    over = {"text": "晚了", "by_on": "2026-11-01"}
    assert story.unit_admin.post(f"/warnings/{line['id']}/acknowledge", over).status_code == 422


def test_contacts_and_other_units_know_of_no_warning(story, given):
    story.judged(dates=NOT_STARTED)
    [key] = [str(each["_id"]) for each in story.kept()]
    other = given.role("unit_admin", unit="P-KFQ")
    for phone in (story.contact, other, given.commissioner(), given.clerk("HOUSING")):
        assert phone.see("/warnings")["total"] == 0
        assert phone.get(f"/warnings/{key}").status_code == 404
    assert story.contact.get(f"{story.path}/warnings").status_code == 403
    assert given.head("HOUSING").see("/warnings")["total"] == 1
    plan = {"text": "不归我办", "by_on": "2026-12-01"}
    assert given.head("HOUSING").post(f"/warnings/{key}/acknowledge", plan).status_code == 403


def test_a_documented_delay_by_government_clears_what_it_excuses(story, given):
    story.judged(dates={"signed": "2025-11-20"})
    delay = {
        "client_id": client_id(),
        "since": "2026-03-01",
        "until": "2026-03-31",
        "cause": "government",
        "text": "规划调整",
    }
    missing = story.unit_admin.post(f"{story.path}/delays", delay)
    assert missing.status_code == 422
    assert story.contact.post(f"{story.path}/delays", delay | {"basis": "函"}).status_code == 403
    made = story.unit_admin.do(f"{story.path}/delays", delay | {"basis": "泰姜规函〔2026〕7 号"})
    assert (made["days"], made["excluded"]) == (31, True)
    run_due()
    seen = story.unit_admin.see(f"{story.path}/warnings")
    assert [each["state"] for each in seen["items"]] == ["cleared"]
    assert seen["excluded_days"] == 31
    story.unit_admin.do(f"/delays/{made['id']}/withdraw", {"reason": "误填"})
    run_due()
    assert story.unit_admin.see("/warnings")["total"] == 1


def test_a_delay_that_goes_on_ends_once(story):
    delay = {"client_id": client_id(), "since": "2026-11-20", "cause": "other", "text": "雨季"}
    made = story.commissioner.do(f"{story.path}/delays", delay)
    assert (made["days"], made["until"], made["excluded"]) == (5, None, False)
    ended = story.commissioner.do(f"/delays/{made['id']}/end", {"until": "2026-11-21"})
    assert (ended["days"], ended["until"]) == (2, "2026-11-21")
    again = story.commissioner.post(f"/delays/{made['id']}/end", {"until": "2026-11-22"})
    assert again.status_code == 409
    assert story.contact.see(f"{story.path}/delays")["total"] == 1


def test_falsified_data_are_found_by_inspectors_and_are_a_breach(story, given):
    story.stands(dates=STARTED)
    said = {
        "client_id": client_id(),
        "on": "2026-11-20",
        "text": "虚报开票",
        "basis": "核查报告 3 号",
    }
    assert story.unit_admin.post(f"{story.path}/falsifications", said).status_code == 403
    inspector = given.inspector()
    made = inspector.do(f"{story.path}/falsifications", said)
    run_due()
    assert [(each["kind"], each["level"]) for each in story.kept()] == [("BREACH", "red")]
    [case] = ExitCase.rows().find()
    assert case["state"] == "proposed"
    inspector.do(f"/falsifications/{made['id']}/withdraw", {"reason": "复核不成立"})
    run_due()
    assert [each["state"] for each in story.kept()] == ["cleared"]


def test_only_what_stands_is_judged(story):
    StoredStanding.rows().delete_many({})
    assert story.judged() == []
