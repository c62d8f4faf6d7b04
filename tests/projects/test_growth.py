"""Firms within two years of production: how they do against their promise, and what helps them next."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from bson import Decimal128
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from app.enterprises.documents import Enterprise, ScaleEntry
from app.foundation import clock
from app.projects.documents import Project
from app.projects.figures.documents import FigureEntry
from app.projects.growth.facts import (
    Grown,
    facts,
    months_left,
    months_stated,
    months_unstated,
    next_help,
    percent,
)
from app.projects.rates.documents import StoredStanding
from app.registers.documents import Term
from config import pack as packs
from config.review_terms import FACTS
from tests.config.test_pack import DISTRICT
from tests.support.time import StandingClock

RULES = packs.load(DISTRICT).reviews.help
TODAY = date(2026, 11, 24)
UNIT = "321204002"


@pytest.mark.parametrize(
    ("production", "last", "stated", "unstated", "left"),
    [
        ("2026-11-02", None, 0, 0, 23),  # the month of production is not over
        ("2026-10-31", None, 0, 1, 23),
        ("2026-08-15", "2026-10", 3, 0, 20),
        ("2026-08-15", "2026-09", 2, 1, 20),
        ("2025-01-10", "2024-11", 0, 22, 1),  # what came before production does not count
        ("2024-11-24", "2026-11", 25, 0, 0),
        ("2024-11-23", "2026-10", 24, 0, 0),
        ("2024-10-23", "2026-10", 25, 0, -1),
    ],
)
def test_months(production, last, stated, unstated, left):
    grown = Grown(production_on=date.fromisoformat(production), last_month=last)
    found = months_stated(grown), months_unstated(grown, TODAY), months_left(grown, TODAY, 24)
    assert found == (stated, unstated, left)


@pytest.mark.parametrize(
    ("made", "promised", "months", "expected"),
    [
        ("600", "1200", 12, "50"),
        ("600", "1200", 6, "100"),  # half a year is asked for half of it
        ("600", "1200", 30, "50"),
        ("0", "1200", 3, "0"),
        (None, "1200", 3, None),
        ("600", None, 3, None),
        ("600", "0", 3, None),
        ("600", "1200", 0, None),
    ],
)
def test_percent_of_the_promise(made, promised, months, expected):
    known = [None if each is None else Decimal(each) for each in (made, promised, expected)]
    assert percent(known[0], known[1], months) == known[2]


money = st.decimals(0, 10**6, places=2, allow_nan=False)


@settings(max_examples=30)
@over(money, money, st.decimals(1, 10**6, places=2), st.integers(1, 30))
def test_more_sales_are_never_fewer_percent(less, more, promised, months):
    less, more = sorted((less, more))
    assert 0 <= percent(less, promised, months) <= percent(more, promised, months)


def helps(**fields) -> list[str]:
    grown = Grown(**{"production_on": date(2025, 11, 1), "last_month": "2026-10", **fields})
    known = facts(grown, TODAY, 24)
    assert set(known) == set(FACTS)
    return [rule.code for rule in next_help(known, 12, RULES)]


PROMISE = {"promised_sales": Decimal(1200), "promised_tax": Decimal(60)}


@pytest.mark.parametrize(
    ("known", "codes"),
    [
        (PROMISE | {"sales12": Decimal(600), "tax12": Decimal(30)}, []),
        (PROMISE | {"sales12": Decimal(599), "tax12": Decimal(30)}, ["sales_far_behind"]),
        (
            PROMISE | {"sales12": Decimal(1), "tax12": Decimal(1)},
            ["sales_far_behind", "tax_far_behind"],
        ),
        ({}, ["promise_missing"]),
        (PROMISE | {"last_month": "2026-08"}, ["figures_missing"]),
        (PROMISE | {"production_on": date(2025, 5, 1)}, ["near_deadline"]),
        (PROMISE | {"production_on": date(2024, 11, 1)}, ["overdue", "near_deadline"]),
        # once it is on target there is no promise to be behind of
        (
            {"production_on": date(2024, 12, 1), "on_target_on": date(2026, 1, 31)},
            [],
        ),
        (
            PROMISE | {"sales12": Decimal(1600), "scale_sales": Decimal(2000)},
            ["near_scale"],
        ),
        (PROMISE | {"sales12": Decimal(1599), "scale_sales": Decimal(2000)}, []),
    ],
)
def test_what_helps_next(known, codes):
    assert helps(**known) == codes


@pytest.fixture
def the_time(monkeypatch):
    clock_ = StandingClock(monkeypatch)
    clock_.is_("2026-11-24 10:00")
    return clock_


def grows(given, production: str, firm: Enterprise | None = None, **known) -> Project:
    """A project with a standing of which only this is known."""
    project = given.project(firm or given.enterprise(unit=UNIT), unit=known.pop("unit", UNIT))
    nothing = {"invested": Decimal128("0"), "paid_in": Decimal128("0"), "zero_months": 0}
    of_project = ("code", "name", "enterprise", "unit", "industry", "level", "kind")
    plain = {name: project[name] for name in of_project} | {"course": "going"}
    row = {**nothing, **plain, "made_at": clock.now(), "dates": {"production": production}}
    StoredStanding.rows().insert_one({"_id": project.id, **row, **known})
    return project


def test_the_tracker(given, the_time):
    soon = grows(given, "2025-01-01")
    young = grows(
        given,
        "2026-05-01",
        promised_sales=Decimal128("1200"),
        promised_tax=Decimal128("60"),
        sales12=Decimal128("150"),
        tax12=Decimal128("30"),
        last_month="2026-10",
    )
    late = grows(given, "2024-01-01", on_target_on=None)
    grows(given, "2024-01-01", on_target_on="2025-06-30")
    grows(given, "2026-01-01", course="exited")
    leader = given.role("leader")
    seen = leader.see("/growth")
    assert [each["id"] for each in seen["items"]] == [str(soon.id), str(young.id)]
    shown = seen["items"][1]
    assert (shown["month"], shown["months_left"], shown["sales_percent"], shown["tax_percent"]) == (
        6,
        17,
        "25.0",
        "100.0",
    )
    assert [each["code"] for each in shown["next"]] == ["sales_far_behind"]
    by_sales = leader.see("/growth", sort="sales_percent")["items"]
    assert [each["id"] for each in by_sales] == [str(young.id), str(soon.id)], "unknown is last"
    with_late = leader.see("/growth", late=True)["items"]
    assert with_late[0]["id"] == str(late.id)
    assert with_late[0]["next"][0]["code"] == "overdue"


def figure(firm: Enterprise, month: str, sales: str) -> None:
    signed = {"by_name": "导入", "role": "admin", "source": "import", "known_at": clock.now()}
    about = {"kind": "enterprise", "subject": firm.id, "month": month}
    key = ":".join(map(str, about.values()))
    FigureEntry.insert_row(about=key, **about, sales=Decimal128(sales), **signed)


def test_a_firm_by_itself(given, the_time):
    firm = given.enterprise(unit=UNIT, production_on="2026-01-15", sector="C33")
    known = given.enterprise(unit=UNIT, production_on="2026-01-15")
    grows(given, "2026-03-01", known)
    given.enterprise(unit=UNIT, production_on="2010-01-01")
    for month, sales in (("2026-09", "1000"), ("2026-10", "700.50")):
        figure(firm, month, sales)
    term = {"dictionary": "industry", "code": "C33", "name": "金属制品业"}
    Term.insert_row(**term, attributes={"scale_sales": "2000"}, updated_at=clock.now())
    seen = given.role("unit_admin", unit=UNIT).see("/growth")
    assert [(each["kind"], each["enterprise_id"]) for each in seen["items"]] == [
        ("enterprise", str(firm.id)),
        ("project", str(known.id)),
    ]
    own = seen["items"][0]
    assert (own["sales12"], own["last_month"]) == ("1700.50", "2026-10")
    assert "near_scale" in [each["code"] for each in own["next"]]
    signed = {"by_name": "导入", "role": "admin", "source": "import", "known_at": clock.now()}
    entered = {"enterprise": firm.id, "event": "entered", "on": "2026-11-01"}
    ScaleEntry.insert_row(about=f"{firm.id}:entered:1", **entered, **signed)
    own = given.role("leader").see("/growth", unit=UNIT)["items"][0]
    assert "near_scale" not in [each["code"] for each in own["next"]]


def test_each_sees_their_own(given, the_time):
    commissioner = given.commissioner()
    served = grows(given, "2026-01-01", commissioner=commissioner.person.id)
    grows(given, "2026-02-01", unit="321204001")
    assert [each["id"] for each in commissioner.see("/growth")["items"]] == [str(served.id)]
    other = given.role("unit_admin", unit="321204001").see("/growth")
    assert [each["unit"] for each in other["items"]] == ["321204001"]
    assert given.role("leader").see("/growth", unit=UNIT)["total"] == 1
    assert given.clerk("HOUSING").get("/growth").status_code == 403


def test_in_english_it_says_the_same(given, the_time):
    grows(given, "2026-01-01")
    answer = given.role("leader").call("GET", "/growth", headers={"Accept-Language": "en"})
    assert "promised sales" in answer.json["items"][0]["next"][0]["text"]
