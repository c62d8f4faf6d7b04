"""A failing channel is left in peace, is seen to fail, and loses nothing."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from app.foundation import duties
from app.foundation.district import pack
from app.notices import backoff, sending
from app.notices.documents import Call, Notice
from tests.notices.scene import NOON, Scene, outbox, scene, tell


def owed(given, count: int) -> list[Scene]:
    """So many enterprises that are to get an SMS."""
    made = [scene(given, contact={"phone": f"1380000{n:04d}"}) for n in range(count)]
    for each in made:
        tell(each.issue, "issue.answered")
    return made


def state() -> dict:
    return backoff.rows().find_one({"_id": "sms"})


@pytest.mark.parametrize("how", ["answers 500", "is stopped"])
def test_one_tries_and_the_others_wait_for_it_without_burning_attempts(given, sms, send, how):
    owed(given, 5)
    if how == "is stopped":
        sms.__exit__()
    else:
        sms.fail_next(500, times=100)
    send(NOON)
    assert sorted(row["attempts"] for row in outbox()) == [0, 0, 0, 0, 1]
    failing = state()
    assert (failing["failing_since"], failing["failures"]) == (NOON, 1)
    assert failing["retry_at"] == NOON + backoff.FIRST_PAUSE
    assert {row["not_before"] for row in outbox()} == {failing["retry_at"]}
    for duty in duties.rows().find({"kind": "notices.send"}):
        assert (duty["next_at"], duty["attempts"]) == (failing["retry_at"], 0)
    if how == "is stopped":
        sms.__enter__()
    else:
        sms._failures.clear()
    later = failing["retry_at"]
    send(later)
    send(later + backoff.PROBE)
    assert {row["state"] for row in outbox()} == {"sent"}
    assert len(sms.sent) == 5
    assert (state()["failures"], state()["failing_since"]) == (0, None)


def test_the_pauses_grow_to_ten_minutes(given, sms, send):
    owed(given, 20)
    sms.fail_next(503, times=1000)
    now, pauses = NOON, []
    for _ in range(8):
        send(now)
        pauses.append(state()["retry_at"] - now)
        now = state()["retry_at"]
    minutes = [pause / timedelta(minutes=1) for pause in pauses]
    assert minutes == [0.5, 1, 2, 4, 8, 10, 10, 10]


def test_after_so_many_tries_it_is_given_up_and_the_enterprise_is_called(given, sms, send):
    (made,) = owed(given, 1)
    Call.rows().delete_many({})  # as if the contact had WeChat, which needs no call at first
    sms.fail_next(500, times=1000)
    now = NOON
    for _ in range(pack().notices.attempts):
        assert outbox()[0]["state"] == "due"
        send(now)
        now = max(state()["retry_at"], now)
    (row,) = outbox()
    assert (row["state"], row["attempts"]) == ("failed", pack().notices.attempts)
    assert row["error"] == "HTTP 500"
    assert duties.rows().find_one({"kind": "notices.send"})["state"] == "done"
    assert Notice.rows().find_one({"person": made.contact.id})
    assert Call.rows().find_one()["contact"]["person"] == made.contact.id


def test_many_workers_that_fail_at_once_count_as_one(given, sms, channels):
    owed(given, 6)
    sms.fail_next(500, times=100)
    sms.delay = 0.2
    waiting = [key for kind, key in duties.due(NOON) if kind == "notices.send"]
    together = threading.Barrier(len(waiting))

    def work(key) -> None:
        together.wait()
        duty = duties.claim(key, now=NOON, lease=timedelta(seconds=60))
        sending.send(duty, NOON, channels)

    with ThreadPoolExecutor(len(waiting)) as pool:
        list(pool.map(work, waiting))
    assert state()["failures"] == 1


def test_of_many_workers_one_tries_whether_it_works_again(given, sms, send, channels):
    owed(given, 6)
    sms.fail_next(500)
    send(NOON)
    later = state()["retry_at"]
    together = threading.Barrier(6)

    def ask(_: int) -> object:
        together.wait()
        return backoff.turn("sms", later)

    with ThreadPoolExecutor(6) as pool:
        turns = list(pool.map(ask, range(6)))
    assert [type(turn) for turn in turns].count(backoff.Turn) == 1
    assert {turn for turn in turns if isinstance(turn, datetime)} == {later + backoff.PROBE}


def test_a_channel_that_fails_leaves_the_others_alone(given, wechat, sms, send):
    backoff.fails("wechat", backoff.Turn(0), "away", NOON)
    owed(given, 1)
    send(NOON)
    assert outbox()[0]["state"] == "sent"


def test_it_is_seen_by_admins_and_inspectors(given, sms, send):
    owed(given, 3)
    sms.fail_next(500)
    send(NOON)
    for phone in (given.role("admin"), given.inspector()):
        channels = {each["name"]: each for each in phone.see("/channels")["items"]}
        assert set(channels) == {"wechat", "sms"}
        failing = channels["sms"]
        assert (failing["waiting"], failing["sent"], failing["failed"]) == (3, 0, 0)
        assert (failing["failures"], failing["error"]) == (1, "HTTP 500")
        assert failing["failing_since"] == "2026-11-24T12:00:00.000+08:00"
        assert channels["wechat"]["failing_since"] is None
        assert channels["wechat"]["running"] is False  # no app id in the settings of the tests
    for role in ("dispatcher", "commissioner", "leader"):
        assert given.role(role).get("/channels").status_code == 403
