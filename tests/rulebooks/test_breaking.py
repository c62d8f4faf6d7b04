"""A rule that was whole when it was published and breaks later: told once, shown on each decision."""

from __future__ import annotations

import pytest

from app.departments import registry as departments
from app.foundation import clock
from app.issues.documents import Issue
from app.notices.documents import Notice
from app.rulebooks import registry
from app.rulebooks.documents import RulebookVersion
from app.units.documents import PLACE, Area
from tests.rulebooks.stories import published, rule
from tests.support.duties import run_due

AROUND = {
    "type": "Polygon",
    "coordinates": [[[120.1, 32.4], [120.2, 32.4], [120.2, 32.6], [120.1, 32.6], [120.1, 32.4]]],
}


def an_area_is_removed(given):
    Area(
        code="BELT", name="工业带", kind=PLACE, shape=AROUND, vertices=5, updated_at=clock.now()
    ).insert()
    published(
        given.role("admin"), {**rule("带"), "when": {"area": "BELT"}, "then": {"priority": 1}}
    )
    yield
    Area.rows().delete_many({})


def a_department_is_closed(given):
    admin = given.role("admin")
    published(admin, rule("带", "SPORTS_SPARE"))
    yield
    key = departments.by_code("SPORTS_SPARE").id
    end = {"successor_id": str(departments.by_code("HOUSING").id), "reason": "机构改革"}
    admin.do(f"/departments/{key}/close", {**end, "effective_on": "2026-01-01"})


@pytest.fixture
def _spare_department(given):
    from app.departments.documents import Department

    Department(code="SPORTS_SPARE", name="临时体育办", kind="bureau").insert()


def opened(given):
    here = {"latitude": 32.51, "longitude": 120.15}
    phone, firm = given.commissioner(), str(given.enterprise().id)
    issue = phone.open_issue(text="这一带道路积水", position=here, enterprise_id=firm)
    run_due()
    return Issue.get(issue["id"]).route


@pytest.mark.usefixtures("_spare_department")
@pytest.mark.parametrize("break_it", [an_area_is_removed, a_department_is_closed])
def test_the_admins_are_told_once_and_each_decision_shows_it(break_it, given):
    going_on = break_it(given)
    next(going_on)
    assert opened(given)["fits"] == ["带"]
    next(going_on, None)
    run_due()
    for _ in range(2):
        route = opened(given)
        assert route["fits"] == []
        [shown] = [each for each in route["reasons"] if each["code"].startswith("rule.")]
        assert (shown["code"], shown["params"]["rule"]) == ("rule.unknown_code", "带")
    told = list(Notice.rows().find({"event": "routing.rule_broken"}))
    assert len(told) == 1
    admin = given.phone(_person(told[0]["person"]))
    [seen] = [each for each in admin.see("/notices")["items"] if each["title"] == "派单规则有问题"]
    assert "“带”" in seen["text"]


def _person(key):
    from app.people.documents import Person

    return Person.get(key)


def test_a_version_that_can_no_longer_be_read_leaves_the_packs_own_rules(given):
    """As after an update that asks for more than was stored: routing goes on, and says so."""
    published(given.role("admin"), rule("带", "ECOLOGY"))
    RulebookVersion.rows().update_one({"number": 1}, {"$unset": {"content.thresholds": 1}})
    registry.rows().update_one({"_id": "current"}, {"$set": {"changed_at": clock.now()}})
    route = opened(given)
    assert route["rulebook"].startswith("pack:")
    assert route["department"] is not None or route["category"] is None
    [shown] = [each for each in route["reasons"] if each["code"] == "rule.version_unusable"]
    assert shown["params"]["rule"] == "v1"
    assert Notice.rows().count_documents({"event": "routing.rule_broken"}) == 1
