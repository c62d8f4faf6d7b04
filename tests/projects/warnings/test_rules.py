"""Each rule at its thresholds: the day before and on the day, and with a delay that government caused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.foundation.district import use
from app.projects.warnings.clocks import Span
from app.projects.warnings.facts import NO_FACTS, RED, YELLOW, Facts, Node
from app.projects.warnings.rules import judge
from config import settings as config
from tests.projects.rates.made import standing, year

TERMS = use(config.load().district_dir).warnings
DAY = timedelta(days=1)
OLD = {"signed": "2020-01-05"}
STARTED = {"signed": "2025-01-05", "started": "2026-01-10"}
SPENDING = {"2026": year(1200, *[100] * 11)}


def on(text: str) -> date:
    return date.fromisoformat(text)


def of(**fields: Any):
    return standing(**fields)


def level(kind: str, of_, day: date, facts: Facts = NO_FACTS) -> str | None:
    found = judge(of_, facts, TERMS, day).get(kind)
    return found.level if found else None


CODE_AND_DAYS = [
    # kind, level, since, what is known of the project, other facts, a day after the clock began
    (
        "SLOW",
        YELLOW,
        "2026-04-01",
        of(dates={"signed": "2025-09-01"}, planned={"started": on("2026-03-15")}),
        NO_FACTS,
        "2025-10-01",
    ),
    (
        "SLOW",
        RED,
        "2026-07-01",
        of(dates={"signed": "2026-01-01"}, planned={"started": on("2026-03-15")}),
        NO_FACTS,
        "2026-02-01",
    ),
    (
        "SLOW",
        YELLOW,
        "2026-04-01",
        of(),
        Facts(milestones=(Node("取得施工许可证", on("2026-01-01"), on("2026-03-31")),)),
        "2026-02-01",
    ),
    (
        "SLOW",
        RED,
        "2026-07-01",
        of(),
        Facts(milestones=(Node("取得施工许可证", on("2026-01-01"), on("2026-03-02")),)),
        "2026-02-01",
    ),
    ("NO_START", YELLOW, "2026-01-31", of(dates={"signed": "2025-01-31"}), NO_FACTS, "2025-06-01"),
    ("NO_START", RED, "2026-02-28", of(dates={"filed": "2024-02-29"}), NO_FACTS, "2025-06-01"),
    ("NO_START", RED, "2026-05-20", of(), Facts(land_start=on("2025-05-20")), "2025-06-01"),
    (
        "INVEST_LAG",
        YELLOW,
        "2026-07-10",
        of(
            dates=STARTED,
            investment=Decimal(1000),
            paid_in=Decimal("149.99"),
            years={"2026": year(1200, *[100] * 12)},
        ),
        NO_FACTS,
        "2026-02-01",
    ),
    (
        "INVEST_LAG",
        RED,
        "2026-06-01",
        of(
            dates=STARTED,
            course="suspended",
            suspended_since=on("2025-06-01"),
            investment=Decimal(1000),
            paid_in=Decimal(900),
            invested=Decimal("249.99"),
        ),
        NO_FACTS,
        "2025-07-01",
    ),
    (
        "INVEST_LAG",
        RED,
        "2026-06-01",
        of(
            dates=STARTED,
            course="suspended",
            suspended_since=on("2025-06-01"),
            investment=Decimal(1000),
            paid_in=Decimal(900),
            invested=Decimal(900),
        ),
        Facts(developed=Decimal("0.333")),
        "2025-07-01",
    ),
    (
        "PROD_IMBALANCE",
        YELLOW,
        "2026-08-28",
        of(dates={"completed": "2026-02-28"}),
        NO_FACTS,
        "2026-03-01",
    ),
    (
        "PROD_IMBALANCE",
        RED,
        "2026-02-28",
        of(
            dates={"production": "2025-02-28"},
            promised_sales=Decimal(1000),
            sales12=Decimal("499.99"),
        ),
        NO_FACTS,
        "2025-06-01",
    ),
    (
        "BREACH",
        RED,
        "2026-03-15",
        of(
            dates={"production": "2024-03-15"},
            promised_sales=Decimal(1000),
            sales12=Decimal(499),
        ),
        NO_FACTS,
        "2025-06-01",
    ),
    (
        "BREACH",
        RED,
        "2026-03-15",
        of(dates={"production": "2024-03-15"}, promised_tax=Decimal(100), tax12=Decimal(49)),
        NO_FACTS,
        "2025-06-01",
    ),
]


@pytest.mark.parametrize(("kind", "wanted", "day", "project", "facts", "delayed"), CODE_AND_DAYS)
def test_a_clock_is_over_on_its_day(kind, wanted, day, project, facts, delayed):
    due = on(day)
    assert level(kind, project, due - DAY, facts) != wanted
    assert level(kind, project, due, facts) == wanted
    assert judge(project, facts, TERMS, due)[kind].since == due


@pytest.mark.parametrize(("kind", "wanted", "day", "project", "facts", "delayed"), CODE_AND_DAYS)
def test_delay_by_government_is_taken_off_it(kind, wanted, day, project, facts, delayed):
    due, began = on(day), on(delayed)
    facts = replace(facts, off=(Span(began, began + 10 * DAY),))
    assert level(kind, project, due + 9 * DAY, facts) != wanted
    found = judge(project, facts, TERMS, due + 10 * DAY)[kind]
    assert found.level == wanted
    [evidence] = [each for each in found.evidence if each.level == wanted]
    assert (evidence.reason.params["off"], evidence.since) == (10, due + 10 * DAY)


ENOUGH = [
    ("NO_START", of(dates=OLD | {"started": "2026-01-01"})),
    ("NO_START", of(dates=OLD | {"recognised": "2026-01-01"})),
    ("SLOW", of(dates={"started": "2026-05-01"}, planned={"started": on("2026-03-01")})),
    ("SLOW", of(dates={"started": "2026-01-01"}, planned={"filed": on("2025-03-01")})),
    (
        "INVEST_LAG",
        of(dates=STARTED, investment=Decimal(1000), paid_in=Decimal(150), years=SPENDING),
    ),
    ("INVEST_LAG", of(dates=STARTED | {"completed": "2026-03-01"})),
    (
        "INVEST_LAG",
        of(
            dates=STARTED,
            course="suspended",
            suspended_since=on("2025-01-01"),
            investment=Decimal(1000),
            paid_in=Decimal(1000),
            invested=Decimal(250),
            years=SPENDING,
        ),
    ),
    ("INVEST_LAG", of(dates=STARTED, investment=Decimal(1000), years=SPENDING)),
    (
        "INVEST_LAG",
        of(
            dates=STARTED,
            course="suspended",
            suspended_since=on("2025-01-01"),
            investment=Decimal(1000),
            paid_in=Decimal(1000),
            years=SPENDING,
        ),
    ),
    ("PROD_IMBALANCE", of(dates={"completed": "2025-01-01", "production": "2026-01-01"})),
    (
        "PROD_IMBALANCE",
        of(dates={"production": "2024-01-01"}, promised_sales=Decimal(1), sales12=Decimal("0.5")),
    ),
    ("PROD_IMBALANCE", of(dates={"production": "2024-01-01"}, promised_sales=Decimal(1))),
    ("BREACH", of(dates={"production": "2020-01-01"}, promised_tax=Decimal(2), tax12=Decimal(1))),
    ("NO_START", of(dates=OLD, course="exited", exited_on="2026-01-01")),
]


@pytest.mark.parametrize(("kind", "project"), ENOUGH)
def test_what_is_enough_or_not_known_warns_of_nothing(kind, project):
    assert level(kind, project, on("2026-11-24")) is None


@pytest.mark.parametrize(
    ("spent", "wanted"),
    # After ten months 83.3 % of the plan is due.
    [(734, None), (733, YELLOW), (533, "yellow"), (532, RED)],
)
def test_investment_behind_time_by_points(spent, wanted):
    project = of(dates=STARTED, years={"2026": year(1000, *[0] * 9, spent)}, paid_in=Decimal(1))
    assert level("SLOW", project, on("2026-11-10")) == wanted


def test_figures_of_a_month_are_judged_from_their_day_of_the_next():
    project = of(dates=STARTED, years={"2026": year(1000, *[75] * 9)})
    assert level("SLOW", project, on("2026-11-09")) is None
    assert level("SLOW", project, on("2026-11-10")) == YELLOW


def test_time_of_the_year_stands_still_in_a_delay_by_government():
    project = of(dates=STARTED, years={"2026": year(1000, *[60] * 10)})
    assert level("SLOW", project, on("2026-11-10")) == YELLOW
    delayed = Facts(off=(Span(on("2026-03-01"), on("2026-06-01")),))
    assert level("SLOW", project, on("2026-11-10"), delayed) is None


def test_three_months_on_end_without_investment():
    idle = of(dates=STARTED, years={"2026": year(1200, *[100] * 7, 0, None, None)})
    assert level("INVEST_LAG", idle, on("2026-11-09")) is None
    assert level("INVEST_LAG", idle, on("2026-11-10")) == YELLOW
    delayed = Facts(off=(Span(on("2026-09-30"), on("2026-10-01")),))
    assert level("INVEST_LAG", idle, on("2026-11-10"), delayed) is None


def test_a_delay_before_the_work_towards_a_node_began_excuses_nothing():
    project = of(dates={"filed": "2026-01-01"}, planned={"started": on("2026-03-15")})
    facts = Facts(off=(Span(on("2025-01-01"), on("2025-12-01")),))
    assert level("SLOW", project, on("2026-04-01"), facts) == YELLOW


def test_a_delay_that_goes_on_holds_a_clock():
    project, since = of(dates={"signed": "2025-01-31"}), on("2026-01-01")
    facts = Facts(off=(Span(since, on("2026-11-25")),))
    assert level("NO_START", project, on("2026-11-24"), facts) is None


def test_falsified_data_and_warnings_that_nobody_answers_are_a_breach():
    assert level("BREACH", of(), on("2026-11-24"), Facts(falsified=(on("2026-11-01"),))) == RED
    late = on("2026-11-01")
    assert level("BREACH", of(), on("2026-11-24"), Facts(unanswered=(late,))) is None
    assert level("BREACH", of(), on("2026-11-24"), Facts(unanswered=(late, late))) == RED
