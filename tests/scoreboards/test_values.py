"""The values of a contest are those that other calls show, option by option."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.foundation import clock
from app.scoreboards import periods
from app.scoreboards.reading import values
from app.visits.documents import Visit
from tests.projects.rates.entered import figure, plan, restand
from tests.scoreboards.made import BOARD, LUOTANG, SANSHUI, item, project, template
from tests.support.factories import client_id

YEAR = {"window": "year"}


@pytest.fixture
def ledger(given, the_time):
    """Two projects of Sanshui, one of them filed and started; one of Luotang."""
    the_time.is_("2026-11-04 10:00")
    first = project(given, SANSHUI, signed="2026-01-10", filed="2026-02-01", started="2026-10-01")
    project(given, SANSHUI, signed="2026-09-10")
    project(given, LUOTANG, signed="2025-10-10", started="2025-10-20")
    plan(first, 2026, 100)
    plan(first, 2026, 80)
    figure(first, "2026-08", actual_investment=40)
    restand()


def value(source: str, period: str = "2026-10", of: str = SANSHUI, **fields):
    made = template(item(source=source, normalisation="minmax", **fields))
    found = values(BOARD, made, periods.of(period), [of], clock.now())
    return found[of]["a"]


@pytest.mark.parametrize(
    ("source", "options", "number", "denominator"),
    [
        ("rates.filed", {}, None, None),
        ("rates.filed", YEAR, 50, 2),
        ("rates.filed", {**YEAR, "measure": "money"}, 50, 120_000),
        ("rates.filed", {**YEAR, "cohort": "matured"}, 100, 1),
        ("rates.completion", {}, 50, 80),
        ("rates.completion", {"plan": "first"}, 40, 100),
        ("rates.completion_gap", {}, "-33.3", 80),
        ("metrics.days_to_start", {}, 242, None),
        ("projects.started", {}, 1, None),
        ("projects.signed", {}, 0, None),
        ("projects.signed", YEAR, 2, None),
        ("projects.signed", {**YEAR, "size_class": "100m_500m"}, 0, None),
        ("projects.signed", {**YEAR, "level": "city"}, 0, None),
    ],
)
def test_of_projects(ledger, source, options, number, denominator):
    found = value(source, options=options)
    assert found.value == (None if number is None else Decimal(number))
    assert denominator is None or found.denominator == denominator


def test_a_link_calls_up_the_projects_behind_the_number(given, ledger):
    leader = given.role("leader")
    found = value("rates.filed", options={**YEAR, "cohort": "matured"})
    behind = leader.call("GET", found.links[0]).json["projects"]
    assert behind["total"] == found.denominator == 1


def test_against_the_year_before(ledger):
    this = value("projects.started", of=SANSHUI)
    assert this.last is None
    made = template(item(source="projects.started", normalisation="last_year"))
    found = values(BOARD, made, periods.of("2026-10"), [SANSHUI, LUOTANG], clock.now())
    assert [found[each]["a"].last for each in (SANSHUI, LUOTANG)] == [0, 1]
    assert [found[each]["a"].value for each in (SANSHUI, LUOTANG)] == [1, 0]


def test_visits_of_a_quarter_are_those_of_its_months(given, the_time):
    the_time.is_("2026-11-04 10:00")
    server, firm = given.commissioner(), given.enterprise()
    for days_ago in (1, 2, 20, 40):
        at = clock.now() - timedelta(days=days_ago)
        Visit.insert_row(
            owner=server.person.id,
            client_id=client_id(),
            fingerprint="",
            enterprise=firm.id,
            unit=firm.unit,
            state="ended",
            started_at=at,
            created_at=at,
            updated_at=at,
        )
    made = template(item(source="visits.visits", normalisation="minmax"), of="commissioners")
    key = str(server.person.id)
    for period, count in (("2026-11", 2), ("2026-10", 1), ("2026-Q4", 3), ("2026", 4)):
        found = values(BOARD, made, periods.of(period), [key], clock.now())
        assert found[key]["a"].value == count, period
    assert found[key]["a"].links[0] == f"/visits/figures?month=2026-09&commissioner={key}"
