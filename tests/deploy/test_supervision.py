"""What supervisord is told."""

from __future__ import annotations

import configparser
import shlex
from pathlib import Path

import pytest

from deploy import plan as plans
from deploy import servers, supervision
from deploy.checks import RefusedError


@pytest.fixture
def plan(tmp_path: Path, monkeypatch) -> plans.Plan:
    for name in ("MONGODB_URI", "REDIS_URL", "STORE_URL", "PORT", "HOST", "SEED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAR", str(tmp_path / "a folder"))
    (tmp_path / "a folder" / "log").mkdir(parents=True)
    return plans.with_ports(plans.read({"VAR": str(tmp_path / "a folder")}))


def configuration(plan: plans.Plan) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"))
    parser.read(supervision.write_config(plan, supervision.socket_path(plan.var)))
    return parser


def test_databases_start_first_and_stop_last(plan: plans.Plan):
    told = configuration(plan)
    order = sorted(
        ("mongod", "valkey", "api", "worker", "beat"),
        key=lambda name: told.getint(f"program:{name}", "priority"),
    )
    assert order == ["mongod", "valkey", "api", "worker", "beat"]
    by_themselves = [n for n in order if told.getboolean(f"program:{n}", "autostart")]
    assert by_themselves == ["mongod", "valkey"]


def test_every_program_is_restarted_and_leashed(plan: plans.Plan):
    told = configuration(plan)
    for name in ("mongod", "valkey", "api", "worker", "beat"):
        section = told[f"program:{name}"]
        assert section["autorestart"] == "true"
        words = shlex.split(section["command"])
        assert words[1] == "--pdeathsig"
        assert words[2] == ("TERM" if name in ("mongod", "valkey") else "KILL")


def test_a_given_url_means_no_private_server(tmp_path: Path, monkeypatch):
    given = {
        "MONGODB_URI": "mongodb://db.example/steward?replicaSet=a",
        "REDIS_URL": "redis://cache.example/0",
        "VAR": str(tmp_path),
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    plan = plans.with_ports(plans.read(given))
    assert [each.name for each in supervision.programs(plan)] == ["api", "worker", "beat"]
    seen = plan.environment({})
    assert (seen["MONGODB_URI"], seen["REDIS_URL"]) == (given["MONGODB_URI"], given["REDIS_URL"])


def test_programs_see_what_was_resolved(plan: plans.Plan):
    seen = plan.environment({"LANG": "C.UTF-8"})
    assert seen["MONGODB_URI"] == servers.mongodb_uri(plan.private["mongod"])
    assert seen["REDIS_URL"] == servers.redis_url(plan.private["valkey"])
    assert seen["STORE_URL"].startswith("file://")
    assert seen["PROMETHEUS_MULTIPROC_DIR"] == str(plan.var / "prometheus")
    assert seen["LANG"] == "C.UTF-8"


def test_a_long_folder_gets_a_short_socket(tmp_path: Path):
    assert supervision.socket_path(Path("/srv/var")) == Path("/srv/var/supervisor.sock")
    short = supervision.socket_path(tmp_path / ("x" * 100))
    try:
        assert len(str(short)) < 90
        assert short.parent.stat().st_mode & 0o777 == 0o700
    finally:
        short.parent.rmdir()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "99999"),
        ("LEASE_SECONDS", "900"),
        ("SWEEP_SECONDS", "x"),
        ("VAR", "/tmp/a%d"),
    ],
)
def test_a_wrong_variable_is_one_line_that_names_it(tmp_path, monkeypatch, name: str, value: str):
    monkeypatch.setenv("VAR", str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", "given")
    monkeypatch.setenv(name, value)
    with pytest.raises(RefusedError) as caught:
        plans.read({"VAR": str(tmp_path), name: value})
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
