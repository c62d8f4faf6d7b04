"""Which database a command is about."""

from __future__ import annotations

import contextlib
import json
import os

from config.settings import Settings
from deploy import servers


def uri_in_use(current: Settings) -> str:
    """The database that is set, else the private server of `make run` in the same folder."""
    if not os.environ.get("MONGODB_URI"):
        with contextlib.suppress(OSError, ValueError, KeyError):
            ports = json.loads((current.var / "ports.json").read_text("ascii"))
            return servers.mongodb_uri(ports[servers.MONGOD.name])
    return current.mongodb_uri
