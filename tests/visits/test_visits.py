"""Logging visits and looking at them."""

from __future__ import annotations

import pytest

from app.visits.documents import Visit
from tests.support.duties import run_due
from tests.support.factories import client_id
from tests.visits.stories import END, FAR, SAFETY, SITE, at, body, photo


def test_a_visit_comes_back_as_it_was_logged(given):
    commissioner, project = given.commissioner(), given.project()
    said = body(
        project_id=str(project.id),
        ended_at="2026-11-24T03:30:00Z",
        position={"latitude": 32.51, "longitude": 120.15, "accuracy_m": 8, "coord_type": "gcj02"},
        note="门卫室旁积水 🌧️",
        checklist=SAFETY,
    )
    made = commissioner.do("/visits", said)
    run_due()
    seen = commissioner.see(f"/visits/{made['id']}")
    assert seen == made
    assert seen["project_id"] == str(project.id)
    assert seen["enterprise_id"] == str(project.enterprise)
    assert seen["unit"] == project.unit
    assert seen["state"] == "ended"
    assert seen["started_at"] == "2026-11-24T09:00:00.000+08:00"
    assert seen["ended_at"] == "2026-11-24T11:30:00.000+08:00"
    assert seen["duration_s"] == 9000
    assert seen["position"]["coord_type"] == "wgs84"
    assert seen["position"]["raw"]["coord_type"] == "gcj02"
    assert seen["note"] == said["note"]
    assert seen["checklist"] == SAFETY


def test_what_was_not_said_is_null_and_lists_are_empty(given):
    seen = given.commissioner().do("/visits", at(given.enterprise()))
    for field in (
        "project_id",
        "ended_at",
        "duration_s",
        "position",
        "check_out",
        "expected_photos",
    ):
        assert seen[field] is None
    assert (seen["photo_ids"], seen["note"], seen["checklist"]) == ([], "", {})
    assert (seen["track"], seen["issue_ids"], seen["suggested_issues"]) == ([], [], [])
    assert seen["missing"] == {"count": 0, "client_ids": []}
    assert seen["state"] == "open"


def test_replay_and_conflict(given):
    commissioner, said = given.commissioner(), at(given.enterprise())
    first, again = commissioner.post("/visits", said), commissioner.post("/visits", said)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    other = commissioner.post("/visits", {**said, "note": "x"})
    assert (other.status_code, other.json["code"]) == (409, "client_id.conflict")
    assert given.commissioner().post("/visits", said).status_code == 201
    assert Visit.rows().count_documents({}) == 2


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "visit.nowhere"),
        ({"enterprise_id": "f" * 24}, "reference.unknown"),
        ({"project_id": "f" * 24}, "reference.unknown"),
    ],
)
def test_a_visit_is_somewhere(fields, code, given):
    answer = given.commissioner().post("/visits", body(**fields))
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_a_project_is_of_its_enterprise(given):
    project, other = given.project(), given.enterprise()
    said = body(project_id=str(project.id), enterprise_id=str(other.id))
    answer = given.commissioner().post("/visits", said)
    assert (answer.status_code, answer.json["code"]) == (422, "project.of_another_enterprise")


def test_it_does_not_end_before_it_starts(given):
    said = at(given.enterprise(), ended_at="2026-11-24T08:59:59+08:00")
    answer = given.commissioner().post("/visits", said)
    assert (answer.status_code, answer.json["code"]) == (422, "visit.ends_before_start")


@pytest.mark.parametrize(
    ("position", "distance", "on_site"),
    [
        (SITE, 0, True),
        (FAR, 1109, False),
        ({**FAR, "accuracy_m": 700}, 1109, True),
        ({**FAR, "accuracy_m": 608}, 1109, False),
        ({**SITE, "accuracy_m": None}, 0, True),
    ],
)
def test_arriving_is_measured_to_the_site(position, distance, on_site, given):
    seen = given.commissioner().do("/visits", at(given.enterprise(), position=position))
    check = seen["check_in"]
    assert check["at"] == seen["started_at"]
    assert check["distance_to_site_m"] == pytest.approx(distance, abs=1)
    assert (check["accuracy_m"], check["on_site"]) == (position["accuracy_m"], on_site)
    assert check["position"] == seen["position"]


def test_nothing_is_measured_where_there_is_no_site_or_fix(given):
    commissioner = given.commissioner()
    nowhere = commissioner.do("/visits", at(given.enterprise(site=None), position=SITE))
    unfixed = commissioner.do("/visits", at(given.enterprise()))
    for seen in (nowhere, unfixed):
        assert seen["check_in"]["distance_to_site_m"] is None
        assert seen["check_in"]["on_site"] is None


def test_photos_that_arrive_later_join(given):
    commissioner, late = given.commissioner(), client_id()
    early = photo(commissioner)
    visit = commissioner.do(
        "/visits", at(given.enterprise(), photo_ids=[early], photo_client_ids=[late])
    )
    assert visit["photo_ids"] == [early]
    assert visit["missing"] == {"count": 1, "client_ids": [late]}
    arrived = photo(commissioner, client_id=late)
    photo(given.commissioner(), client_id=late)
    # Seen at once; joined for good by the duty.
    for _ in range(2):
        seen = commissioner.see(f"/visits/{visit['id']}")
        assert seen["photo_ids"] == [early, arrived]
        assert seen["missing"] == {"count": 0, "client_ids": []}
        run_due()
    row = Visit.get(visit["id"])
    assert (row.awaited, [str(key) for key in row.photos]) == ([], [early, arrived])


def test_photos_that_came_first_are_found_by_the_name_the_phone_gave(given):
    commissioner, name = given.commissioner(), client_id()
    here = photo(commissioner, client_id=name)
    seen = commissioner.do("/visits", at(given.enterprise(), photo_client_ids=[name]))
    assert (seen["photo_ids"], seen["missing"]["count"]) == ([here], 0)


def test_who_sees_it(given):
    commissioner, enterprise = given.commissioner(), given.enterprise()
    visit = commissioner.do("/visits", at(enterprise))["id"]
    for phone in (
        commissioner,
        given.inspector(),
        given.dispatcher(),
        given.role("unit_admin", unit=enterprise.unit),
    ):
        assert phone.get(f"/visits/{visit}").status_code == 200
        assert phone.get(f"/visits/{visit}/receipt").status_code == 200
        assert phone.see("/visits")["total"] == 1
    for phone in (given.commissioner(), given.role("unit_admin", unit="321204001")):
        assert phone.get(f"/visits/{visit}").status_code == 404
        assert phone.get(f"/visits/{visit}/receipt").status_code == 404
        assert phone.see("/visits")["total"] == 0
    for phone in (given.contact(enterprise), given.clerk("HOUSING")):
        assert phone.get(f"/visits/{visit}").status_code == 404
        assert phone.get("/visits").status_code == 403
        assert phone.post("/visits", at(enterprise)).status_code == 403


def test_lists_are_narrowed_newest_first(given):
    commissioner, enterprise = given.commissioner(), given.enterprise()
    project = given.project(enterprise)
    hours = ("09", "11", "10")
    made = [
        commissioner.do("/visits", at(enterprise, started_at=f"2026-11-24T{hour}:00:00+08:00"))[
            "id"
        ]
        for hour in hours
    ]
    at_project = commissioner.do("/visits", body(project_id=str(project.id), ended_at=END))["id"]
    commissioner.do("/visits", at(given.enterprise()))
    found = commissioner.see("/visits", enterprise_id=str(enterprise.id))
    assert found["total"] == 4
    assert [each["id"] for each in found["items"]][:2] == [made[1], made[2]]
    for query in ({"project_id": str(project.id)}, {"state": "ended"}):
        found = commissioner.see("/visits", **query)
        assert [each["id"] for each in found["items"]] == [at_project]
    assert commissioner.get("/visits", state="over").status_code == 422


def test_the_issues_found_are_shown(given):
    commissioner = given.commissioner()
    visit = commissioner.do("/visits", at(given.enterprise()))["id"]
    issue = commissioner.open_issue(kind="problem", visit_id=visit)
    commissioner.open_issue()
    assert commissioner.see(f"/visits/{visit}")["issue_ids"] == [issue["id"]]
    assert issue["source"] == "visit"
