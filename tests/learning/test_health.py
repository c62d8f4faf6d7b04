"""The health of routing over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from app.departments import registry
from app.foundation import clock
from app.foundation.district import local
from app.issues.documents import Issue
from tests.api.shape import refused
from tests.issues import stories, work_stories
from tests.learning.setting import COMPLAINT, HELD_BACK, answer, give_back, place, use_rules
from tests.support.duties import run_due
from tests.support.factories import Given
from tests.support.watched import watching

HEALTH = "/routing/health"
PILES = {"name": "桩机先派", "when": {"words": {"any": ["桩机"]}}, "then": {"priority": 2}}
NEVER = {"name": "从不", "when": {"words": {"any": ["火星"]}}, "then": {"priority": 2}}


def health(given: Given, **query: str):
    return given.role("leader").see(HEALTH, **query)


def counts(rate: dict) -> tuple[int, int, int]:
    return rate["placed"], rate["judged"], rate["right"]


def test_one_right_one_returned_one_handed_on_one_by_hand(given):
    use_rules(given, PILES, NEVER)
    stories.answered(given)
    back = stories.dispatched(given)
    give_back(back)
    place(given, back, "LAND")
    answer(given.clerk("NATURAL_RESOURCES"))
    work_stories.transferred(given)
    by_hand = stories.dispatching(given)
    place(given, by_hand, "POWER")
    stories.dispatching(given)
    found = health(given)
    assert (found["issues"], found["restricted"]) == (5, 0)
    assert counts(found["total"]) == (3, 2, 1)
    assert found["total"]["rate"] == 0.5
    [permit] = found["by_category"]
    assert (permit["category"], counts(permit)) == ("PERMIT", (3, 2, 1))
    [housing] = found["by_department"]
    assert (housing["department"], counts(housing)) == ("住建局", (3, 2, 1))
    [version] = found["by_version"]
    assert (version["rulebook"], version["model"]) == ("v1", "keywords")
    [returned] = found["returns"]
    assert (returned["reason_code"], returned["count"], returned["upheld"]) == ("not_ours", 1, 1)
    [on] = found["transfers"]
    assert (on["from_name"], on["to_name"], on["count"]) == ("住建局", "水务局", 1)
    desk = found["desk"]
    assert (desk["issues"], desk["needed"], desk["waiting"], desk["settled"]) == (5, 3, 1, 2)
    assert desk["median_minutes"] is not None
    assert found["rules"]["never"] == ["从不"]
    [rule] = found["rules"]["fitted"]
    assert (rule["rule"], rule["count"], rule["wrong"]) == ("桩机先派", 3, 2)
    assert found["words"] == []


def test_words_that_mislead_are_told_from_five_on(given):
    use_rules(given, PILES)
    for _ in range(4):
        stories.dispatched(given)
    give_back(stories.dispatched(given))
    [word] = health(given)["words"]
    assert word == {"word": "桩机", "count": 5, "wrong": 1, "share": 0.2}


def test_restricted_ones_are_counted_without_a_word(given):
    use_rules(given, HELD_BACK)
    for _ in range(5):
        stories.submitted(given, text=COMPLAINT)
    run_due()
    found = health(given)
    assert (found["issues"], found["restricted"]) == (5, 5)
    assert found["words"] == []
    assert "红包" not in str(found)


def test_of_one_unit_or_one_category(given):
    stories.answered(given)
    roads = given.contact(given.enterprise(unit="321204001"))
    roads.open_issue(category="ROAD", text="门前道路坏了")
    run_due()
    assert health(given)["issues"] == 2
    assert health(given, unit="321204001")["by_category"][0]["category"] == "ROAD"
    assert health(given, unit="321204002")["issues"] == 1
    assert health(given, category="ROAD")["issues"] == 1
    assert health(given, category="NO_SUCH")["issues"] == 0


def test_of_a_period_by_the_district_s_days(given):
    story = stories.answered(given)
    filed = clock.now() - timedelta(days=40)
    Issue.rows().update_one({"_id": ObjectId(story.issue)}, {"$set": {"created_at": filed}})
    day = f"{local(filed):%Y-%m-%d}"
    assert health(given)["issues"] == 0
    found = health(given, **{"from": day, "to": day})
    assert found["issues"] == 1
    assert found["start"] == f"{day}T00:00:00.000+08:00"
    after = f"{local(filed + timedelta(days=1)):%Y-%m-%d}"
    assert health(given, **{"from": after, "to": after})["issues"] == 0


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-01-01"},
        {"to": "2026-01-01"},
        {"from": "2026-01-02", "to": "2026-01-01"},
        {"from": "2025-01-01", "to": "2026-03-01"},
        {"from": "soon", "to": "2026-01-01"},
        {"unit": ""},
        {"month": "2026-01"},
    ],
)
def test_periods_that_make_no_sense(query, given):
    refused(given.inspector().get(HEALTH, **query), 422)


def test_who_may_look(given):
    for role in ("dispatcher", "inspector", "leader", "admin"):
        given.role(role).see(HEALTH)
    others = (
        given.clerk("HOUSING"),
        given.head("HOUSING"),
        given.commissioner(),
        given.role("service"),
    )
    for phone in others:
        refused(phone.get(HEALTH), 403)


def test_a_rule_that_broke_since_is_named(given):
    use_rules(given, {"name": "先派水务", "when": {}, "then": {"assisting": ["WATER_AFFAIRS"]}})
    water = registry.by_code("WATER_AFFAIRS")
    water.rows().update_one({"_id": water.id}, {"$set": {"active": False}})
    [broken] = health(given)["rules"]["broken"]
    assert broken["rule"] == "先派水务"
    assert "WATER_AFFAIRS" in broken["why"]["text"]


def test_it_goes_by_indexes(given):
    stories.answered(given)
    stories.returned(given)
    work_stories.transferred(given)
    with watching("tickets", "issues", "history") as watched:
        health(given)
        assert watched.without_index() == []
        assert watched.seen() >= 3
