"""What the speeches ask of papers."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.papers.unit import UNIT, Unit
from tests.projects.rates.entered import figure, restand
from tests.support.duties import run_due
from tests.support.factories import client_id


@pytest.mark.mechanism("duty_report")
def test_a_unit_reports_in_three_groups(given, the_time):
    """One more month of investment, and the report of the same unit says more."""
    the_time.is_("2026-11-24 18:30")
    unit = Unit(given)
    phone = given.role("unit_admin", unit=UNIT)
    before = report(phone)
    assert [len(before[group]) for group in ("洽谈签约", "开工在建", "竣工投产")] == [1, 1, 1]
    assert before["开工在建"][0][5:7] == [3000.25, 37.5]
    figure(unit.building.id, "2026-10", actual_investment="1000.00")
    restand(unit.building.id)
    assert report(phone)["开工在建"][0][5:7] == [4000.25, 50.0]


def report(phone) -> dict[str, list[list[object]]]:
    """The rows of each group."""
    body = {"kind": "duty_report", "params": {"unit": UNIT}, "format": "xlsx"}
    key = phone.post("/papers", {"client_id": client_id(), **body}).json["id"]
    run_due()
    book = openpyxl.load_workbook(io.BytesIO(phone.get(f"/papers/{key}/file").get_data()))
    return {
        sheet.title[2:6]: [[cell.value for cell in row] for row in list(sheet.rows)[1:]]
        for sheet in book.worksheets[2:]
    }
