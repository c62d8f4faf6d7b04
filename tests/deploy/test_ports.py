from __future__ import annotations

import socket
from pathlib import Path

import pytest

from deploy import ports


@pytest.fixture
def taken():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_ports_are_kept_from_run_to_run(tmp_path: Path):
    first = ports.keep(tmp_path / "ports.json", ["mongod", "valkey"])
    assert len(set(first.values())) == 2
    assert ports.keep(tmp_path / "ports.json", ["mongod", "valkey"]) == first


def test_a_port_that_something_took_is_picked_anew_and_only_that(tmp_path: Path):
    first = ports.keep(tmp_path / "ports.json", ["mongod", "valkey"])
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", first["mongod"]))
        thief.listen()
        second = ports.keep(tmp_path / "ports.json", ["mongod", "valkey"])
    assert second["mongod"] != first["mongod"]
    assert second["valkey"] == first["valkey"]


def test_a_run_without_private_servers_forgets_no_port(tmp_path: Path):
    first = ports.keep(tmp_path / "ports.json", ["mongod", "valkey"])
    assert ports.keep(tmp_path / "ports.json", []) == {}
    assert ports.keep(tmp_path / "ports.json", ["mongod", "valkey"]) == first


@pytest.mark.parametrize("content", ["", "{", "[]", '{"mongod": "x"}', '{"mongod": 99999999}'])
def test_a_damaged_file_is_made_anew(tmp_path: Path, content: str):
    (tmp_path / "ports.json").write_text(content)
    assert 0 < ports.keep(tmp_path / "ports.json", ["mongod"])["mongod"] < 65536


def test_picked_ports_lie_below_the_ephemeral_ones():
    first_ephemeral = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert all(ports.pick() < first_ephemeral for _ in range(20))


def test_a_taken_port_is_not_free(taken: int):
    assert not ports.free(taken)
    assert ports.problem("127.0.0.1", taken) is not None
