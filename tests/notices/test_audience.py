"""Who is meant by each event, before the one who did it is left out."""

from __future__ import annotations

import pytest

from app.departments import registry
from app.foundation.district import pack
from app.notices.audience import RUNG, TELL, audience, events
from app.notices.desks import TELL_OF_HOUSE
from app.notices.matter import matter_of
from app.people.documents import Grant, Person
from tests.notices.scene import Scene, scene, ticket_of


@pytest.fixture
def cast(given) -> tuple[Scene, dict[str, Person]]:
    """Everybody there could be around one issue, each once."""
    made = scene(given)
    housing, water = (registry.by_code(code).id for code in ("HOUSING", "WATER_AFFAIRS"))
    follower = given.person(Grant(role="contact", enterprise=given.enterprise().id))
    made.issue.followers = [follower.id]

    def held(role: str, **where) -> Person:
        return given.person(Grant(role=role, **where))

    return made, {
        "contact": made.contact,
        "colleague": held("contact", enterprise=made.enterprise.id),
        "commissioner": made.commissioner,
        "follower": follower,
        "clerk": made.clerk,
        "other clerk": held("clerk", department=housing),
        "head": made.head,
        "water clerk": held("clerk", department=water),
        "water head": held("head", department=water),
        "dispatcher": held("dispatcher"),
        "inspector": held("inspector"),
        "leader": held("leader"),
        "unit": held("unit_admin", unit=made.enterprise.unit),
        "other unit": held("unit_admin", unit="P-KFQ"),
        "admin": held("admin"),
        "stranger": held("contact", enterprise=given.enterprise().id),
    }


ASKERS = {"contact", "colleague", "commissioner", "follower"}
HEAD = {"head"}
DESK = {"clerk", "other clerk"}
WORKER = {"clerk"}
NAMED = {"water clerk", "leader"}

MEANT = {
    **dict.fromkeys(
        ("ticket.dispatched", "ticket.transferred", "ticket.invited", "ticket.ruled"), DESK
    ),
    **dict.fromkeys(
        (
            "ticket.assigned",
            "ticket.replied",
            "ticket.review_refused",
            "ticket.extension_decided",
            "ticket.cancelled",
            "ticket.assist_answered",
            "issue.resolved",
            "issue.withdrawn",
            "issue.corrected",
        ),
        WORKER,
    ),
    **dict.fromkeys(
        (
            "ticket.accepted",
            "ticket.noted",
            "ticket.asked",
            "issue.answered",
            "issue.promise_moved",
            "issue.confirm_soon",
            "issue.split",
            "issue.linked",
        ),
        ASKERS,
    ),
    **dict.fromkeys(
        (
            "ticket.ask_expired",
            "issue.no_reply",
            "issue.closed_finally",
            "issue.merged",
            "issue.plan_due",
            "issue.plan_kept",
            "issue.commented",
        ),
        ASKERS | WORKER,
    ),
    **dict.fromkeys(
        ("issue.reminded", "issue.supervised", "issue.supervision_closed"), WORKER | {"head"}
    ),
    **dict.fromkeys(("ticket.review_asked", "ticket.extension_asked", "issue.final_asked"), HEAD),
    **dict.fromkeys(
        ("issue.mentioned", "issue.met", "issue.agreed_due", "issue.supervision_replied"), NAMED
    ),
    "issue.supervision_overdue": NAMED | {"inspector"},
    "issue.plan_broken": ASKERS | WORKER | HEAD,
    "issue.reopened": DESK,
    "issue.needs_placing": {"dispatcher"},
    "issue.still_incomplete": {"dispatcher"},
    "issue.many_voices": {"dispatcher"},
    "issue.needs_ruling": {"inspector"},
    "issue.restricted": {"inspector"},
    "issue.incomplete": {"contact"},
    "rung.accept_late": {"head"},
    "rung.reply_late": WORKER | {"head"},
    "rung.yellow": WORKER,
    "rung.red": WORKER | {"head"},
    "rung.supervision": {"head", "unit", "inspector"},
    "rung.leader": {"leader", "inspector"},
}


def test_the_table_knows_every_event_of_an_issue():
    rungs = {f"{RUNG}{each.code}" for each in pack().ladder.rungs}
    assert set(MEANT) == {*TELL, *rungs}
    assert set(TELL) | rungs | set(TELL_OF_HOUSE) < events()


def test_every_event_has_its_audience(cast):
    made, people = cast
    names = {person.id: name for name, person in people.items()}
    row = {"part_id": made.ticket.id, "data": {"people": [people[name].id for name in NAMED]}}
    for event, meant in MEANT.items():
        found = audience(event, matter_of(made.issue, row))
        assert len(found) == len(set(found)), event
        assert {names[person] for person in found} == meant, event


def test_the_ticket_meant_is_that_of_the_step_and_else_the_lead(cast):
    made, people = cast
    water = registry.by_code("WATER_AFFAIRS").id
    helping = ticket_of(made.issue, None, role="assist", department=water, state="dispatched")
    for part, meant in ((helping.id, {"water clerk"}), (None, DESK)):
        found = audience("ticket.invited", matter_of(made.issue, {"part_id": part}))
        assert set(found) == {people[name].id for name in meant}
    answered = audience("ticket.assist_answered", matter_of(made.issue, {"part_id": helping.id}))
    assert answered == [made.clerk.id]  # whose ticket is the lead


@pytest.mark.parametrize(
    ("event", "key"), [("ticket.extension_asked", "level"), ("issue.final_asked", "asks")]
)
def test_what_is_put_before_the_inspector_is_told_to_the_inspector(cast, event, key):
    made, people = cast
    for value, meant in (("head", "head"), ("inspector", "inspector")):
        row = {"part_id": made.ticket.id, "data": {key: value}}
        assert audience(event, matter_of(made.issue, row)) == [people[meant].id]


def test_after_not_solved_it_is_the_head_and_then_the_inspector_too(cast):
    made, people = cast
    for level, meant in ((1, {"head"}), (2, {"head", "inspector"})):
        made.ticket.rows().update_one({"_id": made.ticket.id}, {"$set": {"level": level}})
        found = audience("issue.reopened", matter_of(made.issue, {}))
        assert set(found) == {people[name].id for name in meant}


def test_a_department_without_clerks_tells_its_head_and_without_anybody_the_dispatcher(cast):
    made, people = cast
    for role, meant in (("clerk", "head"), ("head", "dispatcher")):
        Person.rows().update_many({"grants.role": role}, {"$set": {"active": False}})
        assert audience("ticket.dispatched", matter_of(made.issue, {})) == [people[meant].id]
    assert audience("ticket.review_asked", matter_of(made.issue, {})) == [people["dispatcher"].id]


def test_nobody_who_was_disabled_is_told(cast):
    made, _ = cast
    Person.rows().update_one({"_id": made.clerk.id}, {"$set": {"active": False}})
    assert audience("issue.withdrawn", matter_of(made.issue, {})) == []


def test_an_event_that_nobody_listens_to_is_a_bug(cast):
    made, _ = cast
    for event in ("issue.sneezed", "rung.nowhere"):
        with pytest.raises(KeyError):
            audience(event, matter_of(made.issue, {}))


def test_an_issue_that_was_never_placed_tells_its_askers_alone(given):
    made = scene(given)
    made.ticket.rows().delete_many({})
    matter = matter_of(made.issue, {})
    assert audience("issue.reminded", matter) == []
    assert made.contact.id in audience("issue.merged", matter)
    assert audience("rung.red", matter) == []
