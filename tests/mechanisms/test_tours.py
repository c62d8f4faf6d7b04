"""观摩: the projects of a tour in order, each with its plan and what came of it."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.papers.unit import UNIT, Unit
from tests.projects.rates.entered import restand, stage
from tests.support.duties import run_due
from tests.support.factories import client_id

COMPLETED = "竣工"


@pytest.mark.mechanism("site_observation")
def test_a_tour_shows_each_stop_against_its_plan(given, the_time):
    """One stage that was reached is stated, and the same tour tells by how many days it was late."""
    the_time.is_("2026-11-24 18:30")
    unit = Unit(given)
    phone = given.role("unit_admin", unit=UNIT)
    stops = [str(unit.building.id), str(unit.projects["signing"].id)]
    before = tour(phone, stops)
    assert [row[0] for row in before["way"]] == [1, 2]
    assert by_stage(before)[COMPLETED] == ["2026-11-01", None, None]
    stage(unit.building.id, "completed", "2026-11-20")
    restand(unit.building.id)
    assert by_stage(tour(phone, stops))[COMPLETED] == ["2026-11-01", "2026-11-20", 19]


def by_stage(found) -> dict[str, list[object]]:
    return {row[0]: row[1:] for row in found["stages"]}


def tour(phone, projects: list[str]) -> dict[str, list[list[object]]]:
    """The table of the way, and the stages of the first stop."""
    body = {"kind": "site_tour", "params": {"project_ids": projects}, "format": "xlsx"}
    key = phone.post("/papers", {"client_id": client_id(), **body}).json["id"]
    run_due()
    book = openpyxl.load_workbook(io.BytesIO(phone.get(f"/papers/{key}/file").get_data()))
    rows = [[[cell.value for cell in row] for row in list(each.rows)[1:]] for each in book]
    return {"way": rows[1], "stages": rows[2]}
