"""Orders and claims on boards: counted where somebody owes them, for whoever may see them."""

from __future__ import annotations

import pytest

from app.boards import building
from app.boards.documents import Fact, Marker
from app.foundation import clock, duties
from app.foundation.duties import LostClaim
from tests.boards.support import claimed, computed, counts, fold, opened, stored
from tests.oversight.order_stories import REPLY, UNIT, begun, department
from tests.policies import stories as policies
from tests.support.duties import run_due


@pytest.fixture
def story(given, the_time):
    """Four orders: two of who serves a project, one of a department, one about an issue that is there."""
    the_time.is_("2026-11-24 10:00")
    story = begun(given)
    story.head, story.inspector = given.head("HOUSING"), given.inspector()
    story.first = story.instruct()["id"]
    story.instruct()
    story.instruct(department_id=department("HOUSING"))
    issue = story.contact.open_issue(project_id=str(story.project.id))["id"]
    run_due()
    story.instruct(issue_id=issue)
    fold()
    return story


def values(phone, board: str, **whose: str) -> dict[str, int]:
    """What is owed on a board; each opens to as many, and all of them are shown."""
    found = phone.see(f"/boards/{board}", **whose)
    told = {}
    for each in counts(found):
        if each.get("code", "").startswith(("orders.", "supervisions.", "claims.")):
            listed = opened(phone, each["opens"])
            assert (listed["total"], len(listed["items"])) == (each["value"], each["value"])
            assert all(item["id"] for item in listed["items"])
            told[each["code"]] = each["value"]
    return told


def test_orders_are_counted_where_they_are_owed_and_are_late_by_the_mere_time(story, the_time):
    of = {
        ("leader", story.leader): (3, 1),
        ("unit", story.admin): (3, 1),
        ("department", story.head): (1, 1),
        ("commissioner", story.commissioner): (2, None),
        ("district", story.inspector): (3, 1),
    }
    for (board, phone), expected in of.items():
        told = values(phone, board)
        assert (told["orders.open"], told.get("supervisions.open")) == expected, board
        assert told["orders.late"] == 0
    listed = {"open": True, "mine": True}
    assert story.commissioner.see("/orders", **listed)["total"] == 2
    story.commissioner.do(f"/orders/{story.first}/reply", REPLY)
    the_time.is_("2026-12-01 17:31")
    fold()
    phone = story.given.phone(story.commissioner.person)
    told = values(phone, "commissioner")
    assert (told["orders.open"], told["orders.late"]) == (2, 1)
    assert phone.see("/orders", mine=True, overdue=True)["total"] == 1
    leader = story.given.phone(story.leader.person)
    leader.do(f"/orders/{story.first}/withdraw", {"reason": "已了解"})
    fold()
    assert values(phone, "commissioner")["orders.open"] == 1
    assert stored() == computed()


def test_nobody_is_told_how_many_there_are_of_what_they_may_not_see(story, given):
    """Dispatchers see no orders and no claims, clerks no orders, leaders no calls."""
    person = {"person_id": str(story.commissioner.person.id)}
    for phone, board, whose, hidden in (
        (given.dispatcher(), "district", {}, ("orders.", "claims.")),
        (given.clerk("HOUSING"), "department", {}, ("orders.",)),
        (given.dispatcher(), "unit", {"unit": UNIT}, ("orders.",)),
        (story.leader, "commissioner", person, ("calls.",)),
    ):
        found = phone.see(f"/boards/{board}", **whose)
        assert not [each["code"] for each in found["figures"] if each["code"].startswith(hidden)]
        code = {"orders.": "orders.open", "calls.": "calls.open"}[hidden[0]]
        answer = phone.get(f"/boards/figures/{code}", board=board, **whose)
        assert answer.status_code == 404


def test_claims_are_counted_where_their_next_step_is(given, the_time):
    the_time.is_("2026-11-24 10:00")
    story = policies.begun(given)
    inspector = given.inspector()
    story.open()
    story.step(story.contact, "match")
    fold()
    assert values(story.clerk, "department")["claims.open"] == 0
    story.step(story.contact, "submit", **story.papers(story.contact))
    fold()
    for phone, board in ((story.clerk, "department"), (inspector, "district")):
        told = values(phone, board)
        assert (told["claims.open"], told["claims.late"]) == (1, 0)
    the_time.passes(days=60)
    fold()
    assert values(given.phone(story.clerk.person), "department")["claims.late"] == 1


def test_a_builder_that_was_too_slow_does_not_put_anything_in_its_place(given, monkeypatch):
    """Another one has taken it over, and thrown away what was built."""
    given.project()
    duty, cell = claimed(), building._cell

    def taken_over(key, values):
        duties.rows().update_one({"_id": duty.id}, {"$set": {"claim": "another"}})
        return cell(key, values)

    monkeypatch.setattr(building, "_cell", taken_over)
    with pytest.raises(LostClaim):
        building.build(duty, clock.now())
    assert Marker.rows().count_documents({}) == 0
    assert Fact.rows().count_documents({}) > 0
