"""Every list, whoever asks and for whatever: what it shows is right, and an index gives it in its order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId

from app.foundation import clock
from app.issues.access import ties_of_issue_row, ties_of_row
from app.issues.looking import boxes, listing, lists
from app.issues.looking.listing import Listed
from app.issues.looking.lists import IssueFilters, TicketFilters
from app.issues.looking.walking import position
from app.issues.moves import machine_of
from app.people.access import allowed
from app.people.who import Held, Who
from tests.issues.rows_by_hand import Row, Stock, stock
from tests.support.watched import watching

TICKETS, ISSUES = 2500, 2000
SIZE = 30
TELLING = {"q", "unit", "enterprise_id", "project_id"}


@pytest.fixture(scope="module")
def here(app) -> Stock:
    from app.foundation import db

    for name in ("tickets", "issues"):
        db.database()[name].delete_many({})
    return stock(TICKETS, ISSUES)


def people(here: Stock) -> dict[str, Who]:
    """Whoever may look at lists, with one role, several, many places, and standing in for others."""
    me, first = here.people[0], here.departments[0]

    def who(*held: Held, **more: Any) -> Who:
        return Who(me, "某人", held, **more)

    return {
        "clerk": who(Held("clerk", first)),
        "head": who(Held("head", first)),
        "both": who(Held("clerk", first), Held("head", first)),
        "of two": who(Held("clerk", first), Held("head", here.departments[1])),
        "of many": who(*(Held("head", each) for each in here.departments)),
        "deputy": who(Held("clerk", first), standing_for=(here.people[1],)),
        "unit": who(Held("unit_admin", unit="321204001"), Held("unit_admin", unit="321204002")),
        "mixed": who(Held("clerk", first), Held("unit_admin", unit="321204001")),
        "dispatcher": who(Held("dispatcher")),
        "commissioner": who(Held("commissioner")),
        "contact": who(*(Held("contact", enterprise=each) for each in here.enterprises[:2])),
        "service": who(Held("service")),
        "nobody": who(Held("clerk")),
    }


PEOPLE = (
    "clerk",
    "head",
    "both",
    "of two",
    "of many",
    "deputy",
    "unit",
    "mixed",
    "dispatcher",
    "commissioner",
    "contact",
    "service",
    "nobody",
)


def ticket_filters(here: Stock, now: datetime) -> Iterator[dict[str, Any]]:
    day = timedelta(days=1)
    yield {}
    for state in ("dispatched", "answered", "closed", "nonsense"):
        yield {"state": state}
    yield {"category": "WATER"}
    yield {"unit": "321204001"}
    yield {"role": "assist"}
    yield {"urgent": True}
    yield {"urgent": False}
    yield {"level": 1}
    yield {"department_id": str(here.departments[0])}
    yield {"department_id": str(here.departments[2])}
    yield {"assignee_id": str(here.people[0])}
    yield {"assignee_id": str(here.people[2]), "category": "PERMIT"}
    yield {"overdue": True}
    yield {"overdue": False}
    yield {"due_after": now - day, "due_before": now + day}
    yield {"dispatched_after": now - 9 * day, "dispatched_before": now - day}
    yield {"due_before": now, "dispatched_after": now - 9 * day, "urgent": True}
    yield {"q": "许可证"}
    yield {"q": "精工"}
    yield {"q": "20261124-0007"}
    yield {"q": "没有这个"}
    yield {"q": "许可", "unit": "321204001", "urgent": False}


def issue_filters(here: Stock, now: datetime) -> Iterator[dict[str, Any]]:
    day = timedelta(days=1)
    yield {}
    for state in ("dispatching", "resolved", "nonsense"):
        yield {"state": state}
    yield {"kind": "problem"}
    yield {"category": "WATER"}
    yield {"unit": "321204001"}
    yield {"source": "visit"}
    yield {"outcome": "unsolved"}
    yield {"enterprise_id": str(here.enterprises[0])}
    yield {"project_id": str(here.enterprises[1])}
    yield {"created_after": now - 9 * day, "created_before": now - day}
    yield {"mine": True}
    yield {"mine": True, "state": "answered"}
    yield {"following": True}
    yield {"following": True, "mine": True}
    yield {"mine": False, "following": False}
    yield {"q": "淤堵"}
    yield {"q": "2000KVA", "category": "PERMIT"}


Fits = Callable[[Row], bool]


def in_box(who: Who, box: str, now: datetime) -> Fits:
    """The definition of a box, said once more and plainly."""
    clerk = {held.department for held in who.having("clerk")}
    head = {held.department for held in who.having("head")}

    def mine(row: Row) -> bool:
        return row.get("assignee") in who.ids

    def to_take(row: Row) -> bool:
        level, department = row["level"], row["department"]
        fits = department in clerk if level == 0 else department in head
        return row["state"] == "dispatched" and row.get("assignee") is None and fits

    def works(row: Row) -> bool:
        return row["state"] in boxes.WORKING

    return {
        "todo": lambda row: (works(row) and mine(row)) or to_take(row),
        "mine": lambda row: row["live"] and mine(row),
        "department": lambda row: row["live"],
        "overdue": lambda row: works(row) and row["due_at"] < now,
        "waiting": lambda row: row["state"] in ("answered", "waiting_enterprise"),
        "done": lambda row: not row["live"],
    }[box]


def wanted_ticket(filters: dict[str, Any], now: datetime) -> Fits:
    fields = {"department_id": "department", "assignee_id": "assignee"}

    def fits(row: Row) -> bool:
        late = row["state"] in boxes.WORKING and row["due_at"] < now
        checks = {
            "overdue": lambda value: late == value,
            "due_after": lambda value: row["due_at"] >= value,
            "due_before": lambda value: row["due_at"] < value,
            "dispatched_after": lambda value: row["dispatched_at"] >= value,
            "dispatched_before": lambda value: row["dispatched_at"] < value,
            "q": lambda value: value in row["sought"],
        }
        return all(
            checks[name](value) if name in checks else _same(row.get(fields.get(name, name)), value)
            for name, value in filters.items()
        )

    return fits


def wanted_issue(who: Who, filters: dict[str, Any]) -> Fits:
    fields = {"enterprise_id": "enterprise", "project_id": "project"}

    def fits(row: Row) -> bool:
        checks = {
            "mine": lambda value: not value or who.id in (row["owner"], row.get("commissioner")),
            "following": lambda value: not value or who.id in row["followers"],
            "created_after": lambda value: row["created_at"] >= value,
            "created_before": lambda value: row["created_at"] < value,
            "q": lambda value: value.lower() in row["sought"],
        }
        return all(
            checks[name](value) if name in checks else _same(row.get(fields.get(name, name)), value)
            for name, value in filters.items()
        )

    return fits


def _same(stored: Any, value: Any) -> bool:
    return stored == (ObjectId(value) if isinstance(stored, ObjectId) else value)


def _told(found: Listed, rows: list[Row], *, whole: bool = True) -> None:
    """The list is these rows in its order: its first page and its total; as a whole, all the others too."""
    ordered = [r["_id"] for r in sorted(rows, key=lambda row: position(row, found.order))]
    if whole:
        assert found.ids(len(rows) + 1) == ordered
    for number in (1, 2, 3) if whole else (1,):
        page, total = found.page(number, SIZE)
        assert [row["_id"] for row in page] == ordered[(number - 1) * SIZE : number * SIZE]
        if total.more:
            assert max(listing.MOST_COUNTED, number * SIZE) >= total.count > 0
            assert len(rows) > listing.MOST_COUNTED
        else:
            assert total.count == len(rows)


@pytest.mark.parametrize("name", [each for each in PEOPLE if each not in ("contact", "service")])
def test_lists_of_tickets(name, here):
    who, now = people(here)[name], clock.now()
    visible = [row for row in here.tickets if allowed(who, "ticket.see", ties_of_row(row))]
    with watching("tickets") as watched:
        for box in lists.BOXES:
            held = [row for row in visible if in_box(who, box, now)(row)]
            for filters in ticket_filters(here, now):
                fitting = [row for row in held if wanted_ticket(filters, now)(row)]
                for sort in lists.SORTS:
                    found = lists.tickets(who, box, TicketFilters(**filters, sort=sort), now)
                    _told(found, fitting, whole=sort == "dispatched" and "category" in filters)
            counted = lists.counts(who, now)[box]
            assert (counted.count, counted.more) == (min(len(held), 999), len(held) > 999)
            assert lists.box_counts(who, now)[box] == len(held)
        assert watched.without_index() == []
        assert bool(visible) == (watched.seen() > 100)


@pytest.mark.parametrize("name", ["clerk", "mixed", "dispatcher"])
@pytest.mark.parametrize("sort", lists.SORTS)
def test_what_is_common_is_found_on_the_walk(name, sort, here, monkeypatch):
    """With so many hits that neither all are looked at nor all are counted."""
    monkeypatch.setattr(listing, "MOST_CANDIDATES", 5)
    monkeypatch.setattr(listing, "MOST_COUNTED", 20)
    who, now = people(here)[name], clock.now()
    visible = [row for row in here.tickets if allowed(who, "ticket.see", ties_of_row(row))]
    with watching("tickets", "issues") as watched:
        for box in ("todo", "department", "done"):
            for q in ("许可证", "许可证办了两个月", "20261124-00", "没有这个"):
                fits = in_box(who, box, now)
                fitting = [row for row in visible if fits(row) and q in row["sought"]]
                _told(lists.tickets(who, box, TicketFilters(q=q, sort=sort), now), fitting)
        assert watched.without_index() == []


@pytest.mark.parametrize("name", PEOPLE)
def test_lists_of_issues(name, here):
    who, now = people(here)[name], clock.now()
    visible = [row for row in here.issues if allowed(who, "issue.see", ties_of_issue_row(row))]
    whole = [row for row in visible if allowed(who, "issue.see_whole", ties_of_issue_row(row))]
    with watching("issues") as watched:
        for filters in issue_filters(here, now):
            # Whoever merely follows an issue is not to find out what it says, or whose it is.
            shown = whole if TELLING & set(filters) else visible
            fitting = [row for row in shown if wanted_issue(who, filters)(row)]
            _told(lists.issues(who, IssueFilters(**filters)), fitting)
        assert watched.without_index() == []
        assert bool(visible) == (watched.seen() > 10)


def test_what_is_watched_tells_a_bad_plan(here):
    """Else all of the above would prove nothing."""
    from app.issues.documents import Ticket

    with watching("tickets") as watched:
        list(Ticket.rows().find({"excerpt": "x"}))
        list(Ticket.rows().find({"department": here.departments[0]}).sort("excerpt", 1))
        assert len(watched.without_index()) >= 2


def test_every_box_is_one_of_some_states():
    """What fixes no state would go by no index."""
    rules = machine_of("ticket")
    who = Who(ObjectId(), "某人", (Held("dispatcher"), Held("clerk", ObjectId())))
    for box in lists.BOXES:
        for branch in boxes.box(who, box, clock.now()):
            assert set(branch.points["state"]) <= set(rules.states)
