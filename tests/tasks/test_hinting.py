"""Hints leave a request at once, however the broker is."""

from __future__ import annotations

import threading
import time

import pytest

from tasks import hinting, queue
from tasks.hinting import Hinter


@pytest.fixture
def sent(monkeypatch):
    """What is sent, and an event that holds the sending back until it is set."""
    told: list[list[tuple[str, str]]] = []
    broker = threading.Event()

    def send(hints):
        assert broker.wait(10)
        told.append(list(hints))

    monkeypatch.setattr(hinting, "send_hints", send)
    monkeypatch.setattr(hinting, "APART_SECONDS", 0.01)
    return told, broker


def _wait_for(count: int, told: list[list[tuple[str, str]]]) -> list[tuple[str, str]]:
    deadline = time.monotonic() + 10
    while sum(map(len, told)) < count:
        assert time.monotonic() < deadline, told
        time.sleep(0.005)
    return [each for message in told for each in message]


def test_a_slow_broker_keeps_nobody_waiting_and_nothing_is_lost(sent):
    told, broker = sent
    hinter = Hinter()
    begun = time.monotonic()
    for serial in range(100):
        hinter.hint("issues.route", str(serial))
    assert time.monotonic() - begun < 5
    assert told == []
    broker.set()
    assert _wait_for(100, told) == [("issues.route", str(serial)) for serial in range(100)]
    assert len(told) < 100


def test_what_does_not_fit_is_dropped(sent):
    told, broker = sent
    hinter = Hinter(most=3)
    for serial in range(50):
        hinter.hint("issues.route", str(serial))
    broker.set()
    arrived = _wait_for(3, told)
    assert arrived[0] == ("issues.route", "0")
    assert len(arrived) <= 4


def test_a_broker_that_is_away_is_logged_and_the_next_hint_is_tried(monkeypatch):
    tried = threading.Semaphore(0)

    class Away:
        def __enter__(self):
            tried.release()
            raise ConnectionError("away")

        def __exit__(self, *_):
            raise AssertionError

    monkeypatch.setattr(queue.celery, "producer_or_acquire", Away)
    monkeypatch.setattr(hinting, "APART_SECONDS", 0.01)
    hinter = Hinter()
    for _ in range(2):
        hinter.hint("issues.route", "1")
        assert tried.acquire(timeout=10)


def test_hints_of_a_kind_share_messages(monkeypatch):
    told: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(
        queue.celery, "send_task", lambda kind, args, **_: told.append((kind, args))
    )
    routing = [("issues.route", str(serial)) for serial in range(7)]
    queue.send_hints([*routing[:4], ("notices.deliver", "a"), *routing[4:]])
    assert told == [
        ("issues.route", ["0", "1", "2", "3", "4"]),
        ("issues.route", ["5", "6"]),
        ("notices.deliver", ["a"]),
    ]
