"""Where servers are looked for, and how they are started."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy import servers
from deploy.servers import MONGOD, VALKEY, Kind, ServerNotFoundError, find


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def wheel(place: Path, kind: Kind) -> Path:
    return program(place / kind.wheel_files[0].replace("*", "linux-x86_64"))


@pytest.mark.parametrize("kind", [MONGOD, VALKEY])
def test_path_comes_before_the_wheel(tmp_path: Path, kind: Kind):
    on_path = program(tmp_path / "bin" / kind.programs[-1])
    wheel(tmp_path / "site-packages", kind)
    assert find(kind, str(tmp_path / "bin"), [tmp_path / "site-packages"]) == on_path


def test_valkey_comes_before_redis(tmp_path: Path):
    program(tmp_path / "redis-server")
    valkey = program(tmp_path / "valkey-server")
    assert find(VALKEY, str(tmp_path), []) == valkey


@pytest.mark.parametrize("kind", [MONGOD, VALKEY])
def test_the_wheel_is_found_without_importing_it(tmp_path: Path, kind: Kind):
    carried = wheel(tmp_path / "second", kind)
    assert find(kind, "/nowhere", [tmp_path / "first", tmp_path / "second"]) == carried


@pytest.mark.parametrize("kind", [MONGOD, VALKEY])
def test_without_any_the_error_says_what_to_install_or_set(kind: Kind):
    with pytest.raises(ServerNotFoundError) as caught:
        find(kind, "/nowhere", [])
    for word in (*kind.programs, kind.wheel, kind.variable):
        assert word in str(caught.value)


def test_private_servers_listen_on_loopback_only(tmp_path: Path):
    mongod = servers.mongod_command(Path("mongod"), 1, tmp_path)
    valkey = servers.valkey_command(Path("valkey-server"), 1, tmp_path)
    assert mongod[mongod.index("--bind_ip") + 1] == "127.0.0.1"
    assert valkey[valkey.index("--bind") + 1] == "127.0.0.1"
