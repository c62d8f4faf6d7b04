"""What firms reply: in parts, by whom, corrected, refused; and who may read it."""

from __future__ import annotations

import io

import openpyxl
import pytest
from bson import ObjectId

from app.foundation import history
from app.surveys.documents import Reply
from tests.support.factories import client_id
from tests.support.ledger import picture
from tests.surveys.stories import YES, Story, begun


@pytest.fixture
def story(given, the_time) -> Story:
    the_time.is_("2026-11-24 10:00")
    made = begun(given)
    made.open()
    return made


def put(phone, key, answers, match):
    body = {"answers": answers}
    return phone.call("PUT", f"/survey-replies/{key}", json=body, headers={"If-Match": match})


def test_a_phone_answers_in_parts_and_sends_everything_twice(story):
    contact, firm = story.given.contact(story.firms[0]), story.firms[0]
    body = {"client_id": client_id(), "enterprise_id": str(firm.id), "answers": {"borrows": "yes"}}
    path = f"/surveys/{story.survey}/replies"
    assert [contact.post(path, body).status_code for _ in "12"] == [201, 200]
    assert contact.post(path, {**body, "answers": {}}).json["code"] == "client_id.conflict"
    key = contact.post(path, body).json["id"]
    early = contact.post(f"/survey-replies/{key}/submit")
    assert set(early.json["errors"]) == {"answers.funds"}
    tag = contact.get(f"/survey-replies/{key}").headers["ETag"]
    assert put(contact, key, YES, tag).json["answers"]["use"] == ["设备", "研发"]
    assert put(contact, key, YES, tag).status_code == 200
    assert put(contact, key, {"borrows": "no"}, tag).status_code == 412
    assert contact.do(f"/survey-replies/{key}/submit")["state"] == "submitted"
    assert contact.post(f"/survey-replies/{key}/submit").status_code == 409


def test_two_at_once_and_only_one_begins(story):
    contact = story.given.contact(story.firms[0])
    assert story.begin(contact, story.firms[0]).status_code == 201
    second = story.begin(story.commissioner, story.firms[0])
    assert (second.status_code, second.json["code"]) == (409, "survey.transition_not_allowed")


def test_the_commissioner_answers_in_a_visit_with_photos(story):
    firm, phone = story.firms[0], story.commissioner
    visit = {"client_id": client_id(), "enterprise_id": str(firm.id), "photo_ids": []}
    visit |= {"started_at": "2026-11-24T09:00:00+08:00"}
    of_firm = phone.do("/visits", visit)["id"]
    elsewhere = {"client_id": client_id(), "enterprise_id": str(story.firms[1].id)}
    other = phone.do("/visits", {**visit, **elsewhere})["id"]
    photo = phone.take_photo(picture(1)).json["id"]
    refused = story.begin(phone, firm, YES, visit_id=other)
    assert refused.json["code"] == "survey.visit_elsewhere"
    made = story.begin(phone, firm, YES, visit_id=of_firm, photo_ids=[photo]).json
    assert (made["visit_id"], made["photo_ids"]) == (of_firm, [photo])
    assert [each["category"] for each in made["suggestions"]] == ["FINANCE"]
    assert made["intent"] == {"funds_needed": "500.00"}


def test_a_correction_leaves_a_trace(story):
    key = story.answered(story.commissioner, story.firms[0], YES)
    said = {"answers": {**YES, "funds": "800"}, "reason": "企业更正"}
    whole = story.commissioner.do(f"/survey-replies/{key}/correct", said)
    assert whole["answers"]["funds"] == "800.00"
    (trace,) = [
        row
        for row in history.of("survey_reply", ObjectId(key), internal=True)
        if row["action"] == "correct"
    ]
    assert (str(trace["data"]["was"]["funds"]), trace["text"]) == ("500.00", "企业更正")
    assert set(
        story.commissioner.post(f"/survey-replies/{key}/correct", {**said, "answers": {}}).json[
            "errors"
        ]
    ) == {"answers.borrows"}


def test_who_refused_may_be_asked_again(story):
    listed = story.commissioner.see(f"/surveys/{story.survey}/replies")["items"]
    key = next(each["id"] for each in listed if each["enterprise_id"] == str(story.firms[0].id))
    contact = story.given.contact(story.firms[0])
    mark = {"outcome": "unreachable", "text": "电话无人接听"}
    assert contact.post(f"/survey-replies/{key}/mark", mark).status_code == 403
    story.commissioner.do(f"/survey-replies/{key}/mark", mark)
    refused = story.commissioner.do(f"/survey-replies/{key}/mark", {"outcome": "refused"})
    assert [each["outcome"] for each in refused["tries"]] == ["unreachable", "refused"]
    assert contact.see(f"/survey-replies/{key}")["tries"] == []
    assert refused["actions"] == ["begin"]
    story.answered(contact, story.firms[0], YES)


def test_a_single_firm_is_read_by_few(story):
    key = story.answered(story.commissioner, story.firms[0], YES)
    own, other = (story.given.contact(firm) for firm in story.firms)
    path, listed = f"/survey-replies/{key}", f"/surveys/{story.survey}/replies"
    assert own.see(path)["answers"]["funds"] == "500.00"
    strangers = [other, story.given.commissioner(), story.given.head("HOUSING")]
    assert [phone.get(path).status_code for phone in strangers] == [404] * 3
    assert own.see(listed)["total"] == 1
    assert story.given.commissioner().see(listed)["total"] == 0
    assert story.given.role("unit_admin", unit=story.firms[0].unit).see(listed)["total"] == 2
    assert story.given.commissioner().post(f"{path}/submit").status_code == 404


def test_the_list_narrows_to_what_was_answered(story):
    story.answered(story.commissioner, story.firms[0], YES)
    path = f"/surveys/{story.survey}/replies"
    counts = [
        story.admin.see(path, **which)["total"]
        for which in (
            {"question": "use", "answer": "研发"},
            {"question": "use", "answer": "流动资金"},
            {"question": "funds"},
            {"state": "waiting"},
            {"reached": "true"},
            {"industry": "none"},
            {"commissioner": str(story.commissioner.person.id)},
            {"commissioner": "none"},
        )
    ]
    assert counts == [1, 0, 1, 1, 1, 2, 2, 0]


def test_an_intent_is_made_from_an_answer_once(story):
    key = story.answered(story.commissioner, story.firms[0], YES)
    body = {"client_id": client_id(), "direction": "technology", "text": "新上产线"}
    path = f"/survey-replies/{key}/intent"
    answers = [story.commissioner.post(path, body) for _ in "12"]
    assert [each.status_code for each in answers] == [201, 200]
    made = answers[0].json["intent_id"]
    assert answers[1].json["reply"]["intent_ids"] == [made]
    intent = story.commissioner.see(f"/expansion-intents/{made}")
    assert (intent["funds_needed"], intent["enterprise_id"]) == ("500.00", str(story.firms[0].id))
    waiting = Reply.rows().find_one({"state": "waiting"})
    early = story.commissioner.post(f"/survey-replies/{waiting['_id']}/intent", body)
    assert early.json["code"] == "survey.not_submitted"


def test_a_file_of_what_one_may_see_runs_no_formula(story):
    story.answered(story.commissioner, story.firms[0], {**YES, "since": "2026-12"})
    path = f"/surveys/{story.survey}/export"
    book = openpyxl.load_workbook(io.BytesIO(story.admin.get(path).get_data()))
    rows = [[cell.value for cell in row] for row in book.active.rows]
    assert rows[0][7:] == [
        "是否有资金需求",
        "资金缺口",
        "用途",
        "预计新增用工（人）",
        "计划开始月份",
    ]
    line = next(row for row in rows[1:] if row[0] == story.firms[0].name)
    assert line[7:] == ["是", 500, "设备；研发", 20, "2026-12"]
    text = story.given.commissioner().get(path, format="csv").get_data(as_text=True)
    assert len(text.splitlines()) == 1
