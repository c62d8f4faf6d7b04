"""The one policy table: what a list finds is what a single look allows, for any grants and ties."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, settings
from hypothesis import given as example
from hypothesis import strategies as st

from app.foundation import db
from app.foundation.errors import Forbidden
from app.issues.access import ISSUE_COLUMNS, TICKET_COLUMNS
from app.people.access import (
    Columns,
    Ties,
    actor,
    allowed,
    may,
    require,
    roles_reaching,
    scope,
)
from app.people.policy import TABLE, Reach
from app.people.who import ROLES, Held, Who
from app.visits.access import COLUMNS as VISIT_COLUMNS

# Few of each, so that ties and grants meet often.
PEOPLE, DEPARTMENTS, ENTERPRISES = ([ObjectId() for _ in range(3)] for _ in range(3))
UNITS = ["321204001", "321204002", "P-KFQ"]


def one_of(values, *, or_none: bool = True):
    return st.sampled_from([*values, None] if or_none else values)


grants = st.builds(
    Held,
    role=st.sampled_from(ROLES),
    department=one_of(DEPARTMENTS),
    unit=one_of(UNITS),
    enterprise=one_of(ENTERPRISES),
    instead_of=one_of(PEOPLE),
)
people = st.builds(
    Who,
    id=one_of(PEOPLE, or_none=False),
    name=st.just("某人"),
    held=st.lists(grants, max_size=3).map(tuple),
)
ties = st.builds(
    Ties,
    owner=one_of(PEOPLE),
    served_by=one_of(PEOPLE),
    enterprise=one_of(ENTERPRISES),
    unit=one_of(UNITS),
    departments=st.lists(one_of(DEPARTMENTS, or_none=False), max_size=2, unique=True).map(tuple),
    followers=st.lists(one_of(PEOPLE, or_none=False), max_size=2, unique=True).map(tuple),
    restricted=st.booleans(),
    anonymous=st.booleans(),
    withheld=st.booleans(),
    units_barred=st.booleans(),
)


def _stored(columns: Columns, tied: Ties) -> dict:
    """The row of a thing with these ties; a tie that is None is no field, as the documents do it."""
    single = columns is TICKET_COLUMNS
    departments = next(iter(tied.departments), None) if single else list(tied.departments)
    values = {
        columns.owner: tied.owner,
        columns.served_by: tied.served_by,
        columns.enterprise: tied.enterprise,
        columns.unit: tied.unit,
        columns.departments: departments,
        columns.followers: list(tied.followers),
        columns.restricted: "report" if tied.restricted else None,
        columns.anonymous: tied.anonymous,
        columns.withheld: tied.withheld,
        columns.units_barred: tied.units_barred,
    }
    return {name: value for name, value in values.items() if name and value is not None}


def _as_seen(columns: Columns, tied: Ties) -> Ties:
    """The ties that this kind of thing can have."""
    departments = tied.departments[:1] if columns is TICKET_COLUMNS else tied.departments
    return Ties(
        owner=tied.owner if columns.owner else None,
        served_by=tied.served_by if columns.served_by else None,
        enterprise=tied.enterprise if columns.enterprise else None,
        unit=tied.unit if columns.unit else None,
        departments=departments if columns.departments else (),
        followers=tied.followers if columns.followers else (),
        restricted=tied.restricted and columns.restricted is not None,
        anonymous=tied.anonymous and columns.anonymous is not None,
        withheld=tied.withheld and columns.withheld is not None,
        units_barred=tied.units_barred and columns.units_barred is not None,
    )


@pytest.mark.parametrize(
    "columns", [ISSUE_COLUMNS, TICKET_COLUMNS, VISIT_COLUMNS], ids=["issue", "ticket", "visit"]
)
@example(who=people, things=st.lists(ties, min_size=1, max_size=6))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_list_finds_what_a_look_allows(columns, clean, who, things):
    rows = db.database().test_things
    rows.delete_many({})
    rows.insert_many([{"_id": n, **_stored(columns, tied)} for n, tied in enumerate(things)])
    for action in TABLE:
        expected = [
            n for n, tied in enumerate(things) if allowed(who, action, _as_seen(columns, tied))
        ]
        found = [row["_id"] for row in rows.find(scope(who, action, columns)).sort("_id")]
        assert found == expected, action


@example(who=people, tied=ties)
def test_what_is_required_is_what_is_allowed(who, tied):
    for action in TABLE:
        assert allowed(who, action, tied) == bool(roles_reaching(who, action, tied))
        if allowed(who, action, tied):
            assert may(who, action)
            require(who, action, tied)
            assert actor(who, action, tied).role in roles_reaching(who, action, tied)
        else:
            for asked in (require, actor):
                with pytest.raises(Forbidden):
                    asked(who, action, tied)


@example(who=people, tied=ties, more=grants)
def test_another_role_never_takes_anything_away(who, tied, more):
    richer = Who(who.id, who.name, (*who.held, more))
    for action in TABLE:
        assert not allowed(who, action, tied) or allowed(richer, action, tied)


def test_the_table_knows_only_roles_and_reaches_there_are():
    for action, rules in TABLE.items():
        assert set(rules) <= set(ROLES), action
        assert all(isinstance(reach, Reach) for reaches in rules.values() for reach in reaches)


def test_nobody_may_do_what_only_a_placeless_grant_would_allow():
    """A clerk of no department, a contact of no enterprise reach nothing, not everything."""
    for role in ("clerk", "head", "contact", "unit_admin"):
        who = Who(ObjectId(), "某人", (Held(role),))
        assert not allowed(who, "issue.see", Ties())
        assert not allowed(who, "issue.see", Ties(owner=ObjectId(), departments=(ObjectId(),)))


def test_who_holds_nothing_may_do_nothing():
    who = Who(ObjectId(), "某人", ())
    assert not any(may(who, action) for action in TABLE)
    assert scope(who, "issue.see", ISSUE_COLUMNS) == {"_id": {"$in": []}}
    assert who.acting().role == "none"


def test_history_names_the_role_that_counts():
    who = Who(ObjectId(), "某人", (Held("clerk"), Held("head")))
    assert who.acting("head", "clerk").role == "clerk"
    assert who.acting("head").role == "head"
    assert who.acting("contact").role == "clerk"


def test_own_and_served_are_those_of_whose_grant_it_is():
    absent, deputy = PEOPLE[:2]
    who = Who(deputy, "李四", (Held("commissioner", instead_of=absent, whose="张三"),))
    assert allowed(who, "visit.change", Ties(owner=absent))
    assert not allowed(who, "visit.change", Ties(owner=deputy))
    assert allowed(who, "issue.see", Ties(served_by=absent))


def test_history_names_whose_grant_allowed_it():
    home, absent = DEPARTMENTS[0], PEOPLE[1]
    stands_in = Held("head", home, instead_of=absent, whose="张三")
    who = Who(PEOPLE[0], "李四", (Held("clerk", home), stands_in))
    tied = Ties(departments=(home,))
    assert actor(who, "ticket.accept", tied).name == "李四"
    reviewing = actor(who, "department.review", tied)
    assert (reviewing.id, reviewing.name, reviewing.role) == (who.id, "李四（代张三）", "head")


@pytest.mark.parametrize(
    ("role", "tied", "seen"),
    [
        ("commissioner", Ties(owner=PEOPLE[0]), True),
        ("commissioner", Ties(served_by=PEOPLE[0]), False),
        ("commissioner", Ties(followers=(PEOPLE[0],)), False),
        ("contact", Ties(enterprise=ENTERPRISES[0]), True),
        ("contact", Ties(enterprise=ENTERPRISES[0], anonymous=True), False),
        ("contact", Ties(enterprise=ENTERPRISES[0], owner=PEOPLE[0], anonymous=True), True),
        ("contact", Ties(followers=(PEOPLE[0],)), False),
        ("clerk", Ties(departments=(DEPARTMENTS[0],)), True),
        ("head", Ties(departments=(DEPARTMENTS[0],)), True),
        ("clerk", Ties(departments=(DEPARTMENTS[0],), withheld=True), False),
        ("unit_admin", Ties(unit=UNITS[0]), False),
        ("dispatcher", Ties(), False),
        ("dispatcher", Ties(owner=PEOPLE[0]), True),
        ("leader", Ties(), False),
        ("admin", Ties(), False),
        ("inspector", Ties(), True),
    ],
)
def test_what_is_restricted_is_for_few(role, tied, seen):
    where = {"department": DEPARTMENTS[0], "unit": UNITS[0], "enterprise": ENTERPRISES[0]}
    who = Who(PEOPLE[0], "某人", (Held(role, **where),))
    assert allowed(who, "issue.see", replace(tied, restricted=True)) == seen
    assert allowed(who, "issue.see", tied) or tied.withheld


def test_whom_it_bars_never_sees_it_restricted_or_not():
    clerk = Who(PEOPLE[0], "某人", (Held("clerk", DEPARTMENTS[0]),))
    assert not allowed(clerk, "ticket.see", Ties(departments=(DEPARTMENTS[0],), withheld=True))
    admin = Who(PEOPLE[0], "某人", (Held("unit_admin", unit=UNITS[0]),))
    assert not allowed(admin, "issue.see", Ties(unit=UNITS[0], units_barred=True))


def test_following_shows_an_issue_and_nothing_more():
    """Other things have followers of their own: who reviews, who raised it, who works on it."""
    tied = Ties(followers=(PEOPLE[0],))
    others = ("review.", "proposal.", "case.", "event.", "opportunity.")
    table = {action for action in TABLE if not action.startswith(others)}
    for role in ROLES:
        who = Who(PEOPLE[0], "某人", (Held(role),))
        may_do = {action for action in table if allowed(who, action, tied)}
        other = {action for action in TABLE if allowed(who, action, Ties())}
        assert may_do - other == ({"issue.see"} if role in ("contact", "commissioner") else set())
