"""A real mongod: made a replica set once, repaired when it comes back on another port."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymongo import MongoClient, WriteConcern

from deploy import ports, processes, servers
from deploy.replicaset import ReplicaSetError, initiate


@contextmanager
def mongod(data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = servers.mongod_command(servers.find(servers.MONGOD), port, data)
    with subprocess.Popen(
        processes.leashed(command, "KILL"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_data_and_set_outlive_a_kill_and_a_change_of_port(tmp_path: Path):
    first, second = ports.pick(), ports.pick()
    with mongod(tmp_path, first):
        initiate(first)
        with MongoClient(servers.mongodb_uri(first)) as client:
            durable = client.steward.get_collection(
                "things", write_concern=WriteConcern("majority")
            )
            durable.insert_one({"_id": 1})
    with mongod(tmp_path, second):
        initiate(second)
        with MongoClient(servers.mongodb_uri(second)) as client:
            assert client.steward.things.count_documents({}) == 1
            with client.start_session() as session, session.start_transaction():
                client.steward.things.insert_one({"_id": 2}, session=session)
            version = client.admin.command("replSetGetConfig")["config"]["version"]
        initiate(second)
        with MongoClient(servers.mongodb_uri(second)) as client:
            again = client.admin.command("replSetGetConfig")["config"]
    assert again["version"] == version
    assert [member["host"] for member in again["members"]] == [f"127.0.0.1:{second}"]


def test_a_server_that_does_not_come_is_told(tmp_path: Path):
    begun = time.monotonic()
    with pytest.raises(ReplicaSetError, match="not primary"):
        initiate(ports.pick(), seconds=0.5)
    assert time.monotonic() - begun < 5
