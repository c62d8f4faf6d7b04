"""The examples for production: of the right shape, and about programs that exist."""

from __future__ import annotations

import configparser
import copy
import json
import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import pytest
import yaml

from deploy import servers

DEPLOY = servers.ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SCHEMA = json.loads((DEPLOY / "compose.schema.json").read_text(encoding="utf-8"))
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def test_compose_has_the_shape_of_the_format():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(COMPOSE, SCHEMA)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("services", "api", "environments"), {}),
        (("services", "api", "ports"), [8000]),
        (("services", "mongo", "healthcheck", "interval"), 5),
        (("services", "worker", "restart"), "sometimes"),
        (("service",), {}),
    ],
)
def test_the_schema_sees_mistakes(path: tuple[str, ...], value: object):
    broken = copy.deepcopy(COMPOSE)
    place = broken
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, SCHEMA)


def test_compose_names_only_services_and_volumes_it_has():
    services, volumes = COMPOSE["services"], COMPOSE["volumes"]
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        assert {each.split(":")[0] for each in service.get("volumes", [])} <= set(volumes)
    for url in services["api"]["environment"].values():
        if found := re.search(r"//(\w+):\d+", url):
            assert found[1] in services
    assert (DEPLOY.parent / services["api"]["build"]["dockerfile"]).is_file()


def test_compose_makes_the_replica_set_that_the_url_names():
    mongo = COMPOSE["services"]["mongo"]
    assert f"--replSet={servers.REPLICA_SET}" in mongo["command"]
    assert f'_id: "{servers.REPLICA_SET}"' in mongo["healthcheck"]["test"][-1]
    url = COMPOSE["services"]["api"]["environment"]["MONGODB_URI"]
    assert url.endswith(f"replicaSet={servers.REPLICA_SET}")


def commands() -> list[list[str]]:
    """Every command line of the examples that starts one of our programs."""
    lines = [line.partition(":")[2] for line in (DEPLOY / "Procfile").read_text().splitlines()]
    for unit in UNITS:
        lines += re.findall(r"^ExecStart(?:Pre)?=(.*)$", unit.read_text(), re.MULTILINE)
    found = [shlex.split(line) for line in lines]
    ours = ("api", "worker", "beat", "migrate")
    return found + [COMPOSE["services"][name]["command"] for name in ours]


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_the_modules_that_commands_name_exist(command: list[str]):
    named = re.findall(r"(?:python:|-A |--app=|-m )([\w.]+)|\b(\w+):app\b", " ".join(command))
    modules = [first or second for first, second in named]
    assert modules
    for module in modules:
        assert find_spec(module), module


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_restart_for_ever_as_a_user_of_their_own(unit: Path):
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # systemd's names have capitals
    parser.read(unit)
    assert parser["Service"]["Restart"] == "always"
    assert parser["Service"]["User"] == "steward"
    assert parser["Unit"]["StartLimitIntervalSec"] == "0"


def test_the_image_copies_every_room():
    copied = re.findall(r"^COPY (\w+) \1$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert set(copied) == {"app", "config", "deploy", "migrations", "schemas", "tasks"}


def test_the_manual_names_every_setting():
    source = (servers.ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    names = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))
    names |= {"PORT", "HOST", "VAR", "SEED", "WORKERS", "THREADS", "PYTHON"}
    manual = (servers.ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert {name for name in names if f"`{name}`" not in manual} == set()


def test_gunicorn_reads_its_address_and_size_from_the_environment(monkeypatch, tmp_path: Path):
    import importlib

    from deploy import gunicorn_conf

    monkeypatch.setenv("HOST", "::1")
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.setenv("WORKERS", "3")
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "metrics"))
    told = importlib.reload(gunicorn_conf)
    assert (told.bind, told.workers, told.worker_class) == ("[::1]:8123", 3, "gthread")
    (tmp_path / "metrics").mkdir()
    for name in ("counter_4194303.db", "counter_1.db"):
        (tmp_path / "metrics" / name).touch()
    told.on_starting(None)
    assert [file.name for file in (tmp_path / "metrics").iterdir()] == ["counter_1.db"]
