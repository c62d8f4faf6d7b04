"""The private MongoDB as a replica set of one: made once, repaired when its port changed."""

from __future__ import annotations

import time
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.servers import REPLICA_SET

_NOT_YET_INITIALIZED = 94


class ReplicaSetError(RuntimeError):
    """The server did not become primary in time; the message tells the last thing it said."""


def initiate(port: int, seconds: float = 30) -> None:
    """Make the mongod on `port` the primary of a one-member set, whatever its port was last time.

    Waits up to `seconds` for the server to answer and to be primary. Safe to repeat.
    Raises ReplicaSetError.
    """
    deadline = time.monotonic() + seconds
    said = "nothing"
    client: MongoClient[dict[str, Any]] = MongoClient(
        "127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=1000
    )
    with client:
        while time.monotonic() < deadline:
            try:
                _configure(client, port)
                if client.admin.command("hello").get("isWritablePrimary"):
                    return
            except PyMongoError as error:
                said = str(error)
            time.sleep(0.05)
    raise ReplicaSetError(f"mongod on port {port} is not primary after {seconds:.0f} s: {said}")


def _configure(client: MongoClient[dict[str, Any]], port: int) -> None:
    host = f"127.0.0.1:{port}"
    try:
        config = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != _NOT_YET_INITIALIZED:
            raise
        members = [{"_id": 0, "host": host}]
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
        return
    if [member["host"] for member in config["members"]] == [host]:
        return
    # Only force is taken from a member that no longer finds itself in its own configuration.
    changed = {**config, "version": config["version"] + 1}
    changed["members"] = [{**config["members"][0], "host": host}]
    changed.pop("term", None)
    client.admin.command("replSetReconfig", changed, force=True)
