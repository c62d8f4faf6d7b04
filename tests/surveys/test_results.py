"""What all answers come to, how far a survey has reached, and what is told of few firms."""

from __future__ import annotations

import pytest

from app.enterprises.documents import Enterprise
from app.surveys.documents import Reply
from tests.surveys.stories import ELSEWHERE, UNIT, Story, begun


@pytest.fixture
def story(given, the_time) -> Story:
    the_time.is_("2026-11-24 10:00")
    return begun(given, firms=7)


def of(phone, story: Story, key: str, **by: str):
    shown = phone.see(f"/surveys/{story.survey}/results", **by)
    return next(each for each in shown["questions"] if each["key"] == key)


def test_sums_medians_and_counts_open_to_what_they_count(story):
    story.open()
    story.by_all("100.50", "200", "600")
    story.answered(story.commissioner, story.firms[3], {"borrows": "no"})
    funds, borrows = (of(story.admin, story, key) for key in ("funds", "borrows"))
    assert (funds["answered"], funds["sum"], funds["median"]) == (3, "900.50", "200.00")
    assert {each["answer"]: each["count"] for each in borrows["counts"]} == {"yes": 3, "no": 1}
    opens = {name: each for name, each in funds["opens"].items() if each}
    listed = story.admin.see(f"/surveys/{story.survey}/replies", **opens)
    assert listed["total"] == funds["answered"]


def test_what_few_said_is_told_to_those_only_who_may_read_each(story):
    for firm in story.firms[:3]:
        Enterprise.rows().update_one({"_id": firm.id}, {"$set": {"unit": ELSEWHERE}})
    story.open()
    story.by_all("1", "2", "3", "4")
    outside = story.given.head("HOUSING")
    assert of(outside, story, "funds")["untold"]
    assert of(outside, story, "funds")["sum"] is None
    for firm, amount in zip(story.firms[4:], ("5", "6", "7"), strict=True):
        story.answered(story.commissioner, firm, {"borrows": "yes", "funds": amount})
    funds = of(outside, story, "funds", by="unit")
    assert (funds["answered"], funds["sum"]) == (7, "28.00")
    # Four of one unit and three of the other: either could be told from the sum.
    assert [each["untold"] for each in funds["groups"]] == [True, True]
    inside = of(story.admin, story, "funds", by="unit")["groups"]
    assert {each["group"]: each["sum"] for each in inside} == {UNIT: "22.00", ELSEWHERE: "6.00"}
    assert of(outside, story, "borrows")["counts"][0]["count"] == 7


def test_how_far_it_has_reached_opens_to_the_list_behind(story):
    story.open()
    story.by_all("1", "2")
    waiting = [str(row["_id"]) for row in Reply.rows().find({"state": "waiting"}).sort("_id", 1)]
    for key, outcome in zip(waiting, ("refused", "unreachable"), strict=False):
        story.commissioner.do(f"/survey-replies/{key}/mark", {"outcome": outcome})
    for by in ("unit", "commissioner", "industry", "growth_class"):
        shown = story.admin.see(f"/surveys/{story.survey}/reach", by=by)
        (line,) = shown["items"]
        told = {
            name: line[name] for name in ("firms", "reached", "submitted", "refused", "waiting")
        }
        assert told == {"firms": 7, "reached": 3, "submitted": 2, "refused": 1, "waiting": 3}
        opens = {name: each for name, each in line["opens"].items() if each}
        path = f"/surveys/{story.survey}/replies"
        assert story.admin.see(path, **opens, reached=True)["total"] == line["reached"]
    stranger = story.given.commissioner().see(f"/surveys/{story.survey}/reach")
    assert (stranger["items"], stranger["total"]["firms"]) == ([], 0)


def test_what_the_firm_was_when_it_was_asked_stays(story):
    story.open()
    story.by_all("9")
    Enterprise.rows().update_one({"_id": story.firms[0].id}, {"$set": {"unit": ELSEWHERE}})
    (group,) = of(story.admin, story, "funds", by="unit")["groups"]
    assert group["group"] == UNIT
