"""What a portrait lacks, and what to fill in first."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.reports.portrait.completeness import Known, completeness

TODAY = date(2026, 11, 24)
WHOLE: dict[str, Any] = {
    "enterprise": 1,
    "site": {"type": "Point"},
    "investment": 1,
    "industry": "C33",
    "commissioner": 1,
    "promised_sales": 1,
    "promised_tax": 1,
    "land_mu": 1,
}
STARTED = {
    "dates": {"signed": "2026-01-01", "started": "2026-03-01"},
    "planned": {"production": "2027-03-01"},
    "years": {"2026": {"plan": 1}},
    "last_month": "2026-10",
}


def known(project: dict[str, Any], standing: dict[str, Any], **more: Any) -> Known:
    said: dict[str, Any] = {
        "evidence_missing": 0,
        "milestones": 2,
        "last_visit": date(2026, 11, 1),
        "today": TODAY,
    }
    return Known(project, standing, **(said | more))


def test_all_is_there():
    found = completeness(known(WHOLE, STARTED))
    assert (found.percent, found.missing) == (100, ())


@pytest.mark.parametrize(
    ("project", "standing", "more", "missing"),
    [
        ({**WHOLE, "investment": None}, STARTED, {}, "investment"),
        ({**WHOLE, "site": None}, STARTED, {}, "site"),
        ({**WHOLE, "promised_tax": None}, STARTED, {}, "promises"),
        (WHOLE, {**STARTED, "planned": {}}, {}, "production_plan"),
        (WHOLE, {**STARTED, "years": {}}, {}, "annual_plan"),
        (WHOLE, {**STARTED, "last_month": "2026-09"}, {}, "figures"),
        (WHOLE, {**STARTED, "last_month": None}, {}, "figures"),
        (WHOLE, STARTED, {"evidence_missing": 1}, "evidence"),
        (WHOLE, STARTED, {"milestones": 0}, "milestones"),
        (WHOLE, STARTED, {"last_visit": date(2026, 10, 20)}, "visit"),
        (WHOLE, STARTED, {"last_visit": None}, "visit"),
    ],
)
def test_one_thing_is_missing(project, standing, more, missing):
    found = completeness(known(project, standing, **more))
    assert found.missing == (missing,)
    assert found.percent < 100


def test_before_the_start_nobody_asks_for_figures():
    reserve = {"dates": {}, "planned": {}}
    assert completeness(known(WHOLE, reserve)).missing == ("production_plan",)


def test_in_the_first_days_of_a_month_the_last_one_need_not_be_there():
    early = known(WHOLE, {**STARTED, "last_month": "2026-09"}, today=date(2026, 11, 5))
    assert completeness(early).missing == ()


def test_what_weighs_most_comes_first():
    empty = completeness(known({}, {"dates": {"started": "2026-01-01"}, "planned": {}}))
    assert empty.missing[0] in ("enterprise", "site", "investment", "commissioner", "figures")
    assert empty.missing[-1] == "land"
