"""What holds of all warnings: delay by government excuses, each day once; units beside the district."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.projects.rates.rollups import Share, Stepped
from app.projects.warnings.clocks import Span, clock, days_in, merged
from app.projects.warnings.facts import KINDS, LEVELS, YELLOW, Facts, Node
from app.projects.warnings.units import below
from tests.projects.rates.made import standings
from tests.projects.warnings.test_rules import DAY, TERMS, level, on

SPANS = st.builds(
    lambda since, days: Span(since, since + days * DAY),
    st.dates(date(2022, 1, 1), date(2026, 12, 1)),
    st.integers(0, 400),
)


@settings(max_examples=30)
@given(spans=st.lists(SPANS, max_size=5), start=st.dates(date(2022, 1, 1), date(2026, 1, 1)))
def test_each_day_off_moves_a_clock_once(spans, start):
    off, today = merged(spans), date(2030, 1, 1)
    found = clock(start, start + 300 * DAY, off, today)
    assert found.off == days_in(off, start, found.due)
    held = {each.since + n * DAY for each in spans for n in range((each.until - each.since).days)}
    assert found.off == len([day for day in held if start <= day < found.due])


@settings(max_examples=30)
@given(
    project=standings(),
    planned=st.dictionaries(
        st.sampled_from(("filed", "started", "production")),
        st.dates(date(2023, 1, 1), date(2027, 1, 1)),
    ),
    suspended=st.none() | st.dates(date(2023, 1, 1), date(2026, 1, 1)),
    off=st.lists(SPANS, max_size=3),
    more=SPANS,
    today=st.dates(date(2024, 1, 1), date(2026, 12, 31)),
)
def test_a_delay_by_government_never_adds_or_worsens_a_warning(
    project, planned, suspended, off, more, today
):
    course = "suspended" if suspended else "going"
    project = replace(
        project, planned=planned, course=course, suspended_since=suspended, exited_on=None
    )
    nodes = (Node("节点", date(2024, 1, 1), date(2025, 1, 1)),)
    facts = Facts(off=merged(off), milestones=nodes, land_start=date(2024, 1, 1))
    delayed = replace(facts, off=merged([*off, more]))
    for kind in KINDS:
        before = level(kind, project, today, facts)
        after = level(kind, project, today, delayed)
        assert _worse(after) <= _worse(before), kind


def _worse(found: str | None) -> int:
    return -1 if found is None else LEVELS.index(found)


@pytest.mark.parametrize(
    ("unit", "n", "warned"),
    [("60.0", 5, True), ("60.1", 5, False), ("60.0", 4, False), (None, 0, False)],
)
def test_a_unit_far_below_the_district(unit, n, warned):
    def stepped(percent: str | None, count: int) -> Stepped:
        share = Share(0, count, None if percent is None else Decimal(percent))
        return Stepped(share, share, small=False)

    of_unit, of_all = {"production": stepped(unit, n)}, {"production": stepped("80.0", 50)}
    found = list(below(of_unit, of_all, TERMS.production, on("2026-11-24")))
    assert [each.level for each in found] == ([YELLOW] if warned else [])
