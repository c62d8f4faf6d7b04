"""The graph of approvals: what can start, the longest path, the forecast, who holds it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.projects.approvals.graph import (
    Holder,
    Node,
    can_start,
    clock_end,
    forecast,
    holder,
)
from app.projects.graphs import Cyclic
from tests.sla.days import CALENDAR

TODAY = date(2026, 11, 24)  # a Tuesday


def node(code: str, *after: str, days: int = 5, kind: str = "working", **said) -> Node:
    return Node(code=code, after=after, days=days, kind=kind, calendar=CALENDAR, **said)


def graph(*nodes: Node) -> dict[str, Node]:
    return {each.code: each for each in nodes}


# Over the National Day holiday of 2026 (1 to 7 October; the 10th, a Saturday, is worked).
CLOCKS = [
    (5, "working", "2026-11-24", "2026-12-01"),
    (1, "working", "2026-11-27", "2026-11-30"),
    (7, "working", "2026-09-28", "2026-10-13"),
    (7, "calendar", "2026-11-24", "2026-12-01"),
    (4, "calendar", "2026-11-24", "2026-11-30"),  # ends on a Saturday
    (5, "calendar", "2026-09-28", "2026-10-08"),  # ends in the holiday
]


@pytest.mark.parametrize(("days", "kind", "start", "end"), CLOCKS)
def test_the_statutory_clock(days, kind, start, end):
    found = clock_end(days, kind, date.fromisoformat(start), CALENDAR)
    assert found == date.fromisoformat(end)


SETTLED = {"state": "granted", "submitted_on": date(2026, 11, 2), "granted_on": date(2026, 11, 9)}
START = [
    ("what waits for nothing", graph(node("A"), node("B", "A")), ("A",)),
    ("granted before", graph(node("A", **SETTLED), node("B", "A"), node("C")), ("B", "C")),
    ("not needed", graph(node("A", state="not_needed"), node("B", "A")), ("B",)),
    ("submitted is not granted", graph(node("A", state="submitted"), node("B", "A")), ()),
    ("one of two", graph(node("A", **SETTLED), node("B"), node("C", "A", "B")), ("B",)),
    ("refused holds up", graph(node("A", state="refused"), node("B", "A")), ()),
    ("not opened holds up nothing", graph(node("B", "A")), ("B",)),
    ("a stage to come", graph(node("A", since=True, opens_on=TODAY)), ()),
    ("a stage that came", graph(node("A", since=True, opened=True, opens_on=TODAY)), ("A",)),
]


@pytest.mark.parametrize(
    ("nodes", "expected"), [case[1:] for case in START], ids=[c[0] for c in START]
)
def test_what_can_start_now(nodes, expected):
    assert can_start(nodes) == expected


def test_a_ring_is_refused():
    with pytest.raises(Cyclic):
        can_start(graph(node("A", "B"), node("B", "A")))
    with pytest.raises(Cyclic):
        forecast(graph(node("A", "A")), TODAY)


HOLDERS = [
    (node("X"), Holder("enterprise")),
    (node("X", state="submitted"), Holder("department")),
    (node("X", state="submitted", missing=True), Holder("enterprise")),
    (node("X", state="returned"), Holder("enterprise")),
    (node("X", state="refused"), Holder("enterprise")),
    (node("X", "A"), Holder("items", ("A",))),
    (node("X", since=True), Holder("stage")),
    (node("X", **SETTLED), None),
]


@pytest.mark.parametrize(("wanted", "expected"), HOLDERS)
def test_who_holds_it(wanted, expected):
    assert holder(wanted, graph(node("A"), wanted)) == expected


class TestForecast:
    """Clocks of five working days from Tuesday, 24 November: 1 December, 8 December, …"""

    def test_side_by_side_the_longer_way_counts(self):
        nodes = graph(
            node("A"),
            node("B", "A"),
            node("C", "A", days=1),
            node("D", "B", "C", leads_to="started"),
        )
        found = forecast(nodes, TODAY)
        assert found.completes_on == date(2026, 12, 15)
        assert [step.code for step in found.path] == ["A", "B", "D"]
        assert found.path[1].starts_on == date(2026, 12, 1)
        assert found.stages["started"] == date(2026, 12, 15)

    def test_what_is_submitted_ends_with_its_clock_and_what_is_late_on_the_next_working_day(self):
        running = node("A", state="submitted", submitted_on=date(2026, 11, 20))
        assert forecast(graph(running), TODAY).completes_on == date(2026, 11, 27)
        late = replace(running, submitted_on=date(2026, 10, 9))
        assert forecast(graph(late), TODAY).completes_on == TODAY
        assert forecast(graph(late), date(2026, 11, 28)).completes_on == date(2026, 11, 30)

    def test_missing_documents_begin_the_clock_anew(self):
        lacking = node("A", state="submitted", submitted_on=date(2026, 11, 20), missing=True)
        assert forecast(graph(lacking), TODAY).completes_on == date(2026, 12, 1)

    def test_a_stage_without_a_day_or_a_refusal_leaves_the_end_unknown(self):
        for blocking in (node("B", since=True), node("B", state="refused")):
            found = forecast(graph(node("A"), blocking, node("C", "B")), TODAY)
            assert found.completes_on is None
            assert found.unknown == ("B", "C")
            assert found.known_until == date(2026, 12, 1)

    def test_a_planned_stage_is_waited_for(self):
        waiting = node("A", since=True, opens_on=date(2026, 12, 31))
        assert forecast(graph(waiting), TODAY).completes_on == date(2027, 1, 8)

    def test_all_granted_is_when_the_last_was(self):
        found = forecast(graph(node("A", **SETTLED), node("B", "A", state="not_needed")), TODAY)
        assert (found.completes_on, found.path) == (date(2026, 11, 9), ())
        assert forecast({}, TODAY).completes_on is None


CODES = "ABCDEF"


@st.composite
def graphs(draw) -> dict[str, Node]:
    """Each waits for some of those before it, submitted or not."""
    nodes = {}
    for place, code in enumerate(CODES):
        after = draw(st.lists(st.sampled_from(CODES[:place]), unique=True)) if place else []
        state = draw(st.sampled_from(["not_started", "submitted", "returned", "not_needed"]))
        submitted = TODAY - timedelta(days=draw(st.integers(0, 40)))
        nodes[code] = node(
            code,
            *after,
            days=draw(st.integers(1, 30)),
            kind=draw(st.sampled_from(["working", "calendar"])),
            state=state,
            submitted_on=submitted if state == "submitted" else None,
        )
    return nodes


@given(nodes=graphs(), later=st.sampled_from(CODES), more=st.integers(1, 60))
@settings(max_examples=30, deadline=None)
def test_nothing_comes_earlier_when_what_it_waits_for_takes_longer(nodes, later, more):
    before = forecast(nodes, TODAY)
    slower = {**nodes, later: replace(nodes[later], days=nodes[later].days + more)}
    after = forecast(slower, TODAY)
    assert all(after.ends[code] >= end for code, end in before.ends.items())
    if before.completes_on is not None:
        assert after.completes_on >= before.completes_on


@given(nodes=graphs())
@settings(max_examples=30, deadline=None)
def test_nothing_starts_before_what_it_waits_for_ends_and_the_path_is_a_chain(nodes):
    found = forecast(nodes, TODAY)
    for each in nodes.values():
        if each.state == "not_started":
            left = [found.ends[code] for code in each.after if nodes[code].state != "not_needed"]
            assert all(found.ends[each.code] > end for end in left)
    for one, following in zip(found.path, found.path[1:], strict=False):
        assert one.code in nodes[following.code].after
        assert one.ends_on == following.starts_on
    if found.path:
        assert found.path[-1].ends_on == found.completes_on
    assert all(nodes[code].state == "not_started" for code in can_start(nodes))
