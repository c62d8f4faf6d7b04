"""What a contest must not tell or do, by whatever way: single firms, one's own cause, an old version."""

from __future__ import annotations

import pytest

from app.foundation import clock
from app.foundation.errors import Conflict
from app.people.documents import Person
from app.projects.documents import Project
from app.scoreboards import freezing, openness, periods, versions
from app.scoreboards.documents import FrozenScore, ScorePeriod
from app.scoreboards.reading import values
from tests.api.shape import refused
from tests.projects.rates.entered import figure, money, payout, restand
from tests.scoreboards.made import (
    BOARD,
    LUOTANG,
    SANSHUI,
    content,
    counting,
    item,
    october,
    project,
    published,
    template,
)
from tests.support.factories import client_id, who

PERIOD = f"/scoreboards/{BOARD}/periods/2026-10"


@pytest.fixture
def admin(given, the_time):
    the_time.is_("2026-11-04 10:00")
    return given.role("admin")


def taxed(given, *, since: str):
    """A firm of Sanshui in production on ten mu, that stated its tax of a year."""
    firm = given.enterprise(unit=SANSHUI)
    made = project(given, SANSHUI, production=since)
    change = {"enterprise": firm.id, "land_mu": money(10)}
    Project.rows().update_one({"_id": made}, {"$set": change})
    for month in ("2025-10", "2025-11", "2025-12", *(f"2026-{n:02}" for n in range(1, 10))):
        figure(made, month, tax=10)
    return firm


@pytest.mark.parametrize("metric", ["payout_symmetry", "tax_per_mu"])
def test_only_the_firms_that_are_in_a_metric_count_for_it(given, admin, metric):
    """One of five was paid, or is old enough: what the metric tells is this one's tax."""
    first = taxed(given, since="2020-01-01")
    for _ in range(4):
        taxed(given, since="2026-09-01")
    payout(first.id, "2026-05-05", 5)
    restand()
    made = template(item(source=f"metrics.{metric}", normalisation="minmax"))
    found = values(BOARD, made, periods.of("2026-10"), [SANSHUI], clock.now())[SANSHUI]["a"]
    assert (found.value, found.numerator, found.firms, found.withheld) == (None, None, 1, True)


def test_nobody_answers_their_own_appeal(given, admin):
    october(given)
    published(admin, content(counting("started", 100)))
    admin.do(f"{PERIOD}/freeze")
    town = given.role("unit_admin", unit=LUOTANG)
    body = {"client_id": client_id(), "subject": LUOTANG, "item": "started", "text": "请复核"}
    key = town.do(f"{PERIOD}/appeals", body)["id"]
    also = [*Person.rows().find_one({"_id": town.person.id})["grants"]]
    also.append({**also[0], "role": "inspector", "unit": None})
    Person.rows().update_one({"_id": town.person.id}, {"$set": {"grants": also}})
    said = {"decision": "upheld", "text": "属实", "value": "9"}
    refused(town.post(f"/score-appeals/{key}/answer", said), 403, "appeal.own")
    assert not town.see(f"/score-appeals/{key}")["may_answer"]
    assert admin.see(f"/score-appeals/{key}")["may_answer"]


def test_what_too_few_firms_would_tell_no_appeal_brings_out(given, admin):
    tax = item("tax", source="metrics.fiscal", normalisation="minmax", weight=50)
    published(admin, content(tax, counting("production", 50), missing="zero", eligible_weight=0))
    made = project(given, LUOTANG, production="2026-01-01")
    for month in ("2025-10", "2025-11", "2025-12", *(f"2026-{n:02}" for n in range(1, 10))):
        figure(made, month, tax=10, actual_investment=100)
    restand()
    admin.do(f"{PERIOD}/freeze")
    row = FrozenScore.rows().find_one({"subject": LUOTANG})
    assert row["items"][0]["withheld"]
    town = given.role("unit_admin", unit=LUOTANG)
    body = {"client_id": client_id(), "subject": LUOTANG, "item": "tax", "text": "应计入"}
    key = town.do(f"{PERIOD}/appeals", body)["id"]
    said = {"decision": "upheld", "text": "属实", "value": "9"}
    refused(admin.post(f"/score-appeals/{key}/answer", said), 422, "appeal.withheld")
    assert admin.see(f"/score-appeals/{key}")["state"] == "open"


def test_what_was_reckoned_by_an_old_version_is_not_stored(given, admin):
    """The next version scores every period that is not frozen yet."""
    october(given)
    published(admin, content(counting("started", 100)))
    now = clock.now()
    used, seen = versions.in_use(BOARD), openness.version_of(None)
    found = freezing._reckoned(used, periods.of("2026-10"), now)
    published(admin, content(counting("completed", 100)))
    with pytest.raises(Conflict, match="changed_meanwhile"):
        freezing._store(found, seen, who(admin).acting("admin"), now)
    assert ScorePeriod.rows().count_documents({"state": "frozen"}) == 0
