"""What suggests itself for a visit."""

from __future__ import annotations

import pytest

from tests.api.shape import refused
from tests.support.duties import run_due
from tests.visits.stories import at, body

HERE = {"latitude": 32.51, "longitude": 120.15}


def site(north_m: float) -> dict:
    return {"type": "Point", "coordinates": [120.15, 32.51 + north_m / 110_900]}


def test_near_places_nearest_first_with_what_is_open_there(given):
    phone = given.commissioner()
    close, farther = given.enterprise(site=site(100)), given.enterprise(site=site(2000))
    given.enterprise(site=site(3100))
    given.enterprise(site=None)
    project = given.project(farther, site=site(1000))
    phone.do("/visits", at(close, started_at="2026-11-20T09:00:00+08:00"))
    given.commissioner().do("/visits", at(close, started_at="2026-11-22T09:00:00+08:00"))
    phone.open_issue(project_id=str(project.id))
    phone.open_issue(enterprise_id=str(close.id))
    done = phone.open_issue(enterprise_id=str(close.id))
    run_due()
    phone.do(f"/issues/{done['id']}/withdraw")

    found = phone.see("/visits/suggestions", **HERE)
    assert found["total"] == 3
    assert [(each["kind"], each["name"]) for each in found["items"]] == [
        ("enterprise", close.name),
        ("project", project.name),
        ("enterprise", farther.name),
    ]
    assert [each["distance_m"] for each in found["items"]] == [
        pytest.approx(far, rel=0.01) for far in (100, 1000, 2000)
    ]
    # The project's issue is its enterprise's too.
    assert [each["open_issues"] for each in found["items"]] == [1, 1, 1]
    last = [each["last_visit_at"] for each in found["items"]]
    assert last == ["2026-11-22T09:00:00.000+08:00", None, None]
    assert found["items"][1]["enterprise_id"] == str(farther.id)


def test_the_datum_counts(given):
    given.enterprise(site=site(2900))
    phone = given.commissioner()
    assert phone.see("/visits/suggestions", **HERE)["total"] == 1
    # Read as GCJ-02 the same figures are some hundred metres to the north-west.
    moved = phone.see("/visits/suggestions", **HERE, coord_type="gcj02")
    assert moved["items"] == [] or moved["items"][0]["distance_m"] != pytest.approx(2900, abs=50)


def test_twenty_at_most(given):
    for number in range(23):
        given.enterprise(site=site(number * 100))
    found = given.commissioner().see("/visits/suggestions", **HERE)
    assert (found["total"], len(found["items"])) == (20, 20)
    distances = [each["distance_m"] for each in found["items"]]
    assert distances == sorted(distances)


def test_for_commissioners(given):
    for phone in (given.contact(given.enterprise()), given.clerk("HOUSING"), given.inspector()):
        refused(phone.get("/visits/suggestions", **HERE), 403, "forbidden")


@pytest.mark.parametrize(
    "query",
    [{}, {"latitude": 1}, {**HERE, "latitude": 91}, {**HERE, "x": 1}, {**HERE, "latitude": "nan"}],
)
def test_a_place_is_needed(query, given):
    refused(given.commissioner().get("/visits/suggestions", **query), 422, "request.invalid")


def test_a_visit_to_it_is_the_last_one(given):
    phone, project = given.commissioner(), given.project()
    phone.do("/visits", body(project_id=str(project.id)))
    found = phone.see("/visits/suggestions", **HERE)["items"]
    assert {each["kind"]: each["last_visit_at"] is not None for each in found} == {
        "project": True,
        "enterprise": True,
    }
