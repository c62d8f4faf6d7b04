"""专员、跟踪、增资扩产、培大育强: what is done for firms that are here."""

from __future__ import annotations

import pytest

from app.enterprises.documents import Enterprise
from tests.projects.expansion.test_pool import MINUTES, POOL, body, confirmed
from tests.reports.test_rounds import visited
from tests.support.factories import client_id

UNIT = "321204002"


@pytest.fixture
def server(given, the_time):
    the_time.is_("2026-11-24 10:00")
    return given.commissioner()


@pytest.fixture
def firm(given, server):
    return given.enterprise(UNIT, commissioner=server.person.id)


@pytest.mark.mechanism("service_commissioner")
def test_the_day_of_a_commissioner_and_who_takes_over(given, server, firm):
    young = given.enterprise(UNIT, commissioner=server.person.id, production_on="2025-06-01")
    visited(server, firm, 3)
    visited(server, young, 1)

    def day(phone) -> list[tuple[str, bool]]:
        items = sorted(phone.see("/me/rounds")["items"], key=lambda each: each["rank"])
        return [(each["name"], each["startup"]) for each in items]

    assert day(server) == [(young.name, True), (firm.name, False)]
    desk, other = given.role("unit_admin", unit=UNIT), given.commissioner()
    handed = {"enterprise_id": str(young.id), "person_id": str(other.person.id)}
    desk.do("/assignments", {"client_id": client_id(), "reason": "轮岗", **handed})
    assert (day(server), day(other)) == ([(firm.name, False)], [(young.name, True)])


@pytest.mark.mechanism("tracked_enterprises")
def test_a_round_of_the_firms_that_are_tracked(given, server, firm):
    given.enterprise(UNIT, commissioner=server.person.id, tags=["srdi"])

    def tracked() -> tuple[int, int]:
        listed = server.see("/enterprises", tag="srdi")["total"]
        return listed, len(server.see("/me/rounds", tag="srdi")["items"])

    assert tracked() == (1, 1)
    Enterprise.rows().update_one({"_id": firm.id}, {"$set": {"tags": ["key_trade", "srdi"]}})
    assert tracked() == (2, 2)
    project = given.project(firm, commissioner=server.person.id)
    names = {each["name"] for each in server.see("/me/rounds", tag="key_trade")["items"]}
    assert names == {firm.name, project.name}


@pytest.mark.mechanism("expansion_pool")
def test_the_pool_adds_up_what_firms_want_to_invest(server, firm):
    def sums() -> tuple[int, str]:
        found = server.see(POOL)["sums"]
        return found["count"], found["amount"]

    server.do(POOL, body(firm, amount="8000"))
    assert sums() == (1, "8000.00")
    server.do(POOL, body(firm, amount="500.50"))
    assert sums() == (2, "8500.50")


@pytest.mark.mechanism("expansion_direction")
def test_the_pool_by_its_six_directions(server, firm):
    def directions() -> dict[str, int]:
        return {each["direction"]: each["count"] for each in server.see(POOL)["by_direction"]}

    server.do(POOL, body(firm, direction="market"))
    assert directions() == {"market": 1}
    server.do(POOL, body(firm, direction="foreign_capital"))
    assert directions() == {"market": 1, "foreign_capital": 1}


@pytest.mark.mechanism("expansion_coordination")
def test_departments_confer_about_an_intent(server, firm):
    key = confirmed(server, firm, amount="8000")

    def confers() -> tuple[str, int, int]:
        shown = server.see(f"{POOL}/{key}")
        return shown["state"], len(shown["issue_ids"]), len(shown["meetings"])

    assert confers() == ("confirmed", 0, 0)
    asked = {"client_id": client_id(), "category": "LAND", "text": "请协调新增用地指标"}
    server.do(f"{POOL}/{key}/coordinate", asked)
    assert confers() == ("coordinating", 1, 0)
    server.do(f"{POOL}/{key}/meet", MINUTES)
    assert confers() == ("coordinating", 1, 1)


@pytest.mark.mechanism("growth_ladder")
def test_how_often_a_firm_is_visited_goes_by_its_class(server, firm):
    def quota() -> int:
        [stop] = server.see("/me/rounds")["items"]
        return stop["quota_missing"]

    assert quota() == 1
    Enterprise.rows().update_one({"_id": firm.id}, {"$set": {"growth_class": "new"}})
    assert quota() == 4
    Enterprise.rows().update_one({"_id": firm.id}, {"$set": {"growth_class": "potential"}})
    assert quota() == 2


@pytest.mark.mechanism("scale_statistics")
def test_firms_near_the_threshold_of_statistics(given, server, firm):
    keeper = given.role("unit_admin", unit=UNIT)

    def near() -> list[tuple[str, float]]:
        items = keeper.see("/enterprises/near-scale")["items"]
        return [(each["sales"], each["percent"]) for each in items]

    def sells(month: str, amount: str) -> None:
        said = {"client_id": client_id(), "month": month, "sales": amount}
        keeper.do(f"/enterprises/{firm.id}/figures", said)

    sells("2026-09", "900")
    assert near() == []
    sells("2026-10", "900")
    assert near() == [("1800.00", 90.0)]
    entered = {"client_id": client_id(), "event": "entered", "on": "2026-11-01"}
    keeper.do(f"/enterprises/{firm.id}/scale", entered)
    assert near() == []
