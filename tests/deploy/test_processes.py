"""What a killed parent leaves behind: nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from deploy import processes, servers

LEASHED = """
import subprocess, time
from deploy.processes import leashed
child = subprocess.Popen(leashed(["sleep", "60"], "KILL"))
time.sleep(0.5)
print(child.pid, flush=True)
time.sleep(60)
"""

FORKED = """
import os, time
from deploy.processes import die_with_parent
pid = os.fork()
if pid == 0:
    die_with_parent()
    time.sleep(60)
time.sleep(0.5)
print(pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("code", [LEASHED, FORKED])
def test_a_child_ends_with_its_killed_parent(code: str):
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=servers.ROOT, stdout=subprocess.PIPE
    ) as parent:
        child = int(parent.stdout.readline())
        assert processes.alive(child)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    deadline = time.monotonic() + 5
    while processes.alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not processes.alive(child)


def test_the_pool_of_the_worker_is_leashed_when_it_starts(monkeypatch):
    from celery.signals import worker_process_init

    from deploy import pool_leash

    called = []
    monkeypatch.setattr(pool_leash, "die_with_parent", lambda: called.append(True))
    worker_process_init.send(sender=None)
    assert called == [True]


def test_zombies_do_not_live():
    child = subprocess.Popen(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not processes.alive(child.pid)
    child.wait()
