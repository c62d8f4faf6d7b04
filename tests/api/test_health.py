"""Alive, ready, measured."""

from __future__ import annotations

from datetime import timedelta

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

import wsgi
from app.foundation import clock, heartbeats
from app.gateways.store import LocalStore
from tests.foundation.failing import failpoint
from tests.support.factories import client_id

SETTINGS = wsgi.app.extensions["steward"]


@pytest.fixture
def client(clean):
    heartbeats.beat("worker", clock.now())
    return wsgi.app.test_client()


def unready(client) -> list[str]:
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503, answer.json
    assert answer.json["status"] == "not ready"
    assert all(check["detail"] for check in answer.json["checks"] if not check["ok"])
    return [check["name"] for check in answer.json["checks"] if not check["ok"]]


def test_alive_is_alive_whatever_is_away(client):
    with failpoint("alwaysOn", {"failCommands": ["ping", "find"], "errorCode": 8}):
        answer = client.get("/healthz/live")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_ready_when_all_is_there(client):
    answer = client.get("/healthz/ready")
    assert answer.status_code == 200, answer.json
    names = [check["name"] for check in answer.json["checks"]]
    assert names == ["database", "broker", "object_store", "workers"]
    assert all(check["ok"] for check in answer.json["checks"])


def test_not_before_a_worker_has_swept(clean):
    assert unready(wsgi.app.test_client()) == ["workers"]


@pytest.mark.parametrize(("late", "ready"), [(-1, True), (1, False)])
def test_nor_when_the_last_sweep_is_too_long_ago(late, ready, client):
    allowed = SETTINGS.lease_seconds + 2 * SETTINGS.sweep_seconds
    heartbeats.beat("worker", clock.now() - timedelta(seconds=allowed + 2 * late))
    assert (client.get("/healthz/ready").status_code == 200) == ready


def test_nor_without_the_database(client):
    with failpoint("alwaysOn", {"failCommands": ["ping"], "errorCode": 8}):
        assert unready(client) == ["database"]


def test_nor_without_the_broker(client, monkeypatch):
    monkeypatch.setitem(wsgi.app.extensions, "redis", Redis(port=1, retry=Retry(NoBackoff(), 0)))
    assert unready(client) == ["broker"]


def test_nor_without_the_object_store(client, monkeypatch, tmp_path):
    store = LocalStore(tmp_path / "gone")
    (tmp_path / "gone" / "incoming").rmdir()
    monkeypatch.setitem(wsgi.app.extensions, "store", store)
    assert unready(client) == ["object_store"]


def test_metrics_count_what_was_answered(client, given):
    before = _count(client, "visits.Visits", "GET", 200)
    given.commissioner().see("/visits")
    assert _count(client, "visits.Visits", "GET", 200) == before + 1


def test_metrics_tell_what_waits(client, given):
    heartbeats.beat("worker", clock.now())
    given.contact(given.enterprise()).open_issue(client_id=client_id())
    text = client.get("/metrics").get_data(as_text=True)
    assert 'steward_duties{state="waiting"} 1.0' in text
    assert 'steward_duties{state="failed"} 0.0' in text


def _count(client, endpoint: str, method: str, status: int) -> float:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    labels = f'endpoint="{endpoint}",method="{method}",status="{status}"'
    for line in answer.get_data(as_text=True).splitlines():
        if line.startswith("steward_requests_total{" + labels):
            return float(line.split()[-1])
    return 0.0
