"""Each refusal is one line that says what to do; what can recover by itself does."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from deploy import checks, processes, servers
from deploy.checks import RefusedError

HOLD = """
import sys, time
from pathlib import Path
from deploy import checks
with checks.only_run(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other_run(tmp_path: Path):
    """Another process that holds the folder."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], cwd=servers.ROOT, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_a_folder_held_by_a_living_run_is_refused_and_its_pid_named(tmp_path: Path, other_run):
    with pytest.raises(RefusedError) as caught, checks.only_run(tmp_path):
        pass
    assert f"pid {other_run.pid}" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert checks.held(tmp_path)


def test_the_lock_of_a_killed_run_is_not_in_the_way(tmp_path: Path, other_run):
    other_run.send_signal(signal.SIGKILL)
    other_run.wait()
    assert not checks.held(tmp_path)
    with checks.only_run(tmp_path):
        assert checks.holder(tmp_path) == f"pid {os.getpid()}"


def test_a_folder_that_cannot_be_made_is_refused():
    with pytest.raises(RefusedError, match="VAR"), checks.only_run(Path("/proc/none/var")):
        pass


def test_a_port_in_use_is_refused_and_its_holder_named():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(RefusedError) as caught:
            checks.address("127.0.0.1", port)
    assert f"port {port} is in use by pid {os.getpid()}" in str(caught.value)
    assert "\n" not in str(caught.value)
    checks.address("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_refused():
    with pytest.raises(RefusedError, match=r"cannot listen on 192\.0\.2\.1"):
        checks.address("192.0.2.1", 8000)


@pytest.mark.parametrize(
    ("free_mb", "first", "enough"),
    [(299, False, False), (301, False, True), (301, True, False), (601, True, True)],
)
def test_a_full_disk_is_refused(tmp_path, monkeypatch, free_mb: int, first: bool, enough: bool):
    usage = namedtuple("usage", "total used free")(0, 0, free_mb * 1024**2)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    if enough:
        checks.disk(tmp_path, first=first)
        return
    with pytest.raises(RefusedError) as caught:
        checks.disk(tmp_path, first=first)
    assert f"only {free_mb} MB free" in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_data_used_by_a_mongod_that_is_not_ours_is_refused(tmp_path: Path):
    data = tmp_path / "mongo"
    data.mkdir()
    with subprocess.Popen([sys.executable, "-c", "input()", str(data)], stdin=subprocess.PIPE) as p:
        (data / "mongod.lock").write_text(f"{p.pid}\n")
        with pytest.raises(RefusedError, match=f"in use by pid {p.pid}"):
            checks.data_folder(data)
        p.kill()
    checks.data_folder(data)


def test_a_pid_in_the_data_folder_that_is_somebody_elses_by_now_is_not_in_the_way(tmp_path: Path):
    (tmp_path / "mongod.lock").write_text(f"{os.getpid()}\n")
    checks.data_folder(tmp_path)


def sleeper(var: Path | None, *, deaf: bool = False) -> subprocess.Popen[bytes]:
    """A process that says `up` and sleeps; `deaf` ones take no SIGTERM."""
    code = "import signal, time\n"
    code += "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" * deaf
    code += "print('up', flush=True)\ntime.sleep(60)\n"
    mark = {processes.MARK: str(var)} if var else {}
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=os.environ | mark, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"up\n"
    return process


def test_leftovers_of_this_folder_are_ended_and_nobody_else(tmp_path: Path):
    ours, deaf = sleeper(tmp_path / "a"), sleeper(tmp_path / "a", deaf=True)
    others = [sleeper(tmp_path / "ab"), sleeper(None)]
    try:
        assert sorted(processes.marked(tmp_path / "a")) == sorted([ours.pid, deaf.pid])
        assert checks.end_leftovers(tmp_path / "a", grace_seconds=0.5) == 2
        assert [ours.wait(5), deaf.wait(5)] == [-signal.SIGTERM, -signal.SIGKILL]
        assert [each.poll() for each in others] == [None, None]
    finally:
        for process in (ours, deaf, *others):
            process.kill()
            process.communicate()
