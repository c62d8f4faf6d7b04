"""A survey from its draft to its end: the set, the form, the time, the reminders."""

from __future__ import annotations

import pytest

from app.foundation import clock
from app.registers.documents import Term
from app.surveys.documents import Reply, Survey
from tests.support.duties import run_due
from tests.support.factories import client_id
from tests.surveys.stories import ELSEWHERE, QUESTIONS, UNIT, Story, begun, survey_body

SHORT = [{"key": "funds", "text": "资金缺口（万元）", "type": "money"}]


@pytest.fixture
def story(given, the_time) -> Story:
    the_time.is_("2026-11-24 10:00")
    return begun(given)


def phones(story: Story) -> None:
    """Tokens last an hour."""
    story.admin = story.given.phone(story.admin.person)
    story.commissioner = story.given.phone(story.commissioner.person)


def titles(phone) -> list[str]:
    return [each["title"] for each in phone.see("/notices")["items"]]


def test_a_draft_is_changed_as_a_whole_until_it_is_opened(story):
    body = survey_body()
    made = story.admin.do("/surveys", body)
    assert story.admin.post("/surveys", body).status_code == 200
    path = f"/surveys/{made['id']}"
    content = {
        name: each for name, each in survey_body(title="资金需求").items() if name != "client_id"
    }
    assert story.admin.call("PUT", path, json=content).status_code == 428
    match = {"If-Match": story.admin.get(path).headers["ETag"]}
    changed = story.admin.call("PUT", path, json=content, headers=match).json
    assert (changed["title"], changed["firms"], changed["form_version"]) == ("资金需求", 2, 1)
    assert story.admin.call("PUT", path, json=content, headers=match).status_code == 412
    assert story.commissioner.get(path).status_code == 404
    story.admin.do(f"{path}/open")
    late = story.admin.call("PUT", path, json=content, headers={"If-Match": "*"})
    assert late.json["code"] == "survey.transition_not_allowed"
    assert story.admin.post(f"{path}/open").status_code == 409
    assert [each["action"] for each in story.admin.see(path)["history"]] == [
        "create",
        "change",
        "open",
    ]


def test_the_set_is_frozen_at_the_opening_and_additions_are_written_down(story):
    Term.insert_row(dictionary="tag", code="srdi", name="专精特新", updated_at=clock.now())
    tagged = story.given.enterprise(unit=UNIT, tags=["srdi"], growth_class="rising")
    story.given.enterprise(unit=ELSEWHERE, tags=["srdi"], growth_class="rising")
    named = story.given.enterprise(unit=ELSEWHERE)
    choice = {"tags": ["srdi"], "units": [UNIT], "growth_classes": ["rising"]}
    key = story.open(chosen={**choice, "enterprise_ids": [str(named.id)]})
    assert set(Reply.rows().distinct("enterprise")) == {tagged.id, named.id}
    later = story.given.enterprise(unit=UNIT, tags=["srdi"], growth_class="rising")
    assert story.admin.see(f"/surveys/{key}")["firms"] == 2
    add = {"enterprise_ids": [str(later.id)], "reason": "新认定企业"}
    whole = story.admin.do(f"/surveys/{key}/add", add)
    assert whole["firms"] == 3
    assert [(each["count"], each["reason"]) for each in whole["additions"]] == [(1, "新认定企业")]
    again = story.admin.post(f"/surveys/{key}/add", add)
    assert again.json["code"] == "survey.in_already"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"chosen": {"tags": ["none"]}}, "reference.unknown"),
        ({"chosen": {"enterprise_ids": ["0" * 24]}}, "reference.unknown"),
        ({"until": "2026-11-23"}, "request.invalid"),
        ({"unit": UNIT, "department_id": "0" * 24}, "survey.one_home"),
        ({"questions": [{"key": "a", "text": "甲", "type": "choice"}]}, "request.invalid"),
    ],
)
def test_what_is_no_survey(story, said, code):
    refused = story.admin.post("/surveys", survey_body(**said))
    assert (refused.status_code, refused.json["code"]) == (422, code)
    assert Survey.rows().count_documents({}) == 0


def test_nobody_to_ask(story):
    made = story.admin.do("/surveys", survey_body(chosen={"units": [ELSEWHERE]}))
    refused = story.admin.post(f"/surveys/{made['id']}/open")
    assert (refused.status_code, refused.json["code"]) == (409, "survey.no_firms")


def test_a_unit_asks_its_own_firms_only(story):
    story.given.enterprise(unit=ELSEWHERE)
    town = story.given.role("unit_admin", unit=UNIT)
    assert town.post("/surveys", survey_body()).status_code == 403
    made = town.do("/surveys", survey_body(unit=UNIT))
    assert town.do(f"/surveys/{made['id']}/open")["firms"] == 2
    other = story.given.role("unit_admin", unit=ELSEWHERE)
    assert other.post(f"/surveys/{made['id']}/close").status_code == 403


def test_another_form_is_another_version_and_answers_keep_theirs(story):
    key = story.open()
    one = story.begin(story.commissioner, story.firms[0], {"borrows": "no"}).json
    form = {"client_id": client_id(), "questions": SHORT, "reason": "简化"}
    assert story.admin.do(f"/surveys/{key}/forms", form)["form_version"] == 2
    assert story.admin.post(f"/surveys/{key}/forms", form).status_code == 200
    other = story.admin.post(f"/surveys/{key}/forms", {**form, "reason": "再简化"})
    assert other.json["code"] == "client_id.conflict"
    assert story.commissioner.do(f"/survey-replies/{one['id']}/submit")["form"] == 1
    two = story.begin(story.commissioner, story.firms[1], {"funds": "300"}).json
    assert (two["form"], [each["key"] for each in two["questions"]]) == (2, ["funds"])
    assert len(story.admin.see(f"/surveys/{key}")["forms"]) == 2


def test_firms_are_told_and_reminded_by_day_before_the_end(story, the_time):
    contact = story.given.contact(story.firms[0])
    done = story.given.contact(story.firms[1])
    story.open()
    run_due()
    assert titles(contact) == ["请填写调查：企业资金需求与产业布局摸排"]
    story.answered(done, story.firms[1], {"borrows": "no"})
    the_time.is_("2026-12-08 08:59")
    run_due()
    assert len(titles(story.given.phone(contact.person))) == 1
    the_time.is_("2026-12-08 09:00")
    run_due()
    told = [titles(story.given.phone(each.person))[0][:6] for each in (contact, done)]
    assert told == ["调查即将截止", "请填写调查："]


def test_it_ends_with_its_last_day_which_may_be_moved(story, the_time):
    key = story.open()
    story.admin.do(f"/surveys/{key}/extend", {"until": "2026-12-14", "reason": "延长"})
    the_time.is_("2026-12-12 00:30")
    run_due()
    phones(story)
    assert story.admin.see(f"/surveys/{key}")["state"] == "open"
    the_time.is_("2026-12-15 00:00")
    phones(story)
    late = story.begin(story.commissioner, story.firms[0])
    assert late.json["code"] == "survey.not_open"
    run_due()
    assert story.admin.see(f"/surveys/{key}")["state"] == "closed"


def test_who_may_know_of_it(story):
    key = story.open(chosen={"enterprise_ids": [str(story.firms[0].id)]})
    asked, other = (story.given.contact(firm) for firm in story.firms)
    whole = asked.see(f"/surveys/{key}")
    assert (whole["chosen"], whole["firms"], whole["history"]) == (None, None, [])
    assert asked.see("/surveys")["total"] == 1
    assert other.get(f"/surveys/{key}").status_code == 404
    assert other.see("/surveys")["total"] == 0
    assert asked.get(f"/surveys/{key}/results").status_code == 403
    assert len(whole["forms"][0]["questions"]) == len(QUESTIONS)
