"""Servers for tests leave nothing, however the test run ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from pymongo import MongoClient
from redis import Redis

from deploy import processes, servers
from deploy.throwaway import throwaway

USE = """
import dataclasses, json, time
from deploy.throwaway import throwaway
with throwaway() as running:
    print(json.dumps(dataclasses.asdict(running), default=str), flush=True)
    time.sleep(60)
"""


def gone(told: dict[str, object], seconds: float) -> bool:
    """Processes and folder went within the time."""
    pids = [told["mongod_pid"], told["valkey_pid"], told["guard_pid"]]
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(map(processes.alive, pids)) and not Path(told["folder"]).exists():
            return True
        time.sleep(0.05)
    return False


def test_given_urls_are_never_used(monkeypatch):
    monkeypatch.setenv("MONGODB_URI", "mongodb://192.0.2.1/production")
    monkeypatch.setenv("REDIS_URL", "redis://192.0.2.1/0")
    with throwaway("some_name") as running:
        assert "127.0.0.1" in running.mongodb_uri
        assert "/some_name?" in running.mongodb_uri
        with MongoClient(running.mongodb_uri) as client:
            client.admin.command("configureFailPoint", "failCommand", mode="off")
        with Redis.from_url(running.redis_url) as redis:
            assert redis.set("a", 1)
        told = {name: getattr(running, name) for name in running.__slots__}
    assert gone(told, 0.1)


def test_nothing_is_left_when_the_test_run_is_killed():
    with subprocess.Popen(
        [sys.executable, "-c", USE], cwd=servers.ROOT, stdout=subprocess.PIPE
    ) as user:
        told = json.loads(user.stdout.readline())
        user.send_signal(signal.SIGKILL)
    assert gone(told, 10)
