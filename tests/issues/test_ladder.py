"""The ladder: each rung once for a promise, in order, by day, and again when the promise moves."""

from __future__ import annotations

import pytest

from app.foundation import duties
from app.issues.documents import Ticket
from app.issues.pressing.climbing import Climb
from tests.issues import stories
from tests.issues.stories import ANSWER
from tests.issues.test_work import refused
from tests.support.duties import run_due
from tests.support.time import local_time


def climbed(ticket: str) -> list[tuple[str, bool]]:
    """The rungs climbed, in order, and whether they were marked late."""
    rows = Climb.rows().find({"ticket": Ticket.get(ticket).id}).sort([("at", 1), ("_id", 1)])
    return [(row["rung"], row["late"]) for row in rows]


def events(phone) -> list[str]:
    return [each["event"] for each in phone.see("/notices")["items"]]


@pytest.fixture
def story(given, the_time):
    """PERMIT, dispatched on a Tuesday: to be accepted by Wednesday, solved by Thursday, 3 December."""
    the_time.is_("2026-11-24 10:00")
    return stories.accepted(given)


# To the minute: nothing before, and the rung at its time.
STEPS = [
    ("2026-11-26 17:29", []),
    ("2026-11-26 17:30", ["reply_late"]),
    ("2026-12-02 17:29", ["reply_late"]),
    ("2026-12-02 17:30", ["reply_late", "yellow"]),
    ("2026-12-03 17:30", ["reply_late", "yellow", "red"]),
    ("2026-12-04 17:29", ["reply_late", "yellow", "red"]),
    ("2026-12-04 17:30", ["reply_late", "yellow", "red", "supervision"]),
    ("2026-12-08 17:30", ["reply_late", "yellow", "red", "supervision", "leader"]),
    ("2026-12-30 17:30", ["reply_late", "yellow", "red", "supervision", "leader"]),
]


def test_rung_by_rung(story, the_time):
    for moment, rungs in STEPS:
        the_time.is_(moment)
        run_due()
        assert climbed(story.ticket) == [(rung, False) for rung in rungs], moment


def test_who_is_told(given, story, the_time):
    inspector, leader = given.inspector(), given.role("leader")
    unit = given.role("unit_admin", unit="321204002")
    for moment, _ in STEPS:
        the_time.is_(moment)
        run_due()
    # A notice of the leader's rung comes long after sessions of November would still hold.
    told = {
        name: {each for each in events(given.phone(phone.person)) if each.startswith("rung.")}
        for name, phone in {
            "clerk": story.clerk,
            "head": story.head,
            "inspector": inspector,
            "leader": leader,
            "unit": unit,
        }.items()
    }
    assert told == {
        "clerk": {"rung.reply_late", "rung.yellow", "rung.red"},
        "head": {"rung.reply_late", "rung.red", "rung.supervision"},
        "inspector": {"rung.supervision", "rung.leader"},
        "leader": {"rung.leader"},
        "unit": {"rung.supervision"},
    }


def test_nobody_takes_it_and_the_head_hears(given, the_time):
    the_time.is_("2026-11-24 10:00")
    story = stories.dispatched(given)
    the_time.is_("2026-11-25 17:30")
    run_due()
    assert climbed(story.ticket) == [("accept_late", False)]


def test_after_a_day_without_workers_each_comes_once_in_order_marked_late(story, the_time):
    the_time.is_("2026-12-09 09:00")
    run_due()
    assert climbed(story.ticket) == [
        (rung, True) for rung in ("reply_late", "yellow", "red", "supervision", "leader")
    ]
    run_due()
    assert len(climbed(story.ticket)) == 5


def test_what_falls_into_the_night_waits_for_the_morning_and_is_not_late(given, the_time):
    """Only workers that were away can bring a rung of a normal issue into the night."""
    the_time.is_("2026-11-24 10:00")
    story = stories.accepted(given)
    the_time.is_("2026-11-26 23:00")
    run_due()
    assert climbed(story.ticket) == []
    waiting = duties.rows().find_one({"kind": "issues.climb", "state": "due"})
    assert waiting["next_at"] == local_time("2026-11-27 08:00")
    the_time.is_("2026-11-27 08:00")
    run_due()
    assert [rung for rung, _ in climbed(story.ticket)] == ["reply_late"]


def test_an_urgent_one_knows_no_night(given, the_time):
    the_time.is_("2026-11-24 22:00")
    story = stories.dispatched(given, urgent=True)
    the_time.is_("2026-11-24 23:00")
    run_due()
    assert climbed(story.ticket) == [("accept_late", False)]


def test_answered_in_time_nothing_climbs(story, the_time):
    story.clerk.do(story.on_ticket("answer"), ANSWER)
    the_time.is_("2026-12-30 09:00")
    run_due()
    assert climbed(story.ticket) == []


def test_while_the_enterprise_is_asked_nothing_climbs_and_then_the_new_promise_does(
    story, the_time
):
    the_time.is_("2026-12-02 17:30")
    story.clerk.do(story.on_ticket("note"), {"text": "已联系"})
    run_due()
    assert [rung for rung, _ in climbed(story.ticket)] == ["yellow"]
    the_time.is_("2026-12-03 09:00")
    story.clerk.do(story.on_ticket("ask"), {"text": "请补图"})
    the_time.is_("2026-12-07 09:00")
    run_due()
    assert [rung for rung, _ in climbed(story.ticket)] == ["yellow"]
    story.contact.do(story.on_issue("reply"), {"text": "已补"})
    # Two working days later than promised at first: its own yellow, its own red.
    the_time.is_("2026-12-30 09:00")
    run_due()
    rows = list(Climb.rows().find({}).sort("_id", 1))
    assert [(row["promise_no"], row["rung"]) for row in rows] == [
        (1, "yellow"),
        (2, "yellow"),
        (2, "red"),
        (2, "supervision"),
        (2, "leader"),
    ]


class TestAcknowledging:
    def test_it_holds_the_next_rung_for_a_working_day_once(self, story, the_time):
        the_time.is_("2026-12-03 17:30")
        run_due()
        the_time.is_("2026-12-04 10:00")
        held = story.head.do(story.on_ticket("acknowledge"), {"text": "今天下班前办结"})
        assert held["rung"]["code"] == "supervision"
        body = {"text": "再等等"}
        refused(
            story.head.post(story.on_ticket("acknowledge"), body),
            409,
            "ticket.nothing_to_acknowledge",
        )
        the_time.is_("2026-12-04 17:30")
        run_due()
        assert "supervision" not in dict(climbed(story.ticket))
        # Nothing happened: it climbs on.
        the_time.is_("2026-12-07 17:30")
        run_due()
        assert dict(climbed(story.ticket))["supervision"] is False

    def test_before_anything_was_climbed_there_is_nothing_to_acknowledge(self, story):
        answer = story.head.post(story.on_ticket("acknowledge"), {"text": "x"})
        refused(answer, 409, "ticket.nothing_to_acknowledge")

    def test_clerks_do_not(self, story):
        answer = story.clerk.post(story.on_ticket("acknowledge"), {"text": "x"})
        refused(answer, 403, "forbidden")


def test_the_supervision_rung_orders_supervision(story, the_time):
    the_time.is_("2026-12-04 17:30")
    run_due()
    (order,) = story.head.see(f"/issues/{story.issue}")["supervisions"]
    assert order["state"] == "open"
    assert story.contact.see(f"/issues/{story.issue}")["supervisions"] == []


def test_a_ticket_has_one_rung_duty_at_most(story, the_time):
    story.clerk.do(story.on_ticket("note"), {"text": "a"})
    story.clerk.do(story.on_ticket("ask"), {"text": "b"})
    story.contact.do(story.on_issue("reply"), {"text": "c"})
    story.clerk.do(story.on_ticket("extend"), {"days": 1, "reason": "d"})
    story.head.do(story.on_ticket("decide"), {"granted": True, "reason": "e"})
    waiting = list(duties.rows().find({"kind": "issues.climb", "state": "due"}))
    assert [row["key"] for row in waiting] == [Ticket.get(story.ticket).rung["key"]]
    story.clerk.do(story.on_ticket("answer"), ANSWER)
    assert duties.rows().count_documents({"kind": "issues.climb", "state": "due"}) == 0
