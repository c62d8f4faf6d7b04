"""What a person reads: the table of accounts, the end of a log, doctor's findings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from deploy import servers
from deploy.greeting import accounts
from deploy.logs import tail


def test_one_account_of_each_role_is_shown(tmp_path: Path):
    rows = [
        {"account": "clerk", "password": "pw-1", "role": "clerk", "department": "住房和城乡建设局"},
        {"account": "clerk2", "password": "pw-3", "role": "clerk", "department": "水务局"},
        {"account": "boss", "password": "pw-2", "role": "leader"},
    ]
    file = tmp_path / "demo-accounts.json"
    file.write_text(json.dumps(rows), encoding="utf-8")
    assert accounts(file) == [
        "  role    account  password  department",
        "  clerk   clerk    pw-1      住房和城乡建设局",
        "  leader  boss     pw-2",
        f"  … and 1 more in {file}",
    ]


def test_no_or_a_broken_file_of_accounts_is_no_table(tmp_path: Path):
    assert accounts(tmp_path / "none.json") == []
    (tmp_path / "broken.json").write_text('["a"]')
    assert accounts(tmp_path / "broken.json") == []


def test_the_end_of_a_log(tmp_path: Path):
    log = tmp_path / "api.log"
    log.write_text("".join(f"line {n}\n" for n in range(5000)))
    assert tail(log, 2) == "    line 4998\n    line 4999"
    assert "No such file" in tail(tmp_path / "none.log")


def doctor(**variables: str) -> subprocess.CompletedProcess[str]:
    """Without site-packages, as before anything is installed."""
    return subprocess.run(
        [sys.executable, "-S", "-m", "deploy.doctor"],
        cwd=servers.ROOT,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_doctor_needs_nothing_installed(tmp_path: Path):
    done = doctor(VAR=str(tmp_path), PORT="28765", LACKING="")
    assert done.stderr == ""
    for what in ("python", "venv", "mongod", "valkey", "disk", "VAR", "port"):
        assert f"{what}: " in done.stdout


def test_doctor_ends_with_1_when_somebody_must_act(tmp_path: Path):
    done = doctor(VAR=str(tmp_path), PORT="no-port")
    assert done.returncode == 1
    assert "MISSING  port" in done.stdout
