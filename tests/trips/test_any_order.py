"""A phone sends what it can, when it can: photo, visit and issue end up the same in any order."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from app.foundation import clock, history
from app.issues.documents import Issue, Ticket
from app.photos.documents import Photo
from app.visits.documents import Visit
from tests.support.duties import run_due
from tests.support.factories import PHOTOS, Given, client_id
from tests.support.phone import Phone, issue_body

PARTS = ("photo", "visit", "issue")
ORDERS = list(itertools.permutations(PARTS))
DATA = PHOTOS[0].read_bytes()


class Outbox:
    """What a phone has to send; the parts know each other by client_id only."""

    def __init__(self, given: Given, **issue: Any) -> None:
        self.phone: Phone = given.commissioner()
        elsewhere = {"type": "Point", "coordinates": [120.30, 32.60]}
        self.project = given.project(given.enterprise(unit="321204101", site=elsewhere))
        self.names = {part: client_id() for part in PARTS}
        self.fields = issue
        self.parts: dict[str, Callable[[], Any]] = {
            "photo": self.photo,
            "visit": self.visit,
            "issue": self.issue,
        }

    def photo(self) -> Any:
        place = {"latitude": 32.51, "longitude": 120.15, "accuracy_m": 8}
        return self.phone.take_photo(DATA, client_id=self.names["photo"], **place).json

    def visit(self) -> Any:
        said = {
            "client_id": self.names["visit"],
            "project_id": str(self.project.id),
            "started_at": "2026-11-24T09:00:00+08:00",
            "ended_at": "2026-11-24T10:00:00+08:00",
            "photo_client_ids": [self.names["photo"]],
        }
        return self.phone.do("/visits", said)

    def issue(self) -> Any:
        said = {
            "client_id": self.names["issue"],
            "kind": "problem",
            "category": "PARK",
            "visit_client_id": self.names["visit"],
            "photo_client_ids": [self.names["photo"]],
        }
        return self.phone.do("/issues", issue_body(**{**said, **self.fields}))

    def outcome(self) -> dict[str, Any]:
        """All that must not depend on the order; ids of things are exchanged for their client_ids."""
        photo = Photo.objects(client_id=self.names["photo"]).first()
        visit = Visit.objects(client_id=self.names["visit"]).first()
        issue = Issue.objects(client_id=self.names["issue"]).first()
        names = {photo.id: "photo", visit.id: "visit", issue.id: "issue"}
        return {
            "visit": (visit.awaited, [names[key] for key in visit.photos], visit.state),
            "issue": (issue.awaited, issue.awaited_visit, [names[key] for key in issue.photos]),
            "of": (names.get(issue.visit), issue.source),
            "place": (issue.enterprise, issue.project, issue.unit),
            "routed": (issue.state, issue.category, issue.route["department_name"]),
            "tickets": [(each.unit, each.state) for each in Ticket.objects(issue=issue.id)],
            "links": sorted((link.thing, names[link.thing_id]) for link in photo.links),
            "site": photo.site,
            "arrived": photo.arrived_at,
        }


def expected(outbox: Outbox) -> dict[str, Any]:
    project = outbox.project
    return {
        "visit": ([], ["photo"], "ended"),
        "issue": ([], None, ["photo"]),
        "of": ("visit", "visit"),
        "place": (project.enterprise, project.id, project.unit),
        "links": [("issue", "issue"), ("visit", "visit")],
        "tickets": [(project.unit, "dispatched")],
    }


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_any_order_ends_the_same(order, given):
    outbox = Outbox(given)
    for part in order:
        outbox.parts[part]()
        run_due()
    found = outbox.outcome()
    assert expected(outbox).items() <= found.items()
    # PARK is the unit's own affair: only where the visit was says who that is.
    assert found["routed"][0] == "dispatched"
    assert found["site"]["point"]["coordinates"] == [120.15, 32.51]
    assert found["arrived"] is not None
    seen = outbox.phone.see(f"/issues/{outbox.issue()['id']}")
    assert seen["missing"] == {"count": 0, "client_ids": [], "visit_client_id": None}


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_nor_does_it_matter_when_the_workers_come(order, given):
    outbox = Outbox(given)
    for part in order:
        outbox.parts[part]()
    run_due()
    assert expected(outbox).items() <= outbox.outcome().items()


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_nor_that_each_is_sent_twice(order, given):
    outbox = Outbox(given)
    for part in [*order, *order]:
        outbox.parts[part]()
        run_due()
    assert expected(outbox).items() <= outbox.outcome().items()
    for thing in ("visit", "issue"):
        rows = history.rows().find({"thing": thing, "action": "join"})
        assert len(list(rows)) <= 2


def test_all_at_once_ends_the_same(given):
    for _ in range(5):
        outbox = Outbox(given)
        with ThreadPoolExecutor(3) as together:
            sent = [together.submit(send) for send in outbox.parts.values()]
        for each in sent:
            each.result()
        run_due()
        assert expected(outbox).items() <= outbox.outcome().items()


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_an_issue_that_names_its_place_waits_for_nothing(order, given):
    outbox = Outbox(given, category="PERMIT")
    outbox.fields["enterprise_id"] = str(outbox.project.enterprise)
    for part in order:
        outbox.parts[part]()
        if part == "issue":
            run_due()
            assert Issue.objects.first().state == "dispatched"
    run_due()
    found = outbox.outcome()
    assert found["place"] == (outbox.project.enterprise, None, outbox.project.unit)
    assert found["of"] == ("visit", "visit")
    # The issue is its enterprise's, but the photographer was where the visit was.
    assert found["site"]["point"]["coordinates"] == [120.15, 32.51]


def test_what_is_urgent_waits_for_nothing_either(given):
    outbox = Outbox(given, category="PERMIT", urgent=True)
    outbox.issue()
    run_due()
    assert Issue.objects.first().state == "dispatched"
    outbox.visit()
    run_due()
    issue, ticket = Issue.objects.first(), Ticket.objects.first()
    assert issue.project == outbox.project.id
    assert ticket.unit == outbox.project.unit


def test_what_waits_for_a_visit_waits_ten_minutes(given, monkeypatch):
    outbox = Outbox(given, category="PERMIT")
    outbox.issue()
    run_due()
    assert Issue.objects.first().state == "submitted"
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=10, seconds=1))
    run_due()
    assert Issue.objects.first().state == "dispatched"


def test_nobody_joins_what_is_anothers(given):
    outbox = Outbox(given)
    outbox.issue()
    outbox.visit()
    stranger = given.commissioner()
    stranger.take_photo(DATA, client_id=outbox.names["photo"])
    stranger.do(
        "/visits",
        {
            "client_id": outbox.names["visit"],
            "project_id": str(given.project().id),
            "started_at": "2026-11-24T09:00:00+08:00",
        },
    )
    run_due()
    issue = Issue.objects.first()
    assert (issue.photos, issue.awaited) == ([], [outbox.names["photo"]])
    assert Visit.get(issue.visit).owner == outbox.phone.person.id
