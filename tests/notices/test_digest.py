"""The day's figures: once each working day, to those who look after others, if there is anything."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from bson import ObjectId

from app.foundation import duties
from app.notices import digest, preferences
from app.notices.documents import Notice
from app.notices.preferences import Preferences
from app.notices.words import words
from app.people.documents import Grant, Leave, Person
from tests.foundation.failing import failing_after
from tests.notices.scene import LEASE, agree, outbox, scene, ticket_of, work_off
from tests.support.factories import at, who

TUESDAY = at("2026-11-24T08:30:00+08:00")
WEDNESDAY = at("2026-11-25T08:30:00+08:00")
FRIDAY, MONDAY = at("2026-11-27T08:30:00+08:00"), at("2026-11-30T08:30:00+08:00")


def run(now: datetime) -> int:
    return work_off(digest.KIND, now, lambda duty, at: digest.digest(duty, at, ("wechat",)))


def waiting() -> list[datetime]:
    found = duties.rows().find({"kind": digest.KIND, "state": "due"}).sort("due_at", 1)
    return [row["due_at"] for row in found]


def digests() -> list[ObjectId]:
    return [row["person"] for row in Notice.rows().find({"event": "digest.daily"})]


class TestWhen:
    @pytest.mark.parametrize(
        ("now", "due"),
        [
            ("2026-11-24T07:00:00+08:00", TUESDAY),
            ("2026-11-24T08:30:00+08:00", WEDNESDAY),
            ("2026-11-27T12:00:00+08:00", MONDAY),
            ("2026-11-28T08:00:00+08:00", MONDAY),
            ("2026-10-01T08:00:00+08:00", at("2026-10-08T08:30:00+08:00")),
        ],
    )
    def test_the_first_is_due_at_half_past_eight_of_a_working_day(self, clean, now, due):
        for _ in range(2):  # two beats
            digest.begin(at(now))
        assert waiting() == [due]

    def test_each_owes_the_next_and_a_beat_changes_nothing(self, clean):
        digest.begin(TUESDAY - timedelta(hours=1))
        assert run(TUESDAY) == 1
        digest.begin(TUESDAY)
        assert waiting() == [WEDNESDAY]

    def test_friday_owes_monday(self, clean):
        digest.begin(FRIDAY - timedelta(hours=1))
        run(FRIDAY)
        assert waiting() == [MONDAY]

    def test_workers_that_slept_for_days_tell_today_only(self, given):
        scene(given)
        digest.begin(TUESDAY - timedelta(hours=1))
        late = MONDAY + timedelta(hours=2)
        assert run(late) == 1  # Tuesday's tells nothing,
        assert digests() == []
        assert run(late) == 1  # today's does
        assert len(digests()) == 1
        assert waiting() == [at("2026-12-01T08:30:00+08:00")]

    def test_a_day_that_is_over_tells_nothing_though_no_other_came(self, given):
        scene(given)
        digest.begin(FRIDAY - timedelta(hours=1))
        run(FRIDAY + timedelta(days=1))
        assert digests() == []
        assert waiting() == [MONDAY]

    def test_one_that_was_given_up_is_followed_by_the_next(self, clean):
        digest.begin(TUESDAY - timedelta(hours=1))
        duties.rows().update_one({"kind": digest.KIND}, {"$set": {"state": "failed"}})
        digest.begin(TUESDAY)
        assert waiting() == [WEDNESDAY]


class TestWhom:
    @pytest.fixture
    def people(self, given):
        """A scene's head, and everybody else who might read it."""
        made = scene(given)

        def held(role: str, **where):
            return given.person(Grant(role=role, **where))

        return made, {
            "head": made.head,
            "leader": held("leader"),
            "inspector": held("inspector"),
            "unit": held("unit_admin", unit=made.enterprise.unit),
            "other unit": held("unit_admin", unit="P-KFQ"),
            "other head": held("head", department=ObjectId()),
            "clerk": made.clerk,
            "dispatcher": held("dispatcher"),
            "commissioner": made.commissioner,
        }

    def test_heads_leaders_inspectors_and_units_who_have_something_to_see(self, people):
        _, cast = people
        digest.begin(TUESDAY - timedelta(hours=1))
        run(TUESDAY)
        told = {name for name, person in cast.items() if person.id in digests()}
        assert told == {"head", "leader", "inspector", "unit"}

    def test_who_turned_it_off_is_left_alone(self, people):
        _, cast = people
        preferences.change(cast["head"].id, Preferences(digest=False), 0)
        digest.begin(TUESDAY - timedelta(hours=1))
        run(TUESDAY)
        assert cast["head"].id not in digests()
        assert len(digests()) == 3

    def test_twice_on_one_day_tells_once(self, people):
        digest.begin(TUESDAY - timedelta(hours=1))
        run(TUESDAY)
        again = {"state": "due", "next_at": TUESDAY}
        duties.rows().update_one({"kind": digest.KIND, "state": "done"}, {"$set": again})
        assert run(TUESDAY) == 1
        assert len(digests()) == len(set(digests())) == 4
        assert waiting() == [WEDNESDAY]

    def test_a_worker_that_died_half_way_leaves_the_rest_to_the_next(self, people, monkeypatch):
        monkeypatch.setattr(digest, "BATCH", 1)
        digest.begin(TUESDAY - timedelta(hours=1))
        (_, key), *_ = duties.due(TUESDAY)
        duty = duties.claim(key, now=TUESDAY, lease=LEASE)
        with failing_after(6), pytest.raises(Exception, match="failpoint"):
            digest.digest(duty, TUESDAY, ())
        assert 0 < len(digests()) < 4
        run(TUESDAY + LEASE)
        assert len(digests()) == len(set(digests())) == 4

    def test_a_deputy_of_the_head_sees_what_the_head_sees(self, people):
        made, cast = people
        day = timedelta(days=1)
        times = {"since": TUESDAY - day, "until": TUESDAY + day, "created_at": TUESDAY}
        head = cast["head"].id
        Leave(person=head, deputy=made.clerk.id, by=head, **times).insert()
        digest.begin(TUESDAY - timedelta(hours=1))
        run(TUESDAY)
        assert {head, made.clerk.id} <= set(digests())

    def test_it_goes_out_by_wechat_where_there_is_credit(self, people):
        _, cast = people
        Person.rows().update_one({"_id": cast["head"].id}, {"$set": {"wechat_openid": "openid-h"}})
        agree(cast["head"], "digest.daily")
        digest.begin(TUESDAY - timedelta(hours=1))
        run(TUESDAY)
        (message,) = outbox()
        assert (message["person"], message["not_before"]) == (cast["head"].id, TUESDAY)


def test_the_figures(given):
    made = scene(given)
    made.ticket.rows().delete_many({})
    soon, past = TUESDAY + timedelta(hours=3), TUESDAY - timedelta(hours=3)
    later = TUESDAY + timedelta(days=3)
    for n, fields in enumerate(
        (
            {"state": "dispatched", "due_at": later},
            {"state": "dispatched", "due_at": soon},
            {"state": "accepted", "due_at": past},
            {"state": "in_progress", "due_at": soon, "level": 1},
            {"state": "waiting_enterprise", "due_at": past},
            {"state": "answered", "due_at": past},
            {"state": "closed", "due_at": past, "live": False},
        )
    ):
        taken = None if fields["state"] == "dispatched" else made.clerk
        role = "assist" if n else "lead"
        ticket_of(made.issue, taken, role=role, **fields)
    head = who(given.phone(made.head))
    assert digest.figures(head, TUESDAY) == {
        "to_take": 2,
        "open": 6,
        "overdue": 1,
        "due_today": 2,
        "waiting": 2,
        "reopened": 1,
    }
    digest.begin(TUESDAY - timedelta(hours=1))
    run(TUESDAY)
    row = Notice.rows().find_one({"person": made.head.id})
    assert "超期 1，今日到期 2，待签收 2" in words(row)[1]
