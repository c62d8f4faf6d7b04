"""The terms that the district pack brings: put into dictionaries where there never were such.

What admins stated stands: a pack says how dictionaries begin.
"""

from __future__ import annotations

from datetime import datetime

from app.registers.documents import Term
from config.pack import Pack


def bring_in(pack: Pack, now: datetime) -> None:
    """Add the terms of the pack that are not there."""
    there = {(row["dictionary"], row["code"]) for row in Term.rows().find()}
    for each in pack.dictionaries:
        if (each.dictionary, each.code) in there:
            continue
        begun = {
            "name": each.name,
            "since": None,
            "until": None,
            "attributes": dict(each.attributes),
            "updated_at": now,
            "version": 1,
        }
        key = {"dictionary": each.dictionary, "code": each.code}
        # Two processes may begin at once.
        Term.rows().update_one(key, {"$setOnInsert": begun}, upsert=True)
