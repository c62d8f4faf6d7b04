"""转化率、预警、研判指标: numbers over all projects, each from its records."""

from __future__ import annotations

import pytest

from app.projects.documents import Project
from tests.projects.rates.entered import figure, money, plan, restand, stage
from tests.projects.rates.test_queries import project
from tests.projects.warnings import stories
from tests.support.factories import client_id

STARTED = {"signed": "2025-01-10", "filed": "2025-02-10", "started": "2025-03-01"}
COMPLETED = {**STARTED, "completed": "2026-01-10"}
UNIT = "321204001"


@pytest.fixture
def leader(given, the_time):
    the_time.is_("2026-11-24 10:00")
    return given.role("leader")


@pytest.mark.mechanism("conversion_rates")
def test_the_rate_of_filing_follows_a_stage(given, leader):
    made = [project(given, "2026-01-10", "2026-02-01"), project(given, "2026-02-10")]
    restand()

    def filed() -> tuple[float, int]:
        shown = leader.see("/rates", projects="true", rate="filed")
        counted = sum(each["counts"] for each in shown["projects"]["items"])
        return shown["total"]["filed"]["open"]["percent"], counted

    assert filed() == (50.0, 1)
    stage(made[1].id, "filed", "2026-03-01")
    restand()
    assert filed() == (100.0, 2)


@pytest.mark.mechanism("core_metrics")
def test_landing_yield_and_tax_per_mu(given, leader):
    made = project(given, "2024-01-10", land_mu=money(10), unit=UNIT)
    figure(made.id, "2024-08", actual_investment=1000)
    for month in ("2026-09", "2026-10"):
        figure(made.id, month, sales=1000, tax=50)
    restand()
    names = ("landing", "input_output", "tax_per_mu")

    def metrics() -> list[str | None]:
        total = leader.see("/projects/metrics", **{"from": "2024-01"})["total"]
        return [total[name]["value"] for name in names]

    assert metrics() == ["0.0", None, None]
    stage(made.id, "production", "2024-09-01")
    restand()
    assert metrics() == ["100.0", "2.00", "10.00"]
    defined = {each["code"] for each in leader.see("/metrics/definitions")["items"]}
    assert defined.issuperset(names)


@pytest.mark.mechanism("performance_evaluation")
def test_output_of_what_was_put_in(given, leader):
    made = project(given, "2025-01-10", "2025-02-01", "2025-03-01", "2026-01-10")
    figure(made.id, "2026-01", actual_investment=500)
    figure(made.id, "2026-09", sales=1000, tax=50)
    restand()

    def output() -> str:
        return leader.see("/projects/metrics")["total"]["input_output"]["value"]

    assert output() == "2.00"
    body = {"client_id": client_id(), "month": "2026-10", "sales": "500.00", "tax": "20.00"}
    admin = given.role("admin")
    admin.do(f"/projects/{made.id}/figures", body)
    restand()
    assert output() == "3.00"


@pytest.mark.mechanism("symmetry_checks")
def test_progress_against_plan(given, leader):
    made = project(given, "2025-01-10", "2025-02-01", "2025-03-01")
    plan(made.id, 2026, 120)
    figure(made.id, "2026-05", actual_investment=50)
    restand()

    def symmetry() -> str:
        return leader.see("/projects/metrics")["total"]["plan_symmetry"]["value"]

    before = symmetry()
    figure(made.id, "2026-06", actual_investment=50)
    restand()
    assert (before, symmetry()) == ("0.50", "1.00")


@pytest.mark.mechanism("warning_slow/warning_imbalance")
def test_projects_are_warned_of_by_their_facts_and_cleared_by_them(given, the_time):
    the_time.is_("2026-11-24 10:00")
    story = stories.begun(given)

    def kinds() -> list[tuple[str, str]]:
        items = story.unit_admin.see("/warnings", state="open")["items"]
        return sorted((each["kind"], each["level"]) for each in items)

    story.judged(dates=COMPLETED)
    assert kinds() == [("PROD_IMBALANCE", "yellow")]
    story.judged(dates={**COMPLETED, "production": "2026-11-01"})
    assert kinds() == []
    late = {"production": stories.day("2026-09-01")}
    story.judged(dates=STARTED, planned=late)
    assert ("SLOW", "yellow") in kinds()
    story.judged(dates=STARTED, planned={"production": stories.day("2026-01-01")})
    assert ("SLOW", "red") in kinds()


@pytest.mark.mechanism("provincial_major")
def test_projects_of_the_province(given, leader):
    made = project(given, "2026-01-10", "2026-02-01", level="province")
    other = project(given, "2026-02-10")
    restand()

    def major() -> tuple[int, int]:
        rates = leader.see("/rates", level="province")["total"]["filed"]["open"]
        return leader.see("/projects", level="province")["total"], rates["denominator"]

    assert major() == (1, 1)
    Project.rows().update_one({"_id": other.id}, {"$set": {"level": "province"}})
    restand()
    assert major() == (2, 2)
    assert leader.see(f"/projects/{made.id}")["level"] == "province"


@pytest.mark.mechanism("land_reserve")
def test_the_loop_of_land(given, leader):
    clerk = given.clerk("NATURAL_RESOURCES")
    body = {"client_id": client_id(), "code": "DK-001", "unit": UNIT, "mu": "33.335"}
    made = clerk.do("/parcels", {**body, "state": "acquired"})

    def mu(state: str) -> str:
        states = leader.see("/parcels/sums")["whole"]["states"]
        return next(each["mu"] for each in states if each["state"] == state)

    assert (mu("acquired"), mu("reserved")) == ("33.335", "0.000")
    path = f"/parcels/{made['id']}"
    match = {"If-Match": clerk.get(path).headers["ETag"]}
    content = {"code": "DK-001", "unit": UNIT, "mu": "30.000", "state": "reserved"}
    assert clerk.call("PUT", path, json=content, headers=match).status_code == 200
    assert (mu("acquired"), mu("reserved")) == ("0.000", "30.000")


@pytest.mark.mechanism("mechanism_531")
def test_a_label_that_an_admin_fills_counts_its_projects(given, leader):
    admin, made = given.role("admin"), project(given, "2026-01-10", unit=UNIT)
    admin.call("PUT", "/dictionaries/mechanism_531/A", json={"name": "某项"})

    def labelled() -> int:
        return leader.see("/projects", mechanism_531="A")["total"]

    assert labelled() == 0
    path = f"/projects/{made.id}"
    shown = admin.get(path)
    kept = ("code", "name", "unit", "level", "kind")
    content = {**{name: shown.json[name] for name in kept}, "mechanism_531": ["A"]}
    match = {"If-Match": shown.headers["ETag"]}
    answer = admin.call("PUT", path, json=content, headers=match)
    assert answer.status_code == 200, answer.json
    assert labelled() == 1
