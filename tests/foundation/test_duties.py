"""Duties: claimed once, for a lease; done together with their work; tried again, ever more slowly."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from bson import ObjectId

from app.foundation import db, duties
from app.foundation.duties import Duty, LostClaim
from tasks.queue import hint
from tests.support.factories import at

NOW = at("2026-11-24T09:00:00+08:00")
LEASE = timedelta(seconds=60)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def empty(clean: None) -> None:
    """No duties yet."""


@pytest.fixture
def hinted() -> Iterator[list[str]]:
    heard: list[str] = []
    duties.announce_with(lambda kind, duty: heard.append(kind))
    yield heard
    duties.announce_with(hint)


def owed(kind: str = "issues.route", **options) -> ObjectId:
    subject = options.pop("subject", ObjectId())
    duties.add(kind, subject, now=NOW, **options)
    return duties.rows().find_one({"kind": kind, "subject": subject})["_id"]


def claimed(duty: ObjectId, now=NOW) -> Duty:
    found = duties.claim(duty, now=now, lease=LEASE)
    assert found is not None
    return found


def row(duty: ObjectId) -> dict:
    return duties.rows().find_one({"_id": duty})


def due_at(now) -> list[ObjectId]:
    return [key for _, key in duties.due(now)]


class TestAdding:
    def test_the_same_key_twice_is_one_duty(self):
        subject = ObjectId()
        first = owed(subject=subject, payload={"a": 1})
        assert owed(subject=subject, payload={"a": 2}) == first
        assert row(first)["payload"] == {"a": 1}
        assert duties.rows().count_documents({}) == 1

    def test_it_can_have_a_key_of_its_own(self):
        subject = ObjectId()
        owed(subject=subject, key="one")
        owed(subject=subject, key="two")
        assert duties.rows().count_documents({"subject": subject}) == 2

    def test_a_done_duty_is_not_owed_again(self):
        subject = ObjectId()
        duty = owed(subject=subject)
        duties.finish(claimed(duty), NOW)
        assert owed(subject=subject) == duty
        assert row(duty)["state"] == "done"

    def test_who_adds_at_once_adds_one(self):
        subject = ObjectId()
        with ThreadPoolExecutor(8) as pool:
            for _ in range(16):
                pool.submit(lambda: duties.add("issues.route", subject, now=NOW)).result()
        assert duties.rows().count_documents({}) == 1

    def test_what_is_due_now_is_hinted_at_once(self, hinted):
        subject = ObjectId()
        owed(subject=subject)
        owed(subject=subject)
        owed("later", due_at=NOW + SECOND)
        assert hinted == ["issues.route"]

    def test_a_rolled_back_duty_is_neither_owed_nor_hinted(self, hinted):
        def work() -> None:
            duties.add("issues.route", ObjectId(), now=NOW)
            raise RuntimeError

        with pytest.raises(RuntimeError):
            db.transaction(work)
        assert duties.rows().count_documents({}) == 0
        assert hinted == []


class TestClaiming:
    def test_one_of_eight_gets_it(self):
        for _ in range(5):
            duty = owed()
            with ThreadPoolExecutor(8) as pool:
                found = list(
                    pool.map(lambda _, d=duty: duties.claim(d, now=NOW, lease=LEASE), range(8))
                )
            assert len([each for each in found if each]) == 1

    def test_it_tells_what_is_to_be_done(self):
        subject = ObjectId()
        found = claimed(owed("notices.deliver", subject=subject, payload={"event": "x"}))
        assert (found.kind, found.subject, found.payload) == (
            "notices.deliver",
            subject,
            {"event": "x"},
        )
        assert found.attempts == 1

    def test_not_before_its_time(self):
        duty = owed(due_at=NOW + SECOND)
        assert duties.claim(duty, now=NOW, lease=LEASE) is None
        assert duties.claim(duty, now=NOW + SECOND, lease=LEASE) is not None

    def test_not_within_anothers_lease_but_right_after(self):
        duty = owed()
        claimed(duty)
        assert duties.claim(duty, now=NOW + LEASE - SECOND, lease=LEASE) is None
        assert claimed(duty, NOW + LEASE).attempts == 2

    def test_not_what_is_done_or_failed(self):
        done, failed = owed("a"), owed("b")
        duties.finish(claimed(done), NOW)
        duties.fail(claimed(failed), NOW, "no use")
        for duty in (done, failed):
            assert duties.claim(duty, now=NOW + 10 * LEASE, lease=LEASE) is None
        assert row(failed)["error"] == "no use"

    def test_nor_what_is_not_there(self):
        assert duties.claim(ObjectId(), now=NOW, lease=LEASE) is None


class TestEnding:
    def test_work_and_end_are_one(self):
        duty = claimed(owed())

        def work() -> None:
            db.database().heartbeats.insert_one({"_id": "work"})
            duties.finish(duty, NOW)

        db.transaction(work)
        assert row(duty.id)["state"] == "done"
        assert row(duty.id)["ended_at"] == NOW
        assert db.database().heartbeats.count_documents({"_id": "work"}) == 1

    @pytest.mark.parametrize("end", [duties.finish, lambda d, now: duties.fail(d, now, "x")])
    def test_a_lost_claim_rolls_the_work_back(self, end):
        slow = claimed(owed())
        quick = claimed(slow.id, NOW + LEASE)

        def work() -> None:
            db.database().heartbeats.insert_one({"_id": "work"})
            end(slow, NOW + LEASE)

        with pytest.raises(LostClaim):
            db.transaction(work)
        assert db.database().heartbeats.count_documents({}) == 0
        assert row(slow.id)["state"] == "due"
        duties.finish(quick, NOW + LEASE)
        assert row(slow.id)["state"] == "done"

    def test_late_but_not_taken_by_another_is_still_ours(self):
        duty = claimed(owed())
        duties.finish(duty, NOW + 5 * LEASE)
        assert row(duty.id)["state"] == "done"

    def test_twice_is_lost(self):
        duty = claimed(owed())
        duties.finish(duty, NOW)
        with pytest.raises(LostClaim):
            duties.finish(duty, NOW)


class TestPuttingBack:
    @pytest.mark.parametrize(
        ("attempts", "seconds"), [(1, 1), (2, 2), (3, 4), (4, 8), (10, 512), (11, 600), (60, 600)]
    )
    def test_the_pause_doubles_up_to_ten_minutes(self, attempts, seconds):
        duty = owed()
        duties.rows().update_one({"_id": duty}, {"$set": {"attempts": attempts - 1}})
        duties.put_back(claimed(duty), NOW, "ValueError('x')")
        pause = timedelta(seconds=seconds)
        assert due_at(NOW + pause - SECOND / 1000) == []
        assert due_at(NOW + pause) == [duty]
        assert row(duty)["error"] == "ValueError('x')"

    def test_a_lost_claim_is_not_ours_to_put_back(self):
        slow = claimed(owed())
        claimed(slow.id, NOW + LEASE)
        duties.put_back(slow, NOW + LEASE, "too slow")
        assert due_at(NOW + LEASE + SECOND) == []
        assert row(slow.id)["error"] is None

    def test_a_long_error_is_cut(self):
        duty = claimed(owed())
        duties.put_back(duty, NOW, "x" * 10_000)
        assert len(row(duty.id)["error"]) == 500


class TestWhatIsDue:
    def test_the_longest_waiting_comes_first(self):
        late = [owed(f"k{n}", due_at=NOW - n * SECOND) for n in (2, 3, 1)]
        assert due_at(NOW) == [late[1], late[0], late[2]]

    def test_it_is_bounded(self):
        for n in range(5):
            owed(f"k{n}")
        assert len(duties.due(NOW, limit=3)) == 3

    def test_not_what_somebody_has_in_hand_until_the_lease_ends(self):
        duty = owed()
        claimed(duty)
        assert due_at(NOW + LEASE - SECOND) == []
        assert due_at(NOW + LEASE) == [duty]

    def test_the_backlog_counts_what_waits_what_is_late_and_what_failed(self):
        owed("late", due_at=NOW - 2 * LEASE)
        owed("now")
        owed("later", due_at=NOW + SECOND)
        duties.fail(claimed(owed("broken")), NOW, "x")
        duties.finish(claimed(owed("done")), NOW)
        assert duties.backlog(NOW, LEASE) == {"waiting": 2, "late": 1, "failed": 1}
