"""Answer templates filled for a ticket."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.issues import stories
from tests.issues.test_work import refused
from tests.issues.work_stories import department_of
from tests.support.duties import run_due
from tests.support.phone import Phone

TEXT = "{enterprise}：您的诉求{number}已由{department}办结。{date}"


def template(head: Phone, title: str, **fields: Any) -> str:
    body = {
        "client_id": str(uuid.uuid4()),
        "department_id": department_of(head),
        "title": title,
        "text": TEXT,
        "result": "solved",
    }
    return head.do("/answer-templates", {**body, **fields})["id"]


@pytest.fixture
def story(given, the_time):
    """PERMIT, late in the evening of UTC: the next day in the district."""
    the_time.is_("2026-11-24 00:30")
    return stories.accepted(given)


def test_the_gaps_are_filled_for_the_ticket(story):
    template(story.head, "发证", basis="《建筑法》第八条")
    (found,) = story.clerk.see(story.on_ticket("answer-templates"))["items"]
    department = story.clerk.see(f"/tickets/{story.ticket}")["department"]
    assert found["filled"] == (
        f"{story.enterprise.name}：您的诉求{story.number}已由{department}办结。2026-11-24"
    )
    assert (found["text"], found["result"], found["basis"]) == (
        TEXT,
        "solved",
        "《建筑法》第八条",
    )
    answer = {"text": found["filled"], "result": found["result"]}
    seen = story.clerk.do(story.on_ticket("answer"), answer)
    assert seen["answer"]["text"] == found["filled"]


def test_fitting_ones_come_first_and_only_ones_own_in_use(given, story):
    template(story.head, "一 别的类别", category="TAX")
    template(story.head, "二 通用")
    template(story.head, "三 许可", category="PERMIT")
    template(story.head, "〇 许可", category="PERMIT")
    retired = template(story.head, "停用", category="PERMIT")
    story.head.do(f"/answer-templates/{retired}/retire")
    template(given.head("WATER_AFFAIRS"), "水务", category="PERMIT")
    page = story.clerk.see(story.on_ticket("answer-templates"))
    titles = [each["title"] for each in page["items"]]
    assert titles == ["〇 许可", "三 许可", "二 通用", "一 别的类别"]
    second = story.clerk.see(story.on_ticket("answer-templates"), page=2, page_size=3)
    assert ([each["title"] for each in second["items"]], second["total"]) == (["一 别的类别"], 4)


def test_without_an_enterprise_its_gap_is_empty(given, the_time):
    head = given.head("HOUSING")
    template(head, "发证")
    issue = given.commissioner().open_issue()
    run_due()
    ticket = head.see(f"/issues/{issue['id']}")["tickets"][0]["id"]
    (found,) = head.see(f"/tickets/{ticket}/answer-templates")["items"]
    assert found["filled"].startswith("：您的诉求JY")


def test_they_are_for_who_answers_it(given, story):
    path = story.on_ticket("answer-templates")
    for phone in (given.dispatcher(), given.inspector(), given.role("leader")):
        refused(phone.get(path), 403, "forbidden")
    for phone in (story.contact, given.clerk("WATER_AFFAIRS"), given.commissioner()):
        refused(phone.get(path), 404, "not_found")
