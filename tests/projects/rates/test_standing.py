"""What entries come to: phases, turns, money, and when a project is on target."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from bson import Decimal128, ObjectId

from app.projects.rates import decimals
from app.projects.rates.past import until
from app.projects.rates.standing import Standing, of_row, row_of, standing_of
from app.projects.rates.target import Sold, when_on_target
from config.rate_terms import TargetTerms
from tests.support.time import local_time

TERMS = TargetTerms(percent=80, from_month=12, until_month=24)
NOW = local_time("2026-11-24 10:00")


def entry(stage, on, phase=0, kind="actual", turn=0):
    return {"stage": stage, "on": on, "phase": phase, "kind": kind, "turn": turn}


def figure(month, **amounts):
    return {"month": month, **{name: Decimal128(str(each)) for name, each in amounts.items()}}


def made(stages=(), plans=(), figures=(), now=NOW, **project) -> Standing:
    row = {"_id": ObjectId(), "code": "XM1", "name": "扩建", "unit": "321204002", **project}
    return standing_of(row, stages, plans, figures, now, TERMS)


@pytest.mark.parametrize(
    ("entries", "stage", "day"),
    [
        ([("started", "2026-03-01", 2), ("started", "2026-02-01", 1)], "started", "2026-02-01"),
        ([("completed", "2026-05-01", 0)], "completed", "2026-05-01"),
        (
            [
                ("started", "2026-01-01", 1),
                ("completed", "2026-05-01", 1),
                ("started", "2026-02-01", 2),
            ],
            "completed",
            None,
        ),
        (
            [
                ("started", "2026-01-01", 1),
                ("completed", "2026-05-01", 1),
                ("started", "2026-02-01", 2),
                ("completed", "2026-04-01", 2),
            ],
            "completed",
            "2026-05-01",
        ),
        (
            [
                ("started", "2026-01-01", 1),
                ("completed", "2026-05-01", 1),
                ("signed", "2026-02-01", 2),
            ],
            "completed",
            "2026-05-01",
        ),
        (
            [("production", "2026-05-01", 1), ("production", "2026-07-01", 2)],
            "production",
            "2026-05-01",
        ),
    ],
)
def test_of_phases(entries, stage, day):
    found = made([entry(*each) for each in entries])
    assert found.dates.get(stage) == (date.fromisoformat(day) if day else None)


FIRST_DONE = [
    ("land", "2025-01-01", 0),
    ("started", "2025-01-20", 1),
    ("completed", "2025-12-01", 1),
    ("certificate", "2025-12-10", 1),
]
SECOND = [("started", "2026-06-01", 2), ("completed", "2026-09-01", 2)]


@pytest.mark.parametrize(
    ("entries", "phased"),
    [
        ([("started", "2025-01-01", 0), ("completed", "2025-12-01", 0)], False),
        ([("started", "2025-01-20", 1), ("started", "2025-01-25", 2)], False),
        (FIRST_DONE, True),
        ([*FIRST_DONE, *SECOND], True),
    ],
)
def test_whose_ends_came_phase_by_phase(entries, phased):
    """Of those alone today's dates do not say what they once were."""
    found = made([entry(*each) for each in entries])
    assert found.phased is phased
    assert of_row(row_of(found)) == found


@pytest.mark.parametrize(
    ("entries", "pledges"),
    [
        (
            [("land", "2025-01-01", 0), ("started", "2025-01-20", 0)],
            [("land_start", 0, "2025-01-01", "2025-01-20")],
        ),
        (
            FIRST_DONE,
            [
                ("land_start", 0, "2025-01-01", "2025-01-20"),
                ("completed_certificate", 1, "2025-12-01", "2025-12-10"),
                ("completed_production", 1, "2025-12-01", None),
            ],
        ),
        (
            [*FIRST_DONE, *SECOND, ("production", "2026-09-09", 2)],
            [
                ("land_start", 0, "2025-01-01", "2025-01-20"),
                ("completed_certificate", 1, "2025-12-01", "2025-12-10"),
                ("completed_certificate", 2, "2026-09-01", None),
                ("completed_production", 1, "2025-12-01", None),
                ("completed_production", 2, "2026-09-01", "2026-09-09"),
            ],
        ),
        (
            [("completed", "2025-12-01", 1), ("certificate", "2026-01-09", 0)],
            [
                ("completed_certificate", 1, "2025-12-01", "2026-01-09"),
                ("completed_production", 1, "2025-12-01", None),
            ],
        ),
        (
            [
                ("completed", "2026-02-01", 0),
                ("production", "2026-02-09", 2),
                ("production", "2026-02-08", 1),
            ],
            [
                ("completed_certificate", 0, "2026-02-01", None),
                ("completed_production", 0, "2026-02-01", "2026-02-08"),
            ],
        ),
    ],
)
def test_each_phase_has_its_pledges(entries, pledges):
    """What the first phase pledged stays when another begins."""
    found = made([entry(*each) for each in entries])
    assert [
        (each.pledge, each.phase, str(each.since), str(each.came) if each.came else None)
        for each in found.pledged
    ] == pledges


def test_a_recognised_start_stands_beside_the_reported_one():
    found = made(
        [entry("started", "2026-03-01"), entry("started", "2026-04-01", kind="recognised")]
    )
    assert found.dates == {"started": date(2026, 3, 1), "recognised": date(2026, 4, 1)}


def test_what_is_planned_is_apart_from_what_came():
    found = made([entry("filed", "2026-03-01", kind="planned"), entry("signed", "2026-02-01")])
    assert found.dates == {"signed": date(2026, 2, 1)}
    assert found.planned == {"filed": date(2026, 3, 1)}


def test_turns_make_the_course():
    stopped = entry("suspended", "2026-03-01", turn=1)
    assert made([stopped]).course == "suspended"
    assert made([stopped]).suspended_since == date(2026, 3, 1)
    again = [
        stopped,
        entry("resumed", "2026-05-01", turn=1),
        entry("suspended", "2026-06-01", turn=2),
    ]
    assert [each.until for each in made(again).suspensions] == [date(2026, 5, 1), None]
    left = made([*again, entry("exited", "2026-07-01", turn=1)])
    assert (left.course, left.exited_on, left.suspended_since) == ("exited", date(2026, 7, 1), None)


def test_money_by_year():
    plans = [{"year": 2026, "investment": Decimal128("80.00"), "first": Decimal128("100.00")}]
    figures = [
        figure("2025-12", actual_investment="5.00"),
        figure("2026-02", actual_investment="7.50", paid_in="3.00"),
    ]
    found = made(plans=plans, figures=figures)
    assert (found.invested, found.paid_in) == (Decimal("12.50"), Decimal("3.00"))
    year = found.years["2026"]
    assert (year.first, year.plan) == (Decimal(100), Decimal(80))
    assert year.actual[:3] == (None, Decimal("7.50"), None)
    assert found.years["2025"].plan is None


@pytest.mark.parametrize(
    ("stated", "invested", "paid_in"),
    [
        ([], None, None),
        ([{"sales": "1.00"}], None, None),
        ([{"paid_in": "0.00"}], None, Decimal("0.00")),
        ([{"actual_investment": "0.00"}, {"paid_in": "2.00"}], Decimal("0.00"), Decimal("2.00")),
    ],
)
def test_money_that_nobody_stated_is_not_known(stated, invested, paid_in):
    figures = [figure(f"2026-0{n}", **each) for n, each in enumerate(stated, start=1)]
    found = made(figures=figures)
    assert (found.invested, found.paid_in) == (invested, paid_in)
    assert of_row(row_of(found)) == found


@pytest.mark.parametrize(
    ("stages", "invested", "months"),
    [
        ([], {}, 0),
        ([entry("started", "2026-06-20")], {}, 4),
        ([entry("started", "2026-06-20")], {"2026-08": "1"}, 2),
        ([entry("started", "2026-06-20")], {"2026-08": "0"}, 4),
        ([entry("started", "2026-06-20")], {"2026-11": "9"}, 4),
        ([entry("started", "2026-06-20"), entry("completed", "2026-09-01")], {}, 0),
    ],
)
def test_months_without_investment(stages, invested, months):
    figures = [figure(month, actual_investment=each) for month, each in invested.items()]
    assert made(stages, figures=figures).zero_months == months


def monthly(first: str, count: int, sales: int, tax: int) -> list[Sold]:
    year, month = int(first[:4]), int(first[5:]) - 1
    return [
        Sold(f"{year + (month + n) // 12}-{(month + n) % 12 + 1:02}", Decimal(sales), Decimal(tax))
        for n in range(count)
    ]


PROMISED = (Decimal(1200), Decimal(120))


@pytest.mark.parametrize(
    ("sold", "promised", "day"),
    [
        (monthly("2025-02", 12, 80, 8), PROMISED, "2026-01-31"),
        (monthly("2025-02", 11, 80, 8), PROMISED, None),
        (monthly("2025-01", 24, 80, 7), PROMISED, None),
        (monthly("2026-02", 12, 80, 8), PROMISED, "2027-01-31"),
        (monthly("2026-03", 12, 80, 8), PROMISED, None),
        (monthly("2025-02", 12, 80, 8), (None, Decimal(120)), None),
        (monthly("2025-02", 12, 0, 8), (Decimal(0), Decimal(120)), "2026-01-31"),
    ],
)
def test_on_target(sold, promised, day):
    """80 % of both promises, summed over twelve months, in months 12 to 24 after that of production."""
    found = when_on_target(date(2025, 1, 15), sold, promised, TERMS)
    assert found == (date.fromisoformat(day) if day else None)


def test_a_month_that_is_not_over_puts_nothing_on_target():
    figures = [figure(each.month, sales=80, tax=8) for each in monthly("2025-12", 12, 80, 8)]
    promised = {"promised_sales": Decimal128("1200"), "promised_tax": Decimal128("120")}
    stages = [entry("production", "2025-11-02")]
    assert made(stages, figures=figures, **promised).on_target_on is None
    later = local_time("2026-11-30 08:00")
    found = made(stages, figures=figures, now=later, **promised)
    assert found.on_target_on == date(2026, 11, 30)
    assert (found.sales12, found.tax12, found.last_month) == (960, 96, "2026-11")


@pytest.mark.parametrize(
    "text",
    ["0", "0.00", "-0.01", "12.50", "999999999999.99", "1E+3", "-7", "3.123", "9" * 30, "NaN"],
)
def test_decimals_are_read_as_the_driver_reads_them(text):
    stored = Decimal128(text)
    assert str(decimals.read(stored)) == str(stored.to_decimal())


def test_as_it_was_on_a_day():
    stages = [
        entry("signed", "2026-01-05"),
        entry("filed", "2026-03-01"),
        entry("suspended", "2026-02-01", turn=1),
        entry("resumed", "2026-04-01", turn=1),
        entry("exited", "2026-05-01", turn=1),
    ]
    figures = [figure(f"2026-0{n}", actual_investment=n) for n in range(1, 5)]
    then = until(made(stages, figures=figures), date(2026, 2, 28))
    assert then.dates == {"signed": date(2026, 1, 5)}
    assert (then.course, then.suspended_since) == ("suspended", date(2026, 2, 1))
    assert (then.exited_on, then.years["2026"].actual[:3]) == (None, (1, 2, None))
