"""What an issue's way teaches, and what it does not."""

from __future__ import annotations

import json
from dataclasses import replace

from bson import ObjectId

from app.departments import registry
from app.issues.documents import Issue
from app.learning import collecting
from app.learning.collecting import labels, usable
from tests.issues import stories, work_stories
from tests.learning.setting import COMPLAINT, HELD_BACK, answer, place, release, use_rules
from tests.support.duties import run_due
from tests.support.factories import client_id

SAID = "桩机进场等着施工许可证，联系人李建国13812345678"


def test_answered_where_it_was_put(given):
    story = stories.answered(given, text=SAID)
    [found] = labels()
    assert (found.category, found.source, found.weight) == ("PERMIT", "answer", 0.7)
    assert found.department == registry.by_code("HOUSING").id
    assert found.issue == ObjectId(story.issue)
    assert found.text == "桩机进场等着施工许可证，联系人李建国***********"


def test_not_answered_teaches_nothing_yet(given):
    stories.in_progress(given)
    stories.dispatching(given)
    stories.submitted(given)
    assert list(labels()) == []


def test_a_dispatchers_choice(given):
    story = stories.dispatching(given)
    place(given, story, "POWER")
    [found] = labels()
    assert (found.category, found.source, found.weight) == ("POWER", "correction", 0.5)
    answer(given.clerk("POWER_COMPANY"))
    [found] = labels()
    assert (found.category, found.weight) == ("POWER", 1.0)


def test_returned_and_placed_elsewhere(given):
    story = stories.returned(given)
    assert list(labels()) == []
    place(given, story, "LAND")
    [found] = labels()
    assert (found.category, found.source) == ("LAND", "return")
    assert found.department == registry.by_code("NATURAL_RESOURCES").id


def test_returned_in_vain(given):
    story = stories.returned(given)
    given.dispatcher().do(story.on_ticket("rule"), {"ruling": "yours", "reason": "属你局职责"})
    [found] = labels()
    assert (found.category, found.source, found.weight) == ("PERMIT", "ruling", 1.0)


def test_ruled_out_and_not_placed(given):
    story = stories.returned(given)
    ruling = {"ruling": "not_yours", "reason": "不属住建"}
    given.dispatcher().do(story.on_ticket("rule"), ruling)
    assert list(labels()) == []


def test_handed_on_to_who_leads_one_category(given):
    work_stories.transferred(given)
    [found] = labels()
    assert found.source == "transfer"
    assert found.department == registry.by_code("WATER_AFFAIRS").id
    theirs = {
        code for code, owner in collecting._leads().items() if found.department in owner.values()
    }
    assert found.category in theirs or (found.category is None and len(theirs) != 1)


def test_withdrawn_and_restricted_teach_nothing(given):
    stories.withdrawn(given)
    held = stories.answered(given)
    Issue.rows().update_one({"_id": ObjectId(held.issue)}, {"$set": {"restricted": "complaint"}})
    assert list(labels()) == []


def test_what_was_held_back_once_teaches_nothing_for_good(given):
    use_rules(given, HELD_BACK)
    story = stories.submitted(given, text=COMPLAINT)
    run_due()
    release(given)
    run_due()
    answer(story.clerk)
    issue = Issue.get(story.issue)
    assert (issue.state, issue.restricted) == ("answered", None)
    assert list(labels()) == []


def test_the_part_that_it_was_split_into(given):
    story = stories.submitted(given, category="OTHER", text="许可证没下来，门口路也坏了")
    run_due()
    parts = {"parts": [{"text": "许可证没下来"}, {"text": "门口路坏了"}], "reason": "两件事"}
    given.dispatcher().do(story.on_issue("split"), parts)
    place(given, story, "PERMIT")
    assert [each.text for each in labels()] == ["许可证没下来"]


def test_names_that_the_issue_knows(given):
    phone = given.commissioner()
    firm = given.enterprise()
    contact = {"name": "李建国", "phone": "13912345678"}
    phone.open_issue(enterprise_id=str(firm.id), text=SAID, contact=contact, client_id=client_id())
    run_due()
    answer(given.clerk("HOUSING"))
    [found] = labels()
    assert "李建国" not in found.text


def test_the_export_has_three_things_and_no_more(given, tmp_path):
    stories.answered(given, text=SAID)
    file = tmp_path / "labels.jsonl"
    assert collecting.export(usable(labels()), file) == 1
    [row] = map(json.loads, file.read_text("utf-8").splitlines())
    assert set(row) == {"text", "category", "at"}
    assert row["category"] == "PERMIT"


def test_what_cannot_be_learnt_from_is_left_out(given):
    stories.answered(given)
    [found] = labels()
    assert usable([found]) == [found]
    for change in ({"category": None}, {"category": "GONE"}, {"weight": 0.4}):
        assert usable([replace(found, **change)]) == []
