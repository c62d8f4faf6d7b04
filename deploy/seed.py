"""`python -m deploy.seed`: make the demo district, once.

All of it is synthetic and made by the real actions at plausible times of the past. A run that died is
completed by the next one: what is there already is found by its natural key or `client_id`. A database
that holds people is left alone unless this seed put them there.
"""

from __future__ import annotations

import hashlib
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from app.foundation import db, district
from config import settings
from config.logging import configure
from deploy.greeting import ACCOUNTS, say

MARK = "demo-district"
"""The row among the migrations that tells how far the seed is."""


class RefusedError(Exception):
    """Not a database for a demo; the message says why and what to do."""


def main() -> int:
    """Seed as the settings say. The exit code: 0 all there, 1 refused."""
    current = settings.load()
    accounts = current.var / ACCOUNTS
    configure(current.log_format, current.log_level)
    db.connect(current.mongodb_uri)
    mark = read_mark()
    if mark["done_at"] and mark["accounts"] == digest(accounts):
        return 0
    try:
        _check_alone(mark)
        # Loading all rooms takes longer than seeing that nothing is left to do.
        make = import_module("deploy.demo.make")
        make.complete(current, district.use(current.district_dir), accounts)
    except RefusedError as error:
        say(str(error), sys.stderr)
        return 1
    return 0


def read_mark() -> dict[str, Any]:
    """How far the seed is: `started_at`, `done_at`, whom it added, digest of the `accounts` file."""
    nothing: dict[str, Any] = {"started_at": None, "done_at": None, "accounts": "", "people": []}
    return nothing | (db.database().migrations.find_one({"_id": MARK}) or {})


def change_mark(**change: Any) -> None:
    """Write down how far the seed is."""
    db.database().migrations.update_one({"_id": MARK}, {"$set": change}, upsert=True)


def digest(path: Path) -> str:
    """What tells this file from any other; empty when there is none that can be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _check_alone(mark: dict[str, Any]) -> None:
    """Raise RefusedError for a database with people that the seed did not put there.

    Once it is done more people may join, and a lost accounts file concerns only the demo's own.
    """
    others = db.database().persons.count_documents({"account": {"$nin": mark["people"]}})
    if others and not mark["done_at"]:
        raise RefusedError(
            f"this database holds {others} persons who are not the demo's, so it is not seeded;"
            " set SEED=0 to run without the demo, or give MONGODB_URI another database"
        )


if __name__ == "__main__":
    sys.exit(main())
