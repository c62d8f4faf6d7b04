"""Facts read for many issues at once are those read for each alone."""

from __future__ import annotations

import pytest
from bson import ObjectId

from app.foundation import clock
from app.issues.desk.facts import TOLD, of_issue, of_rows
from app.issues.documents import Issue
from app.learning.replaying import Contest, areas_named
from app.routing.decide import decide
from app.routing.opinion import Opinion
from app.rulebooks import registry
from app.units.documents import PLACE, Area
from tests.support.duties import run_due

HERE = {"latitude": 32.51, "longitude": 120.15}
AWAY = {"latitude": 33.9, "longitude": 120.15}


def around(code, west):
    ring = [[west, 32.4], [west + 0.1, 32.4], [west + 0.1, 32.6], [west, 32.6], [west, 32.4]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    row = {"kind": PLACE, "shape": shape, "vertices": 5, "updated_at": clock.now()}
    Area(code=code, name=f"{code}一带", **row).insert()


@pytest.fixture
def rows(given):
    around("BELT", 120.1)
    around("EAST", 120.14)
    around("FAR", 121.0)
    firm = given.enterprise(industry="化工", tags=["key_trade"])
    project = given.project(firm, stage="completed", level="province")
    phone = given.commissioner()
    phone.open_issue(enterprise_id=str(firm.id), position=HERE, category=None)
    phone.open_issue(project_id=str(project.id), urgent=True)
    phone.open_issue(enterprise_id=str(given.enterprise().id), position=AWAY)
    run_due()
    return list(Issue.rows().find({}, dict.fromkeys(TOLD, 1)))


def test_all_at_once_or_one_by_one(rows):
    found = of_rows(rows, {"BELT", "EAST", "FAR"})
    assert len(found) == 3
    for row, facts in zip(rows, found, strict=True):
        alone = of_issue(Issue.get(row["_id"]), row.get("chosen_category"))
        assert {name: getattr(facts, name) for name in facts.__slots__ if name != "outside"} == {
            name: getattr(alone, name) for name in alone.__slots__ if name != "outside"
        }
    assert {facts.industry for facts in found} == {"化工", None}
    assert "province" in {facts.level for facts in found}
    assert {"BELT": "BELT一带", "EAST": "EAST一带"} in [facts.areas for facts in found]


def test_only_areas_that_are_asked_for_are_looked_for(rows):
    held = [facts.areas for facts in of_rows(rows, {"EAST"}) if facts.areas]
    assert held == [{"EAST": "EAST一带"}]
    assert not any(facts.areas for facts in of_rows(rows, ()))


def test_a_text_is_read_once_by_a_judge_that_both_have(rows):
    book, judge, other = registry.current().rulebook, Reads(), Reads()
    for after in (judge, other):
        contest = Contest(ObjectId(), book, book, judge, after, frozenset())
        for facts in of_rows(rows, ()):
            assert contest.decide(facts) == (decide(facts, book, Reads()),) * 2
    assert (judge.read, other.read) == (2 * len(rows), len(rows))


def test_areas_are_named_wherever_a_condition_stands():
    rules = [
        {"name": "一", "when": {"area": "A"}, "then": {}},
        {"name": "二", "when": {"any": [{"not": {"area": ["B", "C"]}}, {"area": {"x": 1}}]}},
        {"name": "三", "when": {"all": [{"kind": "request"}, {"area": [5, "D"]}]}},
        "no rule",
        None,
    ]
    assert list(areas_named(rules)) == ["A", "B", "C", "D"]


class Reads:
    """A judge that counts."""

    version = "m9"

    def __init__(self):
        self.read = 0

    def opinion(self, text, *, shown=True):
        self.read += 1
        return Opinion(self.version, (("EIA", 0.9), ("GONE", 0.05)), 0.95)


def test_an_opinion_at_hand_is_as_good_as_reading_again(rows):
    book, judge = registry.current().rulebook, Reads()
    for facts in of_rows(rows, ()):
        read = judge.opinion(facts.text)
        before = judge.read
        assert decide(facts, book, judge, read) == decide(facts, book, judge)
        assert judge.read == before + 1
