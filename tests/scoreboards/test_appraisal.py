"""Cards of appraisal: three rates and their parts beside the group's median, each with their own part."""

from __future__ import annotations

from typing import Any

import pytest
from bson import ObjectId

from app.departments import registry
from app.enterprises.serving_documents import Assignment, about
from app.foundation import clock, days
from app.foundation.district import pack
from app.issues.documents import Issue, Ticket
from app.scoreboards.periods import holding
from tests.api.shape import refused
from tests.issues import stories
from tests.issues.stories import ANSWER
from tests.projects.rates.entered import figure, restand
from tests.scoreboards.made import LUOTANG, SANSHUI, october, project
from tests.support.duties import run_due
from tests.support.phone import Phone


def of(phone: Phone, kind: str, subject: Any, **query: str) -> dict[str, dict[str, Any]]:
    [part] = phone.see(f"/appraisals/{kind}/{subject}", **query)["parts"]
    return {each["metric"].removeprefix("work."): each for each in part["indicators"]}


def counts(indicator: dict[str, Any]) -> tuple[str, str]:
    return indicator["numerator"], indicator["denominator"]


@pytest.fixture(autouse=True)
def early_in_november(clean, the_time):
    """All that a story does and is promised lies in the quarter."""
    the_time.is_("2026-11-04 10:00")


def id_of(department: str) -> ObjectId:
    return registry.by_code(department).id


def test_a_department_and_its_clerk_down_to_the_tickets(given):
    story = stories.resolved(given)
    found = of(story.head, "departments", id_of("HOUSING"))
    for name in ("accepted_in_time", "resolved", "satisfied"):
        assert found[name]["value"] == "100", name
        assert found[name]["denominator_ids"] == [story.ticket]
        assert found[name]["small"]
        assert (found[name]["median"], found[name]["group"]) == (None, 1)
    own = of(story.clerk, "clerks", story.clerk.person.id)
    assert counts(own["resolved"]) == counts(own["accepted_in_time"]) == ("1", "1")


def test_each_department_has_the_credit_of_its_own_part(given):
    story = stories.accepted(given)
    given.clerk("ECOLOGY")
    body = {"department_id": str(id_of("ECOLOGY")), "reason": "属于环评事项"}
    story.clerk.do(story.on_ticket("transfer"), body)
    run_due()
    leader = given.role("leader")
    first = of(leader, "departments", id_of("HOUSING"))
    second = of(leader, "departments", id_of("ECOLOGY"))
    assert counts(first["accepted_in_time"]) == ("1", "1")
    assert counts(first["transferred"]) == ("1", "1")
    assert counts(second["transferred"]) == ("0", "1")
    assert counts(second["resolved"]) == ("0", "0")


def test_who_accepted_and_who_answered_each_have_their_part(given):
    story = stories.accepted(given)
    other = given.clerk("HOUSING")
    story.head.do(story.on_ticket("assign"), {"person_id": str(other.person.id)})
    other.do(story.on_ticket("answer"), ANSWER)
    story.contact.do(story.on_issue("confirm"), {"solved": "yes", "satisfaction": 5})
    first = of(story.clerk, "clerks", story.clerk.person.id, period="2026-Q4")
    second = of(other, "clerks", other.person.id, period="2026-Q4")
    assert counts(first["accepted_in_time"]) == ("1", "1")
    assert counts(first["answered_in_time"]) == ("0", "0")
    assert counts(second["accepted_in_time"]) == ("0", "0")
    assert counts(second["answered_in_time"]) == counts(second["resolved"]) == ("1", "1")


def test_a_commissioner_has_the_issues_of_firms_they_serve(given):
    server = given.commissioner()
    story = stories.resolved(given)
    assert of(server, "commissioners", server.person.id)["resolved"]["value"] is None
    Issue.rows().update_one(
        {"_id": ObjectId(story.issue)}, {"$set": {"commissioner": server.person.id}}
    )
    found = of(server, "commissioners", server.person.id)
    assert counts(found["resolved"]) == counts(found["satisfied"]) == ("1", "1")
    Issue.rows().update_one({"_id": ObjectId(story.issue)}, {"$set": {"restricted": "report"}})
    found = of(server, "commissioners", server.person.id)
    assert found["resolved"]["value"] is None


def test_the_credit_is_of_whoever_served_when_it_happened(given):
    before, now = given.commissioner(), given.commissioner()
    story = stories.resolved(given)
    Issue.rows().update_one(
        {"_id": ObjectId(story.issue)}, {"$set": {"commissioner": now.person.id}}
    )
    for person, since in ((before, "2026-01-01"), (now, "2026-11-05")):
        of_firm = {"kind": "enterprise", "subject": story.enterprise.id, "since": since}
        Assignment.insert_row(
            **of_firm,
            person=person.person.id,
            about=about(of_firm),
            known_at=clock.now(),
            by_name="管理员",
            role="admin",
            source="phone",
        )
    first = of(before, "commissioners", before.person.id)
    second = of(now, "commissioners", now.person.id)
    assert counts(first["resolved"]) == ("1", "1")
    assert second["resolved"]["value"] is None


def test_a_unit_hears_nothing_of_what_is_restricted(given):
    story = stories.resolved(given)
    housing = id_of("HOUSING")
    own = registry.by_code(pack().department_of_unit(SANSHUI).code).id
    for rows, field in ((Ticket.rows(), "_id"), (Issue.rows(), "_id")):
        key = ObjectId(story.ticket if rows.name == "tickets" else story.issue)
        change = {"department": own} if rows.name == "tickets" else {"departments": [own, housing]}
        rows.update_one({field: key}, {"$set": change})
    town = given.role("unit_admin", unit=SANSHUI)
    assert counts(of(town, "units", SANSHUI)["resolved"]) == ("1", "1")
    for rows, key in ((Ticket.rows(), story.ticket), (Issue.rows(), story.issue)):
        rows.update_one({"_id": ObjectId(key)}, {"$set": {"restricted": "report"}})
    assert of(town, "units", SANSHUI)["resolved"]["value"] is None


def test_a_units_core_indicators_beside_the_median_of_all(given):
    october(given)
    town = given.role("unit_admin", unit=SANSHUI)
    found = of(town, "units", SANSHUI, period="2026-10")
    units = len(pack().units)
    started, filed = found["projects.started"], found["rates.filed"]
    assert (started["value"], started["median"], started["group"]) == ("2", "0", units)
    assert (found["projects.completed"]["value"], filed["value"]) == ("1", "0")
    assert (filed["denominator"], filed["median"], filed["group"]) == ("1", None, 1)
    behind = town.call("GET", filed["links"][0]).json["projects"]
    assert behind["total"] == 1


def test_what_tax_tells_of_too_few_firms_is_withheld(given):
    leader = given.role("leader")

    def producing() -> None:
        made = project(given, LUOTANG, started="2024-01-05", production="2024-10-05")
        figure(made, "2026-09", actual_investment=100, sales=1000, tax=50)

    for _ in range(4):
        producing()
    restand()
    few = of(leader, "units", LUOTANG, period="2026-10")["metrics.fiscal"]
    assert (few["value"], few["withheld"], few["numerator"]) == (None, True, None)
    producing()
    restand()
    enough = of(leader, "units", LUOTANG, period="2026-10")["metrics.fiscal"]
    assert (enough["value"], enough["withheld"]) == ("50", False)


def test_who_may_look_at_which_card(given):
    housing, ecology = id_of("HOUSING"), id_of("ECOLOGY")
    clerk, colleague, head = given.clerk("HOUSING"), given.clerk("HOUSING"), given.head("HOUSING")
    server, town = given.commissioner(), given.role("unit_admin", unit=SANSHUI)
    contact = given.contact(given.enterprise())
    mine = {
        f"/appraisals/departments/{housing}": {clerk, head},
        f"/appraisals/departments/{ecology}": set(),
        f"/appraisals/clerks/{clerk.person.id}": {clerk, head},
        f"/appraisals/clerks/{colleague.person.id}": {colleague, head},
        f"/appraisals/commissioners/{server.person.id}": {server},
        f"/appraisals/units/{SANSHUI}": {town},
        f"/appraisals/units/{LUOTANG}": set(),
    }
    overseer = given.role("leader")
    for path, allowed in mine.items():
        for someone in (clerk, colleague, head, server, town, contact):
            may = someone in allowed or (path.endswith(str(housing)) and someone is colleague)
            assert (someone.get(path).status_code == 200) is may, path
        assert overseer.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["enterprises/abc", "units/nowhere", "departments/abc", "clerks/abc", "units/321204002?period"],
)
def test_no_such_card(given, path):
    leader = given.role("leader")
    if path.endswith("?period"):
        path, month = path.partition("?")[0], "2099-01"
        refused(leader.get(f"/appraisals/{path}", period=month), 409, "score.to_come")
        return
    refused(leader.get(f"/appraisals/{path}"), 404, "not_found")


def test_without_a_period_it_is_this_months(given):
    shown = given.role("leader").see(f"/appraisals/units/{SANSHUI}")
    assert shown["period"] == holding(days.today(clock.now()), "month").code
