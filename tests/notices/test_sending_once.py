"""A message goes out once: whoever races, dies, or hears no answer."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.foundation import duties
from app.notices import sending
from app.notices.documents import Call
from tests.notices.scene import LEASE, NOON, only, tell, work_off


class KilledError(BaseException):
    """The worker is no more."""


class Deadly:
    """A channel whose worker dies right after it has sent."""

    def __init__(self, channel) -> None:
        self._channel = channel

    def hindrance(self, letter):
        return self._channel.hindrance(letter)

    def send(self, letter):
        self._channel.send(letter)
        raise KilledError

    def settle(self, letter, outcome):
        raise AssertionError


def test_two_workers_racing_send_once(by_sms, sms, channels):
    sms.dedupes = False
    tell(by_sms.issue, "issue.answered")
    (_, key), *_ = [each for each in duties.due(NOON) if each[0] == "notices.send"]
    together = threading.Barrier(8)

    def work(_: int) -> bool:
        together.wait()
        duty = duties.claim(key, now=NOON, lease=LEASE)
        if duty:
            sending.send(duty, NOON, channels)
        return duty is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 1
    assert len(sms.sent) == 1


def test_a_duty_that_runs_again_sends_nothing(by_sms, sms, send):
    tell(by_sms.issue, "issue.answered")
    send()
    again = {"state": "due", "next_at": NOON}
    duties.rows().update_one({"kind": "notices.send"}, {"$set": again})
    assert send() == 1
    assert len(sms.asked) == 1


def test_a_worker_killed_before_it_began_leaves_no_trace(by_sms, sms, send):
    tell(by_sms.issue, "issue.answered")
    (_, key), *_ = [each for each in duties.due(NOON) if each[0] == "notices.send"]
    duties.claim(key, now=NOON, lease=LEASE)
    assert send() == 0
    assert send(NOON + LEASE) == 1
    assert (len(sms.sent), only()["state"], only()["lost"]) == (1, "sent", 0)


@pytest.mark.parametrize("dedupes", [True, False])
def test_a_worker_killed_between_sending_and_recording(by_sms, sms, channels, dedupes):
    """Sent once more under the same id, which a gateway that keeps ids sends once; then no more."""
    sms.dedupes = dedupes
    tell(by_sms.issue, "issue.answered")
    now = NOON
    for _ in range(3):
        (_, key), *_ = [each for each in duties.due(now) if each[0] == "notices.send"]
        duty = duties.claim(key, now=now, lease=LEASE)
        with pytest.raises(KilledError):
            sending.send(duty, now, {"sms": Deadly(channels["sms"])})
        now += LEASE
        if len(sms.asked) == 2:
            break
    assert len({each["request_id"] for each in sms.asked}) == 1
    assert len(sms.sent) == (1 if dedupes else 2)
    work_off("notices.send", now, lambda duty, at: sending.send(duty, at, channels))
    assert len(sms.asked) == 2
    assert (only()["state"], only()["error"]) == ("failed", "outcome unknown")
    assert Call.rows().count_documents({}) == 1


def test_killed_once_it_is_sent_on_the_second_try(by_sms, sms, channels, send):
    tell(by_sms.issue, "issue.answered")
    (_, key), *_ = [each for each in duties.due(NOON) if each[0] == "notices.send"]
    duty = duties.claim(key, now=NOON, lease=LEASE)
    with pytest.raises(KilledError):
        sending.send(duty, NOON, {"sms": Deadly(channels["sms"])})
    assert send(NOON + LEASE) == 1
    assert (len(sms.asked), len(sms.sent)) == (2, 1)
    assert (only()["state"], only()["lost"], only()["attempts"]) == ("sent", 1, 2)


def test_an_answer_that_never_came_is_asked_for_once_more(by_sms, sms, send):
    sms.cut_next(5)
    tell(by_sms.issue, "issue.answered")
    now = NOON
    for _ in range(4):
        send(now)
        now += timedelta(minutes=10)
    assert (len(sms.asked), len(sms.sent)) == (2, 1)
    assert only()["state"] == "failed"


def test_who_lost_the_claim_records_nothing(by_sms, sms, channels):
    tell(by_sms.issue, "issue.answered")
    (_, key), *_ = [each for each in duties.due(NOON) if each[0] == "notices.send"]
    slow = duties.claim(key, now=NOON, lease=LEASE)
    duties.claim(key, now=NOON + LEASE, lease=LEASE)
    with pytest.raises(duties.LostClaim):
        sending.send(slow, NOON + LEASE, channels)
    assert sms.asked == []
    assert only()["attempts"] == 0
